"""The one clock that all processes which ask other servers go by."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol

from django.db import connection


class Clock(Protocol):
    """Says what time it is (with a time zone), and lets time pass."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


class DatabaseClock:
    """The database's time: processes on several machines count in the same windows, however their own clocks differ."""

    def now(self) -> datetime:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            row: tuple[datetime] = cursor.fetchone()
        return row[0]

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
