"""The only place that knows the task queue: which stages there are, how work for them is handed over, and what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule, Task
from django_q.scheduler import scheduler
from django_q.signals import post_spawn
from django_q.tasks import async_task

INTERACTIVE = "interactive"
BULK = "bulk"
# Stored in queue rows: changing these paths strands the tasks that wait there.
RUN_STAGE = "cvmatch.tasks.run_stage"
HEARTBEAT = "cvmatch.tasks.heartbeat"
ECHO = "cvmatch.tasks.echo"
# A schedule is named after its stage with this before it.
SCHEDULE_PREFIX = "cvmatch:"
# The name of an error begins one of the last lines of a traceback; what follows it may quote what was worked on.
_ERROR = re.compile(r"^(?:(?:[a-z_]\w*\.)+([A-Z]\w*)|([A-Z]\w*(?:Error|Exception)))(?::|$)", re.MULTILINE)


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


def enqueue_due() -> None:
    """Hand over what the schedules of both queues say is due; whoever else does so at the same time waits for the rows."""
    served = Conf.CLUSTER_NAME
    try:
        for queue in (INTERACTIVE, BULK):
            Conf.CLUSTER_NAME = queue  # the scheduler only sees schedules of the queue that its process serves
            scheduler(get_broker(queue))
    finally:
        Conf.CLUSTER_NAME = served


def send_echo(queue: str, *arguments: str | float) -> None:
    """Hand a task that only says that it was done to a worker of ``queue``."""
    async_task(ECHO, queue, *arguments, cluster=queue, task_name="echo")


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


@dataclass(frozen=True)
class Load:
    """Tasks of one queue: waiting, ``oldest`` since then, and handed to a worker."""

    waiting: int = 0
    running: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class QueuedTask:
    """A task that waits or is with a worker; ``work`` is its stage, or the last part of its function."""

    queue: str
    work: str
    is_running: bool


@dataclass(frozen=True)
class FinishedTask:
    """A task that has ended, ``took_s`` after it was asked for; ``error`` names the kind of what it failed with."""

    work: str
    succeeded: bool
    took_s: float
    ended_at: datetime
    error: str


def loads() -> dict[str, Load]:
    """By queue, in one query; the two queues are named even when empty."""
    # A task is handed out by moving its lock into the future: until then nobody else takes it.
    waits = Q(lock__lte=timezone.now())
    counted = OrmQ.objects.order_by().values_list("key")
    rows = counted.annotate(
        waiting=Count("pk", filter=waits), running=Count("pk", filter=~waits), oldest=Min("lock", filter=waits)
    )
    return {INTERACTIVE: Load(), BULK: Load()} | {str(key): Load(*load) for key, *load in rows}


def list_queued(limit: int) -> list[QueuedTask]:
    """The oldest tasks in the queues."""
    now = timezone.now()
    rows = OrmQ.objects.order_by("pk")[:limit]
    return [QueuedTask(row.key, _work(row.task.get("func"), row.task.get("args")), row.lock > now) for row in rows]


def list_finished(limit: int) -> list[FinishedTask]:
    """The tasks that ended last, newest first; of those that went well the queue keeps only the last few hundred."""
    return [
        FinishedTask(
            work=_work(task.func, task.args),
            succeeded=task.success,
            took_s=(task.stopped - task.started).total_seconds(),
            ended_at=task.stopped,
            error="" if task.success else _kind_of_error(task.result),
        )
        for task in Task.objects.order_by("-stopped")[:limit]
    ]


def _work(function: str | None, arguments: Sequence[Any] | None) -> str:
    if function == RUN_STAGE and arguments:
        return str(arguments[0])
    return str(function or "unknown").rpartition(".")[2]


def _kind_of_error(result: Any) -> str:
    names = _ERROR.findall(str(result or ""))
    return "".join(names[-1]) if names else "unknown"
