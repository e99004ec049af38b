"""Runs one pipeline stage in this process."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cvmatch.core import runner
from cvmatch.core.queue import get_stage, stages
from cvmatch.core.runner import StageReport
from cvmatch.tasks import batch_size
from matching.backfills import in_use


class Command(BaseCommand):
    help = "Run one pipeline stage here and now, without the queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=[stage.name for stage in stages()], help="the stage")
        parser.add_argument("--until-empty", action="store_true", help="go on until nothing is waiting")

    def handle(self, *args: Any, **options: Any) -> None:
        in_use.refresh()
        name = options["name"]
        total = report = self._run(name)
        while options["until_empty"] and report.claimed and not report.error:
            report = self._run(name)
            total += report
        self.stdout.write(f"{name}: {total.done} done, {total.failed} failed, {total.lost} lost")
        if total.error:
            self.stderr.write(total.error)

    def _run(self, name: str) -> StageReport:
        return runner.run(get_stage(name), limit=batch_size(name), trigger="command")
