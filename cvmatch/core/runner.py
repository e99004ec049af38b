"""Works a stage's rows off: claim, work outside any transaction, save under the claim, park what fails."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from cvmatch.core import stopping
from cvmatch.core.errors import CvmatchError, LeaseLost
from cvmatch.core.leases import kept
from cvmatch.core.metrics import STAGE_SECONDS
from cvmatch.core.models import Staged, StagedQuerySet, StageRun
from cvmatch.core.pace import pace_of
from cvmatch.core.queue import Stage
from cvmatch.core.reporting import report as report_error

log = structlog.get_logger(__name__)

RowT = TypeVar("RowT", bound=Staged)
ResultT = TypeVar("ResultT")

# A run stops claiming after this long, well inside the queue's time-out of 120 s; the task enqueues the rest. It is no
# question of leases: those are renewed.
TIME_BUDGET_S = 45.0
UNEXPECTED_IN_A_ROW = 3
WORKER_DIED = "The worker stopped in the middle of it, several times. Retry it by hand once the cause is known."


@dataclass(frozen=True)
class StageReport:
    """What one run of a stage did, in rows; ``more`` says that it stopped with rows left over."""

    claimed: int = 0
    done: int = 0
    failed: int = 0
    lost: int = 0
    error: str = ""
    more: bool = False

    def counts(self) -> dict[str, Any]:
        """The columns of the ledger."""
        return {name: value for name, value in asdict(self).items() if name != "more"}

    def __add__(self, other: StageReport) -> StageReport:
        return StageReport(
            self.claimed + other.claimed,
            self.done + other.done,
            self.failed + other.failed,
            self.lost + other.lost,
            self.error or other.error,
            self.more or other.more,
        )


def work_off(
    rows: StagedQuerySet[RowT],
    *,
    limit: int,
    work: Callable[[Sequence[RowT]], Sequence[ResultT]],
    save: Callable[[RowT, ResultT], None],
    chunk: int = 8,
    most: int | None = None,
    budget_s: float = TIME_BUDGET_S,
) -> StageReport:
    """Claim up to ``limit`` of ``rows`` in chunks and take each through ``work`` and ``save``.

    A chunk is of ``chunk`` rows at first, then of as many as take :data:`cvmatch.core.pace.CHUNK_S` at the pace of this stage
    in this process, up to ``most`` (none: up to ``chunk``). While it is worked on its leases are renewed.

    ``work`` maps a chunk to results of the same length, outside any transaction; ``save`` writes one result inside the
    transaction that also completes the row. Nothing is claimed after ``budget_s``: that, and the longest time a chunk may
    take, have to end before the queue's time-out. A :class:`CvmatchError` parks its row. Ends early after several unexpected
    errors in a row, at once when the database is gone (the leases bring the rows back), and after the chunk when the worker
    is to stop.
    """
    report, unexpected = StageReport(), 0
    pace = pace_of(work, first=chunk, most=most or chunk)
    give_up_at = time.monotonic() + budget_s
    with kept() as hand:
        while report.claimed < limit and time.monotonic() < give_up_at and not stopping.is_told():
            batch = rows.claim(min(pace.rows(), limit - report.claimed))
            if not batch:
                return report
            with hand.hold(batch), pace.measure(len(batch)):
                for row, outcome in _attempt_all(batch, work):
                    settled = _settle(row, outcome, save)
                    report += settled.report
                    unexpected = unexpected + 1 if settled.unexpected else 0
                    if unexpected >= UNEXPECTED_IN_A_ROW:
                        rows.release(batch)
                        return report + StageReport(error=f"Halted after {unexpected} unexpected errors in a row.")
    return report + StageReport(more=report.claimed > 0 or stopping.is_told())


def _attempt_all(
    batch: Sequence[RowT], work: Callable[[Sequence[RowT]], Sequence[ResultT]]
) -> Iterator[tuple[RowT, ResultT | Exception]]:
    """Results row by row; when the chunk as a whole fails, each row is tried alone so that one cannot spoil the rest."""
    worn_out = [row for row in batch if row.attempts > row.most_attempts]
    yield from ((row, CvmatchError(WORKER_DIED, permanent=True)) for row in worn_out)
    rest = [row for row in batch if row.attempts <= row.most_attempts]
    together = attempt(lambda: work(rest)) if rest else []
    if not isinstance(together, Exception):
        yield from zip(rest, together, strict=True)
    elif len(rest) == 1:
        yield rest[0], together
    else:
        for row in rest:
            alone = attempt(partial(work, [row]))
            yield row, alone if isinstance(alone, Exception) else alone[0]


def attempt(call: Callable[[], ResultT]) -> ResultT | Exception:
    """What the call returns, or the error that it raised, whatever it is; raises only where the database is gone."""
    try:
        return call()
    except (OperationalError, InterfaceError) as error:
        return _unless_gone(error)
    except Exception as error:  # noqa: BLE001 - the stage runner is one of the three places that handle any error
        return error


def _unless_gone(error: Exception) -> Exception:
    """The error if it came from this row; raised again when the database is gone: the leases bring the rows back."""
    if not connection.is_usable():
        raise error
    return error


@dataclass(frozen=True)
class _Settled:
    report: StageReport
    unexpected: bool = False


def _settle(row: RowT, outcome: ResultT | Exception, save: Callable[[RowT, ResultT], None]) -> _Settled:
    if isinstance(outcome, Exception):
        return _park(row, outcome)
    error = attempt(lambda: _complete(row, outcome, save))
    if isinstance(error, LeaseLost):
        return _Settled(StageReport(claimed=1, lost=1))
    return _park(row, error) if error else _Settled(StageReport(claimed=1, done=1))


def _complete(row: RowT, result: ResultT, save: Callable[[RowT, ResultT], None]) -> None:
    with transaction.atomic():
        if not row.complete():
            raise LeaseLost("Another worker has this row now.")
        save(row, result)


def _park(row: Staged, error: Exception) -> _Settled:
    expected = isinstance(error, CvmatchError)
    if not expected:
        report_error(error)
    message = error.message if isinstance(error, CvmatchError) else f"Unexpected {type(error).__name__}"
    known = error if isinstance(error, CvmatchError) else CvmatchError(message)
    row.park(message, permanent=known.permanent, wait_s=known.details.get("wait_s", 0.0))
    # The message of an unexpected error may quote a CV: only its type and its frames go to the log.
    where = "" if expected else "".join(traceback.format_tb(error.__traceback__)[-4:])
    log.warning("row parked", table=row._meta.label, row=row.pk, attempt=row.attempts, reason=message, where=where)
    return _Settled(StageReport(claimed=1, failed=1), unexpected=not expected)


def run(stage: Stage, *, limit: int, only: Sequence[int] | None = None, trigger: str) -> StageReport:
    """Run one stage in this process and write the ledger.

    An error that ends the run is recorded and raised again; without a database it is only raised. Runs on schedule that
    found nothing to do are one line until something happens again: its times are those of the last of them.
    """
    started = timezone.now()
    function: Callable[..., StageReport] = import_string(stage.function)
    report = attempt(lambda: function(limit=limit, only=only))
    if isinstance(report, Exception):
        report_error(report)
        _record(stage.name, trigger, started, StageReport(error=type(report).__name__))
        raise report
    if report != StageReport() or (trigger == "schedule" and not _went_on_idling(stage.name, started)):
        _record(stage.name, trigger, started, report)
    return report


def _went_on_idling(stage: str, started: datetime) -> bool:
    """Write the times of now into the stage's newest line where that one did nothing either; else nothing is written."""
    newest = StageRun.objects.filter(stage=stage).order_by("-started_at").values("pk")[:1]
    idle = StageRun.objects.filter(pk__in=newest, trigger="schedule", **StageReport().counts())
    return bool(idle.update(started_at=started, finished_at=timezone.now()))


def _record(stage: str, trigger: str, started: datetime, report: StageReport) -> None:
    run = StageRun.objects.create(
        stage=stage, trigger=trigger, started_at=started, finished_at=timezone.now(), **report.counts()
    )
    STAGE_SECONDS.labels(stage=stage).observe(run.duration_s)
    log.info("stage ran", stage=stage, **report.counts())
