"""Keeps what a worker has in hand its own while it works on it, and gives it back when the worker is to stop.

A lease is short, so that the work of a worker that dies is soon with another one; a thread beside the work renews it, so that
work may take longer than its lease.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from cvmatch.core import queue, stopping
from cvmatch.core.models import Staged, Status, stages

log = structlog.get_logger(__name__)

BEAT_S = 3.0
LOOK_S = 0.5
# A worker that is to stop has so long to finish what it has in hand: less than the 10 s that most supervisors give.
FINISH_S = 5.0
_of_thread = threading.local()


class Hand:
    """What one run has in hand: at most one batch of claimed rows, and the task of the queue that it is."""

    def __init__(self) -> None:
        self.task = queue.current_task()
        self._rows: Sequence[Staged] = ()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="leases", daemon=True)
        self._thread.start()

    @contextmanager
    def hold(self, rows: Sequence[Staged]) -> Iterator[None]:
        """While it lasts nobody else takes these rows, which one claim took."""
        self._rows = rows
        try:
            yield
        finally:
            self._rows = ()

    def let_go(self) -> None:
        self._done.set()
        self._thread.join()

    def _keep(self) -> None:
        renew_at, told_at = time.monotonic() + BEAT_S, 0.0
        try:
            while not self._done.wait(LOOK_S):
                now = time.monotonic()
                told_at = told_at or (now if stopping.is_told() else 0.0)
                if told_at and now > told_at + FINISH_S:
                    self._give_back_and_end()
                if now >= renew_at:
                    renew_at = now + BEAT_S
                    self.renew()
        finally:
            connection.close()  # of this thread

    def renew(self) -> None:
        """A database that does not answer is no reason to stop the work: it may be back before the lease has lapsed."""
        try:
            if self.task is not None:
                queue.renew_task(self.task)
            if rows := self._rows:
                _change(rows, lease_until=timezone.now() + stages.LEASE)
        except DatabaseError as error:
            log.warning("leases were not renewed", error=type(error).__name__)
            connection.close()

    def _give_back_and_end(self) -> None:
        with suppress(DatabaseError):
            if rows := self._rows:
                values = {"status": Status.PENDING, "claim_token": None, "lease_until": None}
                _change(rows, **values, attempts=F("attempts") - 1)
            if self.task is not None:
                queue.give_back_task(self.task)
        log.warning("stopped in the middle of a batch, which was given back", rows=len(self._rows))
        os._exit(0)  # the work itself cannot be interrupted; what it would still write, the fence would refuse


@contextmanager
def kept() -> Iterator[Hand]:
    """While it lasts, what this thread has in hand is renewed; inside another one it is that one."""
    outer: Hand | None = getattr(_of_thread, "hand", None)
    if outer is not None:
        yield outer
        return
    hand = _of_thread.hand = Hand()
    try:
        yield hand
    finally:
        _of_thread.hand = None
        hand.let_go()


def _change(rows: Sequence[Staged], **values: object) -> None:
    """Rows that are being saved at this moment are left alone: waiting for them could end in a deadlock with their worker."""
    table = type(rows[0])._base_manager
    ours = table.filter(pk__in=[row.pk for row in rows], claim_token=rows[0].claim_token, status=Status.PROCESSING)
    with transaction.atomic():
        free = list(ours.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        table.filter(pk__in=free).update(**values)
