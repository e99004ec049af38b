"""What pages, the API and metrics show of connected sources: state, runs, budget with forecast, breaker; reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from cvmatch.core.errors import NotFound
from cvmatch.core.http.figures import BreakerState, KeyBudget, budgets_by_source, list_breakers
from cvmatch.core.models import FetchBreaker, Status
from ingestion.models import Source, SourceQuerySet, SyncRun
from ingestion.source_facts import judged_sources
from ingestion.source_quality import SourceQuality
from ingestion.sources import About
from ingestion.syncing import kind_of
from jobs.models import Job

RUNS_SHOWN = 30
# A run whose source has not been read for so many of its own intervals is late.
LATE_AFTER = 2


class State(StrEnum):
    """What a source is doing, the worst first: lists are in this order."""

    FAILING = "failing"
    DOUBTED = "doubted"
    RUNNING = "running"
    WAITING = "waiting"
    LATE = "late"
    NEW = "new"
    PAUSED = "paused"
    FRESH = "fresh"


ORDER = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True)
class SourceState:
    """One connected source with its newest run, the newest one that came to its end well, and what limits it.

    ``about`` is None where the kind is none of JOB_SOURCES any more. ``reason`` says in words why it is failing or waits.
    """

    source: Source
    about: About | None
    open_jobs: int
    run: SyncRun | None
    read: SyncRun | None
    budgets: tuple[KeyBudget, ...]
    breaker: BreakerState | None
    quality: SourceQuality | None
    state: State
    reason: str

    @property
    def speed(self) -> float | None:
        return speed_of(self.run) if self.run else None

    @property
    def is_running(self) -> bool:
        return self.state is State.RUNNING

    @property
    def has_open_run(self) -> bool:
        return self.state in {State.RUNNING, State.WAITING}

    @property
    def next_run(self) -> datetime | None:
        """When it is read next; None while it is paused."""
        if self.run is not None and self.run.wait_until and self.state is State.WAITING:
            return self.run.wait_until
        return None if self.source.is_paused else self.source.next_run_at

    @property
    def is_due(self) -> bool:
        """Whether its next run only waits for a worker."""
        return self.next_run is not None and self.next_run <= timezone.now()

    @property
    def left(self) -> int | None:
        """Requests that will be left of this month's, over all keys, if it goes on as now; None where nothing limits them."""
        return sum(key.month.left for key in self.budgets) if self.budgets else None

    @property
    def possible(self) -> int:
        return sum(key.month.possible for key in self.budgets)

    @property
    def expected(self) -> int:
        return sum(key.month.expected for key in self.budgets)

    @property
    def expected_share(self) -> float:
        """The part of what is possible until the end of the month that will be used, 0 to 1."""
        return min(1.0, self.expected / self.possible) if self.possible else 1.0

    @property
    def runs_out(self) -> bool:
        return bool(self.budgets) and self.expected > self.possible


def list_sources() -> list[SourceState]:
    """Every connected source, failing ones first, then by name."""
    states = _states(_with_runs().order_by("name"))
    return sorted(states, key=lambda each: (ORDER[each.state], each.source.name))


def get_source(name: str) -> SourceState:
    """One connected source. Raises NotFound."""
    found = _states(_with_runs().filter(name=name))
    if not found:
        raise _unknown(name)
    return found[0]


def find_source(name: str) -> Source:
    """The row alone. Raises NotFound."""
    source = Source.objects.filter(name=name).first()
    if source is None:
        raise _unknown(name)
    return source


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no source “{name[:40]}”. It may have been disconnected.")


def list_runs(source: Source, *, limit: int = RUNS_SHOWN) -> list[SyncRun]:
    """The newest runs of a source, newest first."""
    return list(source.runs.order_by("-pk")[:limit])


def list_failing() -> list[tuple[str, str]]:
    """Name and reason of the sources that somebody has to look at, by name; one query."""
    breakers = FetchBreaker.objects.filter(source=OuterRef("source__name"), open_until__gt=timezone.now(), trial=None)
    newest = Source.objects.annotate(newest=_newest_run()).values("newest")
    runs = SyncRun.objects.filter(pk__in=newest).annotate(resting=Subquery(breakers.values("reason")[:1]))
    found = runs.order_by("source__name").values_list("source__name", "status", "error", "doubt", "resting")
    told = (
        (name, resting or (error if status == Status.FAILED else doubt))
        for name, status, error, doubt, resting in found
    )
    return [(name, reason) for name, reason in told if reason]


def repairs_of(runs: Iterable[SyncRun]) -> list[tuple[str, int]]:
    """How often each kind of repair was needed, most frequent first."""
    return sum((Counter(run.repairs) for run in runs), Counter[str]()).most_common()


def speed_of(run: SyncRun) -> float | None:
    """Items a second over the whole run; None while it runs or where it read nothing."""
    return run.fetched / run.duration_s if run.duration_s and run.fetched else None


