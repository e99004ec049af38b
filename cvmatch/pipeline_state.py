"""What the operations page shows of the pipeline: backlog, runs, workers, pauses, and failures by cause; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.utils import timezone

from cvmatch.core import queue
from cvmatch.core.errors import NotFound
from cvmatch.core.models import StagePause, StageRun, Status, WorkerHeartbeat, staged_models
from cvmatch.core.stages import requeue

OPEN = (Status.PENDING, Status.PROCESSING)
STALE_AFTER = timedelta(minutes=5)
GROUPS, EXAMPLES = 50, 60
RETRY_AT_ONCE = 5000

# Since when a row of each table can have been waiting: the moment its input was there.
_WAITING_SINCE = {
    "core.WebhookDelivery": "created_at",
    "ingestion.CV": "uploaded_at",
    "ingestion.SyncRun": "asked_at",
    "jobs.JobReading": "job__changed_at",
    "matching.CVEmbedding": "cv__finished_at",
    "matching.JobEmbedding": "job__changed_at",
    "matching.Prediction": "created_at",
    "matching.Explanation": "match__prediction__finished_at",
}
# Two stages share the table of predictions.
_PART_OF_TABLE = {"match_cvs": Q(side="jobs"), "match_jobs": Q(side="cvs")}


@dataclass(frozen=True)
class Backlog:
    """Rows of one stage by their state; ``oldest`` is since when the first of those that wait has done so."""

    waiting: int = 0
    oldest: datetime | None = None
    working: int = 0
    failed: int = 0


@dataclass(frozen=True)
class StageRow:
    """One stage with its backlog, its last and next run, and whether somebody has stopped it."""

    stage: queue.Stage
    backlog: Backlog
    done_last_hour: int
    last_run: StageRun | None
    next_run: datetime | None
    pause: StagePause | None

    @property
    def waiting(self) -> int:
        return self.backlog.waiting

    @property
    def oldest(self) -> datetime | None:
        return self.backlog.oldest

    @property
    def working(self) -> int:
        return self.backlog.working

    @property
    def failed(self) -> int:
        return self.backlog.failed


@dataclass(frozen=True)
class Failure:
    """One failed row."""

    pk: int
    failed_at: datetime | None
    admin_url: str


@dataclass(frozen=True)
class FailureGroup:
    """Failed rows of one stage with the same cause; ``given_up`` of them are only tried again by a person."""

    stage: str
    cause: str
    count: int
    given_up: int
    next_retry: datetime | None
    newest: datetime | None
    examples: tuple[Failure, ...]


@dataclass(frozen=True)
class Worker:
    """The workers of one queue, with what is in it."""

    cluster: str
    beat_at: datetime | None
    load: queue.Load

    @property
    def waiting(self) -> int:
        """Tasks that wait or are being worked on."""
        return self.load.waiting + self.load.running

    @property
    def is_alive(self) -> bool:
        return self.beat_at is not None and self.beat_at > timezone.now() - STALE_AFTER


@dataclass(frozen=True)
class PipelineState:
    stages: tuple[StageRow, ...]
    failures: tuple[FailureGroup, ...]
    workers: tuple[Worker, ...]

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.stages)

    @property
    def failed(self) -> int:
        return sum(row.failed for row in self.stages)


def pipeline_state() -> PipelineState:
    """Everything on the page, in nine queries however many rows there are."""
    return PipelineState(tuple(stage_rows()), tuple(_failure_groups()), tuple(list_workers()))


def stage_rows() -> Iterator[StageRow]:
    """One row a stage, in the order of the pipeline."""
    names = [stage.name for stage in queue.stages()]
    backlogs, pauses = list_backlogs(), {pause.stage: pause for pause in StagePause.objects.select_related("paused_by")}
    done, last, upcoming = _done_last_hour(names), _last_runs(names), queue.next_runs()
    for stage in queue.stages():
        yield StageRow(
            stage=stage,
            backlog=backlogs.get(stage.name, Backlog()),
            done_last_hour=done.get(stage.name, 0),
            last_run=last.get(stage.name),
            next_run=upcoming.get(stage.name),
            pause=pauses.get(stage.name),
        )


def list_backlogs() -> dict[str, Backlog]:
    """What waits for each stage that works on rows; one query."""
    counted = {(name, status): (count, oldest) for name, status, count, oldest in _backlog()}
    nothing = (0, None)
    return {
        stage: Backlog(
            *counted.get((stage, Status.PENDING), nothing),
            working=counted.get((stage, Status.PROCESSING), nothing)[0],
            failed=counted.get((stage, Status.FAILED), nothing)[0],
        )
        for stage, _ in _tables()
    }


def retry(stage: str, *, cause: str | None = None, pk: int | None = None) -> int:
    """Put failed rows of a stage back to pending: one, those with the same cause, or all; returns how many."""
    rows = dict(_tables()).get(stage)
    if rows is None:
        raise NotFound("There is no such stage, or nothing of it can fail.")
    failed = rows.filter(status=Status.FAILED)
    failed = failed if cause is None else failed.filter(error=cause)
    failed = failed if pk is None else failed.filter(pk=pk)
    return requeue(rows.model, list(failed.values_list("pk", flat=True)[:RETRY_AT_ONCE]), reset_attempts=True)


def _tables() -> Iterator[tuple[str, QuerySet[Any]]]:
    """Each stage that works on rows, with its rows."""
    for model in staged_models():
        for stage in model.stages:
            yield stage, model._default_manager.filter(_PART_OF_TABLE.get(stage, Q()))


def _union(querysets: Iterable[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    first, *rest = querysets
    together: QuerySet[Any, Any] = first.union(*rest, all=True)
    return together


def _backlog() -> QuerySet[Any, Any]:
    """(stage, status, rows, oldest); open and failed rows apart, since each has a partial index of its own."""

    def counted(stage: str, rows: QuerySet[Any], statuses: tuple[str, ...]) -> QuerySet[Any, Any]:
        since = _WAITING_SINCE.get(rows.model._meta.label, "finished_at")
        chosen = rows.filter(status__in=statuses) if len(statuses) > 1 else rows.filter(status=statuses[0])
        grouped = chosen.order_by().values("status").annotate(stage=Value(stage), rows=Count("pk"), oldest=Min(since))
        counts: QuerySet[Any, Any] = grouped.values_list("stage", "status", "rows", "oldest")
        return counts

    return _union(counted(stage, rows, statuses) for stage, rows in _tables() for statuses in (OPEN, (Status.FAILED,)))


def _done_last_hour(names: list[str]) -> dict[str, int]:
    recent = StageRun.objects.filter(stage__in=names, started_at__gte=timezone.now() - timedelta(hours=1))
    return dict(recent.order_by().values_list("stage").annotate(rows=Sum("done")))


def _last_runs(names: list[str]) -> dict[str, StageRun]:
    newest = (StageRun.objects.filter(stage=name).order_by("-started_at")[:1] for name in names)
    return {run.stage: run for run in _union(newest)}


def _failure_groups() -> Iterator[FailureGroup]:
    examples: dict[tuple[str, str], list[Failure]] = {}
    admin_urls = {
        name: f"admin:{rows.model._meta.app_label}_{rows.model._meta.model_name}_change" for name, rows in _tables()
    }
    for stage, cause, pk, failed_at in _newest_failures():
        examples.setdefault((stage, cause), []).append(Failure(pk, failed_at, admin_urls[stage]))
    for stage, cause, count, waiting, next_retry, newest in _causes():
        found = tuple(examples.get((stage, cause), ()))
        yield FailureGroup(stage, cause, count, count - waiting, next_retry, newest, found)


def _causes() -> QuerySet[Any, Any]:
    grouped = (
        rows.filter(status=Status.FAILED)
        .order_by()
        .values("error")
        .annotate(
            stage=Value(stage),
            rows=Count("pk"),
            due=Count("retry_at"),
            next_retry=Min("retry_at"),
            newest=Max("finished_at"),
        )
        .values_list("stage", "error", "rows", "due", "next_retry", "newest")
        for stage, rows in _tables()
    )
    return _union(grouped).order_by("-rows")[:GROUPS]


def _newest_failures() -> QuerySet[Any, Any]:
    failed = (
        rows.filter(status=Status.FAILED)
        .annotate(stage=Value(stage), row=F("pk"))
        .values_list("stage", "error", "row", "finished_at")
        for stage, rows in _tables()
    )
    return _union(failed).order_by(F("finished_at").desc(nulls_last=True))[:EXAMPLES]


def list_workers() -> list[Worker]:
    """The workers of each queue, in two queries."""
    beats = dict(WorkerHeartbeat.objects.values_list("cluster", "beat_at"))
    return [Worker(cluster, beats.get(cluster), load) for cluster, load in queue.loads().items()]
