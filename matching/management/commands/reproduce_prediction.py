"""Computes a stored prediction again and shows every figure that is not the same."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.errors import CvmatchError
from matching.models import Prediction
from matching.reproducing import Reproduction, reproduce, reproduce_from_inputs


class Command(BaseCommand):
    help = "Compute a stored prediction again, line by line; exit code 1 where any figure differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, help="the prediction")
        parser.add_argument(
            "--from-inputs", action="store_true", help="from today's CVs, jobs and vectors instead of what was kept"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        prediction = Prediction.objects.filter(pk=options["id"]).first()
        if prediction is None:
            raise CommandError(f"There is no prediction {options['id']}.")
        try:
            made = reproduce_from_inputs(prediction) if options["from_inputs"] else reproduce(prediction)
        except CvmatchError as error:
            raise CommandError(error.message) from error
        self.stdout.write(_told(made))
        if not made.is_exact:
            sys.exit(1)


def _told(made: Reproduction) -> str:
    lines = list(made.notes)
    if made.is_exact:
        return "\n".join([*lines, f"{made.lines} lines computed again: every figure is the same."])
    lines += [f"{'rank':>4}  {'CV':>7}  {'job':>7}  {'figure':<16}  stored → computed"]
    lines += [
        f"{one.rank:>4}  {one.cv_id:>7}  {one.job_id:>7}  {one.figure:<16}  {one.stored} → {one.computed}"
        for one in made.deviations
    ]
    differing = len({one.rank for one in made.deviations})
    return "\n".join([*lines, f"{differing} of {made.lines} lines differ."])