def about_of(kind: str) -> About | None:
    """What the kind says of itself, or None where there is no such kind any more."""
    return kind_of(kind).about if kind in settings.JOB_SOURCES else None


def failures_in_a_row() -> dict[str, int]:
    """By source: attempts that failed since its last run that came to its end well; only sources with some, no paused ones."""
    well = SyncRun.objects.filter(source=OuterRef("source"), status=Status.COMPLETED).order_by("-pk").values("pk")[:1]
    failed = SyncRun.objects.filter(status=Status.FAILED, source__is_paused=False)
    since = failed.annotate(well=Coalesce(Subquery(well), 0)).filter(pk__gt=F("well")).order_by()
    return dict(since.values_list("source__name").annotate(failures=Sum(Greatest("attempts", 1))))


def running_seconds() -> dict[str, float]:
    """By source: how long its run has been going; runs that wait for their keys are not going."""
    now = timezone.now()
    going = SyncRun.objects.open().filter(wait_until=None).exclude(started_at=None)
    return {name: (now - at).total_seconds() for name, at in going.values_list("source__name", "started_at") if at}


def runs_last_day() -> dict[tuple[str, str], int]:
    """By source and how they ended: the runs of the last 24 hours; only pairs that there are."""
    ended = SyncRun.objects.filter(finished_at__gt=timezone.now() - timedelta(days=1))
    ended = ended.filter(status__in=(Status.COMPLETED, Status.FAILED)).order_by()
    rows = ended.values_list("source__name", "status").annotate(runs=Count("pk"))
    return {(name, status): count for name, status, count in rows}


def _with_runs() -> SourceQuerySet:
    """Sources with the ids of two of their runs: by index, however many runs there are."""
    return Source.objects.annotate(newest=_newest_run(), read=_newest_run(status=Status.COMPLETED))


def _newest_run(**only: str) -> Subquery:
    return Subquery(SyncRun.objects.filter(source=OuterRef("pk"), **only).order_by("-pk").values("pk")[:1])


def _states(rows: SourceQuerySet) -> list[SourceState]:
    sources: list[Any] = list(rows)  # with what was annotated
    if not sources:
        return []
    names = [source.name for source in sources]
    about = {kind: about_of(kind) for kind in {source.kind for source in sources}}
    runs = SyncRun.objects.in_bulk({pk for source in sources for pk in (source.newest, source.read) if pk})
    counted = Job.objects.active().filter(source__in=names).order_by().values_list("source")
    jobs = dict(counted.annotate(rows=Count("pk")))
    limited = {source.name: of.windows for source in sources if (of := about[source.kind]) and of.windows}
    budgets, breakers = budgets_by_source(limited), {each.source: each for each in list_breakers()}
    qualities = judged_sources()
    return [
        _state(
            source,
            about=about[source.kind],
            open_jobs=jobs.get(source.name, 0),
            run=runs.get(source.newest),
            read=runs.get(source.read),
            budgets=tuple(budgets.get(source.name, ())),
            breaker=breakers.get(source.name),
            quality=qualities.get(source.name),
        )
        for source in sources
    ]


def _state(
    source: Source,
    *,
    about: About | None,
    open_jobs: int,
    run: SyncRun | None,
    read: SyncRun | None,
    budgets: tuple[KeyBudget, ...],
    breaker: BreakerState | None,
    quality: SourceQuality | None,
) -> SourceState:
    state, reason = _judged(source, about, run, read, breaker)
    return SourceState(source, about, open_jobs, run, read, budgets, breaker, quality, state, reason)


def _judged(
    source: Source, about: About | None, run: SyncRun | None, read: SyncRun | None, breaker: BreakerState | None
) -> tuple[State, str]:
    if about is None:
        return State.FAILING, f"There is no kind “{source.kind}” any more. Disconnect it, or bring the kind back."
    if breaker is not None and breaker.state == "open":
        return State.FAILING, f"It failed {breaker.failures} times in a row and rests. {breaker.reason}"
    if run is not None and run.status == Status.FAILED:
        return State.FAILING, run.error
    if run is not None and run.status in {Status.PENDING, Status.PROCESSING}:
        if run.wait_until and run.wait_until > timezone.now():
            return State.WAITING, "Its requests are used up, or its server asked for time."
        return State.RUNNING, ""
    if run is not None and run.doubt:
        return State.DOUBTED, run.doubt
    if source.is_paused:
        return State.PAUSED, ""
    return _by_age(source, read)


def _by_age(source: Source, read: SyncRun | None) -> tuple[State, str]:
    if read is None or read.finished_at is None:
        return State.NEW, ""
    late = timezone.now() - LATE_AFTER * timedelta(minutes=source.every_minutes)
    return (
        (State.LATE, "It was due a while ago. Are the workers running?")
        if read.finished_at < late
        else (State.FRESH, "")
    )
