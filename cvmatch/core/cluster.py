"""The processes of one queue, with what the library's own leader lacks: a death that starts all anew, and an end in time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import uuid
from typing import Any

import structlog
from django import db
from django_q import cluster

from cvmatch.core import stopping
from cvmatch.core.processes import die_with_parent

log = structlog.get_logger(__name__)

# From being told to stop until what has not ended is killed; the supervisor of bin/up kills after 12 s, others after 10 or 30.
END_S = 9.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
LIVED_LONG_S = 60.0
SOMEBODY_DIED = 3


class Sentinel(cluster.Sentinel):  # type: ignore[misc]
    """Looks after the workers of a cluster."""

    def reincarnate(self, process: Any) -> None:
        """A process that was killed may have held a lock of the pipes between them, and then all stand still for ever with
        every sign of life. So the whole cluster ends, and its leader starts another one."""
        if process.exitcode is not None and process.exitcode < 0:
            log.critical("a process of the queue was killed; all of them start anew", signal=-process.exitcode)
            os._exit(SOMEBODY_DIED)
        super().reincarnate(process)


class Leader:
    """Runs one cluster until it is told to stop, and another one when it dies."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("fork")
        self._stop_event: Any = None
        self._told_at = 0.0

    def run(self) -> None:
        stopping.prepare()
        # Whatever a killed process had forked would otherwise go on, with pipes that nobody reads.
        os.register_at_fork(after_in_child=die_with_parent)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        pause = FIRST_PAUSE_S
        while not stopping.is_told():
            started = time.monotonic()
            self._live_once()
            pause = FIRST_PAUSE_S if time.monotonic() > started + LIVED_LONG_S else min(2 * pause, LONGEST_PAUSE_S)
            if not stopping.is_told():
                time.sleep(pause)

    def _live_once(self) -> None:
        self._stop_event, start_event = self._context.Event(), self._context.Event()
        db.connections.close_all()
        sentinel = self._context.Process(
            target=Sentinel, name=f"Process-{uuid.uuid4().hex}", args=(self._stop_event, start_event, uuid.uuid4())
        )
        sentinel.start()
        while sentinel.is_alive():
            if stopping.is_told():
                self._stop_event.set()  # again, since the signal may have come before there was one
                if time.monotonic() > self._told_at + END_S:
                    sentinel.kill()
            sentinel.join(0.5)

    def _stop(self, number: int, frame: Any) -> None:
        self._told_at = self._told_at or time.monotonic()
        stopping.tell()
