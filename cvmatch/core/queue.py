"""The only place that knows the task queue: which stages there are, and how work for them is handed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Count
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule, Task
from django_q.signals import post_spawn
from django_q.tasks import async_task

INTERACTIVE = "interactive"
BULK = "bulk"
# Stored in queue rows: changing these paths strands the tasks that wait there.
RUN_STAGE = "cvmatch.tasks.run_stage"
HEARTBEAT = "cvmatch.tasks.heartbeat"
# A schedule is named after its stage with this before it.
SCHEDULE_PREFIX = "cvmatch:"


@dataclass(frozen=True)
class Stage:
    """One row of the pipeline table.

    ``function`` is the dotted path of ``def stage(limit: int, only: Sequence[int] | None) -> StageReport``.
    ``on`` names the events that start it at once; the schedule (``minutes``, or ``daily_at`` in UTC) is the safety net.
    """

    name: str
    function: str
    batch: int
    minutes: int | None = None
    daily_at: time | None = None
    on: tuple[str, ...] = ()
    about: str = ""


def stages() -> tuple[Stage, ...]:
    """The pipeline table, found by the setting so that no app has to import the project package."""
    table: tuple[Stage, ...] = import_string(settings.PIPELINE)
    return table


def get_stage(name: str) -> Stage:
    """The stage of that name; raises KeyError."""
    return {stage.name: stage for stage in stages()}[name]


def announce(event: str, ids: Sequence[int] = (), *, interactive: bool = False) -> None:
    """Start the stages that wait for ``event``, for these rows or (no ids) for whatever is waiting.

    The task is a row in the same database: called inside a transaction, it appears if and only if the change does.
    """
    for stage in stages():
        if event in stage.on:
            enqueue(stage.name, ids, queue=INTERACTIVE if interactive else BULK)


def enqueue(stage: str, ids: Sequence[int] = (), *, queue: str = BULK) -> None:
    """Hand one run of a stage to a worker of ``queue``."""
    context = structlog.contextvars.get_contextvars()
    async_task(
        RUN_STAGE,
        stage,
        ids=list(ids),
        queue=queue,
        trigger="event",
        request_id=context.get("request_id", ""),
        cluster=queue,
        task_name=stage,
    )


def on_worker_start(function: Callable[[], None]) -> None:
    """Call ``function`` inside each worker process when it starts, after the fork."""

    def receive(**_: Any) -> None:
        function()

    post_spawn.connect(receive, weak=False, dispatch_uid=f"cvmatch.{function.__name__}")


def delete_finished(before: datetime) -> int:
    """Forget the outcomes of tasks that ended before that moment; returns how many."""
    return int(Task.objects.filter(stopped__lt=before).delete()[0])


def next_runs() -> dict[str, datetime]:
    """When each stage is due by its schedule; a stage that has none is left out."""
    rows = Schedule.objects.filter(name__startswith=SCHEDULE_PREFIX).exclude(repeats=0).values_list("name", "next_run")
    return {str(name).removeprefix(SCHEDULE_PREFIX): next_run for name, next_run in rows}


def depths() -> dict[str, int]:
    """How many tasks wait or are being worked on, by queue; the two queues are named even when empty."""
    rows = OrmQ.objects.order_by().values_list("key").annotate(tasks=Count("pk"))
    return {INTERACTIVE: 0, BULK: 0} | {str(key): int(tasks) for key, tasks in rows}
