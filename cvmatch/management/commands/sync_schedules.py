"""Writes the pipeline's schedules into the queue's table."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import Schedule

from cvmatch.core.queue import BULK, HEARTBEAT, INTERACTIVE, RUN_STAGE, SCHEDULE_PREFIX, Stage, stages


class Command(BaseCommand):
    help = (
        "Create the schedules of the pipeline, and remove those of stages that are gone. Changed ones keep their times."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="also undo changes made in the admin")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {f"{SCHEDULE_PREFIX}{stage.name}": _stage_schedule(stage) for stage in stages()}
        wanted |= {f"{SCHEDULE_PREFIX}heartbeat:{queue}": _heartbeat(queue) for queue in (INTERACTIVE, BULK)}
        # One at a time: two starts at once must not create everything twice (the table has no unique name).
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cvmatch.schedules'))")
        removed, _ = Schedule.objects.filter(name__startswith=SCHEDULE_PREFIX).exclude(name__in=wanted).delete()
        for name, values in wanted.items():
            _write(name, values, reset=options["reset"])
        self.stdout.write(f"{len(wanted)} schedules, {removed} removed")


def _write(name: str, values: dict[str, Any], *, reset: bool) -> None:
    existing = Schedule.objects.filter(name=name).first()
    if existing is None:
        Schedule.objects.create(name=name, **values)
    elif reset:
        Schedule.objects.filter(pk=existing.pk).update(**values)


def _stage_schedule(stage: Stage) -> dict[str, Any]:
    minutes = settings.STAGE_MINUTES.get(stage.name, stage.minutes)
    now = timezone.now()
    when = (
        {"schedule_type": Schedule.MINUTES, "minutes": minutes, "next_run": now + timedelta(minutes=minutes)}
        if minutes
        else {"schedule_type": Schedule.DAILY, "minutes": None, "next_run": _next(stage.daily_at or time(2), now)}
    )
    return {"func": RUN_STAGE, "args": repr((stage.name,)), "cluster": BULK, "repeats": -1, **when}


def _heartbeat(queue: str) -> dict[str, Any]:
    return {
        "func": HEARTBEAT,
        "args": repr((queue,)),
        "cluster": queue,
        "repeats": -1,
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
        "next_run": timezone.now(),
    }


def _next(at: time, now: datetime) -> datetime:
    today = datetime.combine(now.astimezone(UTC).date(), at, tzinfo=UTC)
    return today if today > now else today + timedelta(days=1)
