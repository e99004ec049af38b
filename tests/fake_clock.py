"""A clock for what asks other servers, on which time passes by sleeping only."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class FakeClock:
    """``slept`` are the waits in order; threads may share it."""

    def __init__(self) -> None:
        self._now, self._lock = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        if not seconds:
            return
        with self._lock:
            self.slept.append(seconds)
            self._now += timedelta(seconds=seconds)
