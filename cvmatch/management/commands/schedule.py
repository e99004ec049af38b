"""A process that does nothing but start what the schedules say is due, so that workers can come and go."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cvmatch.core.queue import enqueue_due


class Command(BaseCommand):
    help = (
        "Looks over and over whether a schedule is due and hands its task to the queue, until it is told to end. Workers "
        "do the same unless CVMATCH_SCHEDULER is off; several at once do no harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--every", type=float, default=10.0, metavar="SECONDS", help="between two looks (%(default)s)"
        )
        parser.add_argument("--beat", type=Path, metavar="FILE", help="touched after each look, for a probe")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *, every: float, beat: Path | None, once: bool, **options: Any) -> None:
        told_to_end = threading.Event()
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: told_to_end.set())
        while True:
            enqueue_due()
            if beat:
                beat.touch()
            if once or told_to_end.wait(every):
                return
