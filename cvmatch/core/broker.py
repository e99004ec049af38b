"""How tasks are taken from the queue's table: by priority, for a short lease that their worker renews."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from cvmatch.core import stopping
from cvmatch.core.queue import BULK, LATER, TASK_LEASE, is_for_later

# After so long housekeeping is as urgent as any other bulk work: else it would never run while there is some.
OVERDUE = timedelta(minutes=10)
DATABASE_PAUSE_S = 1.0


class Broker(ORM):  # type: ignore[misc]
    """The table of the queue. ``bulk`` has two keys: its own, and one for housekeeping, which comes after it."""

    def enqueue(self, task: str) -> int:
        key = LATER if self.list_key == BULK and is_for_later(SignedPackage.loads(task)) else self.list_key
        return int(self.get_connection().create(key=key or Conf.CLUSTER_NAME, payload=task, lock=timezone.now()).pk)

    def dequeue(self) -> list[tuple[int, str]] | None:
        """The next tasks, for the time of a lease; None after a moment where there are none, or no database."""
        try:
            tasks = [] if stopping.is_told() else self._take()
        except (OperationalError, InterfaceError):  # else the library waits 10 s and starts a new process for it
            connection.close()
            time.sleep(DATABASE_PAUSE_S)
            return None
        if not tasks:
            time.sleep(Conf.POLL)
        return tasks or None

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        """The library writes its state to the cache every second; nothing here reads it (WorkerHeartbeat tells who lives)."""

    def timeout(self, task: Any) -> datetime:
        return timezone.now() + TASK_LEASE

    def _take(self) -> list[tuple[int, str]]:
        self.get_connection()  # closes a connection that has become stale
        with transaction.atomic():
            tasks = list(self._waiting()[: Conf.BULK])
            OrmQ.objects.filter(pk__in=[task.pk for task in tasks]).update(lock=self.timeout(None))
        return [(task.pk, task.payload) for task in tasks]

    def _waiting(self) -> QuerySet[Any]:
        now = timezone.now()
        keys = [BULK, LATER] if self.list_key == BULK else [self.list_key]
        waiting: QuerySet[Any] = OrmQ.objects.filter(key__in=keys, lock__lt=now).select_for_update(skip_locked=True)
        urgent = When(~Q(key=LATER) | Q(lock__lt=now - OVERDUE), then=Value(0))
        ordered: QuerySet[Any] = waiting.order_by(Case(urgent, default=Value(1), output_field=IntegerField()), "pk")
        return ordered
