"""The only place that knows the task queue: which stages there are, how work for them is handed over, and what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Case, Count, F, Min, Q, Value, When
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule, Task
from django_q.scheduler import scheduler
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute
from django_q.tasks import async_task

INTERACTIVE = "interactive"
BULK = "bulk"
# Tasks of bulk that may wait for its others have a key of their own in the table (core.broker).
LATER = "later"
# A task that a worker took is another's after so long, unless the worker renews it (core.leases). Longer than the lease of
# rows, so that whoever takes the task of a dead worker finds its rows free.
TASK_LEASE = timedelta(seconds=20)
# Stored in queue rows: changing these paths strands the tasks that wait there.
RUN_STAGE = "cvmatch.tasks.run_stage"
HEARTBEAT = "cvmatch.tasks.heartbeat"
ECHO = "cvmatch.tasks.echo"
# A schedule is named after its stage with this before it.
SCHEDULE_PREFIX = "cvmatch:"
_QUEUE = Case(When(key=LATER, then=Value(BULK)), default=F("key"))
# The name of an error begins one of the last lines of a traceback; what follows it may quote what was worked on.
_ERROR = re.compile(r"^(?:(?:[a-z_]\w*\.)+([A-Z]\w*)|([A-Z]\w*(?:Error|Exception)))(?::|$)", re.MULTILINE)


@dataclass(frozen=True)
class Stage:
    """One row of the pipeline table.

    ``function`` is the dotted path of ``def stage(limit: int, only: Sequence[int] | None) -> StageReport``.
    ``on`` names the events that start it at once; the schedule (``minutes``, or ``daily_at`` in UTC) is the safety net.
    One that is ``later`` is housekeeping: in the queue for bulk work it comes after all that is not.
    """

    name: str
    function: str
    batch: int
    minutes: int | None = None
    daily_at: time | None = None
    on: tuple[str, ...] = ()
    about: str = ""
    later: bool = False


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


def is_for_later(task: Mapping[str, Any]) -> bool:
    """Whether a task that is about to be stored runs a stage that may wait for the others."""
    names = {stage.name for stage in stages() if stage.later}
    return task["func"] == RUN_STAGE and task["args"][0] in names


_current: int | None = None


def current_task() -> int | None:
    """The task that this worker is at; None in any other process."""
    return _current


def renew_task(number: int) -> None:
    """Keep a task that is being worked on from being handed to another worker."""
    OrmQ.objects.filter(pk=number).update(lock=timezone.now() + TASK_LEASE)


def give_back_task(number: int) -> None:
    """Let another worker have the task at once."""
    OrmQ.objects.filter(pk=number).update(lock=timezone.now())


def _begin(*, task: Mapping[str, Any], **_: Any) -> None:
    global _current
    _current = task.get("ack_id")


def _end(**_: Any) -> None:
    global _current
    _current = None


pre_execute.connect(_begin, dispatch_uid="cvmatch.begin")
post_execute_in_worker.connect(_end, dispatch_uid="cvmatch.end")


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
    rows = OrmQ.objects.order_by().values_list(_QUEUE).annotate(tasks=Count("pk"))
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
    counted = OrmQ.objects.order_by().values_list(_QUEUE)
    rows = counted.annotate(
        waiting=Count("pk", filter=waits), running=Count("pk", filter=~waits), oldest=Min("lock", filter=waits)
    )
    return {INTERACTIVE: Load(), BULK: Load()} | {str(key): Load(*load) for key, *load in rows}


def list_queued(limit: int) -> list[QueuedTask]:
    """The oldest tasks in the queues."""
    now = timezone.now()
    rows = OrmQ.objects.order_by("pk")[:limit]
    return [
        QueuedTask(
            BULK if row.key == LATER else row.key, _work(row.task.get("func"), row.task.get("args")), row.lock > now
        )
        for row in rows
    ]


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
