"""Says what is different between two lists of the same person or job, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.errors import CvmatchError
from matching.differences import Difference, Moved, OnlyInOne, Step, difference
from matching.models import Prediction


class Command(BaseCommand):
    help = "Say what entered, left and moved between two predictions, and which change moved it by how many points."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("first", type=int, help="a prediction")
        parser.add_argument("second", type=int, help="a later one of the same person or job")
        parser.add_argument("--json", action="store_true", help="as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Prediction.objects.select_related("cv").in_bulk([options["first"], options["second"]])
        missing = [str(pk) for pk in (options["first"], options["second"]) if pk not in rows]
        if missing:
            raise CommandError(f"There is no prediction {' and no '.join(missing)}.")
        try:
            found = difference(rows[options["first"]], rows[options["second"]])
        except CvmatchError as error:
            raise CommandError(error.message) from error
        told = json.dumps(found.to_json(), indent=1) if options["json"] else "\n".join(_told(found))
        self.stdout.write(told)


def _told(found: Difference) -> Iterator[str]:
    counts = f"{len(found.entered)} entered, {len(found.left)} left, {len(found.moved)} moved, {found.same} the same"
    yield counts
    for title, lines in (("Entered", found.entered), ("Left", found.left)):
        if lines:
            yield f"\n{title}"
            yield from (_only(line) for line in lines)
    if found.moved:
        yield "\nMoved"
        for line in found.moved:
            yield _moved(line)
            yield from (f"        {_step(step)}" for step in line.steps)


def _only(line: OnlyInOne) -> str:
    return f"  rank {line.rank:>3}  CV {line.cv_id} · job {line.job_id}  {line.score:5.1f}  {line.why}"


def _moved(line: Moved) -> str:
    (was, now), (old, new) = line.rank, line.score
    rank = f"rank {was} → {now}" if was != now else f"rank {now}"
    return f"  {rank:<15}  CV {line.cv_id} · job {line.job_id}  {old:.1f} → {new:.1f}"


def _step(step: Step) -> str:
    parts = ", ".join(f"{name} {_value(old)} → {_value(new)}" for name, (old, new) in step.parts.items())
    detail = f": {step.detail}" if step.detail else ""
    return f"{step.points:+5.1f}  {step.cause}{detail}{f'  [{parts}]' if parts else ''}"


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
