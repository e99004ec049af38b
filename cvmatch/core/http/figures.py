"""What pages and metrics show of fetching: the budget of each key with a forecast, and which sources rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cvmatch.core.fetching import Window
from cvmatch.core.http.budget import LONGEST_S, MARGIN_S, Use, uses
from cvmatch.core.http.clock import Clock, DatabaseClock
from cvmatch.core.models import FetchBreaker, FetchGrant, FetchKey

DAY = timedelta(days=1)
# A forecast counts no further: more than anybody asks for in a month, and quickly counted.
MOST = 20_000


@dataclass(frozen=True)
class Forecast:
    """What comes until a time: the requests that the windows allow, and those made if it goes on as in the last 24 hours."""

    until: datetime
    possible: int
    expected: int

    @property
    def left(self) -> int:
        return max(0, self.possible - self.expected)


@dataclass(frozen=True)
class KeyBudget:
    """One key of a source: its windows, shortest first, and what is left until midnight and the end of the month, UTC."""

    name: str
    closed_until: datetime | None
    last_day: int
    uses: tuple[Use, ...]
    today: Forecast
    month: Forecast


@dataclass(frozen=True)
class BreakerState:
    """``state`` is closed, open (asked again after ``until``) or half-open (the next request, or the one under way, decides)."""

    source: str
    state: str
    failures: int
    until: datetime | None
    reason: str


def list_budgets(source: str, windows: Sequence[Window], clock: Clock | None = None) -> list[KeyBudget]:
    """The keys that a source has used, by name."""
    return budgets_by_source({source: windows}, clock)[source]


def budgets_by_source(
    sources: Mapping[str, Sequence[Window]], clock: Clock | None = None
) -> dict[str, list[KeyBudget]]:
    """The same for several sources with their windows; the queries grow with the kinds of windows, not with the sources."""
    if not sources:
        return {}
    now = (clock or DatabaseClock()).now()
    keys = list(FetchKey.objects.filter(sources__overlap=list(sources)).order_by("name", "pk"))
    grants: dict[int, list[datetime]] = {key.pk: [] for key in keys}
    since = now - timedelta(seconds=LONGEST_S)
    for key, at in FetchGrant.objects.filter(key__in=grants, at__gt=since).order_by("at").values_list("key_id", "at"):
        grants[key].append(at)
    found: dict[str, list[KeyBudget]] = {}
    for windows in {tuple(each) for each in sources.values()}:
        names = {name for name, each in sources.items() if tuple(each) == windows}
        theirs = [key for key in keys if names & set(key.sources)]
        used = uses([key.pk for key in theirs], windows, now) if theirs else {}
        budgets = {key.pk: _budget(key, grants[key.pk], used[key.pk], windows, now) for key in theirs}
        found |= {name: [budgets[key.pk] for key in theirs if name in key.sources] for name in names}
    return found


def list_breakers(clock: Clock | None = None) -> list[BreakerState]:
    """Every source that has failed lately; all others are closed."""
    now = (clock or DatabaseClock()).now()
    return [_state(row, now) for row in FetchBreaker.objects.order_by("source")]


def _state(row: FetchBreaker, now: datetime) -> BreakerState:
    if row.open_until is None:
        return BreakerState(row.source, "closed", row.failures, None, row.reason)
    if row.trial or row.open_until <= now:
        return BreakerState(row.source, "half-open", row.failures, None, row.reason)
    return BreakerState(row.source, "open", row.failures, row.open_until, row.reason)


def _budget(
    key: FetchKey, grants: list[datetime], used: list[Use], windows: Sequence[Window], now: datetime
) -> KeyBudget:
    last_day = sum(at > now - DAY for at in grants)
    begin = max(now, key.closed_until or now)
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    next_month = (today.replace(day=1) + 32 * DAY).replace(day=1)

    def forecast(until: datetime) -> Forecast:
        expected = round(last_day * ((until - now) / DAY))
        return Forecast(until, possible(grants, windows, begin, until), expected)

    return KeyBudget(key.name, key.closed_until, last_day, tuple(used), forecast(today + DAY), forecast(next_month))


def possible(grants: Sequence[datetime], windows: Sequence[Window], begin: datetime, until: datetime) -> int:
    """How many requests fit between two times after those in ``grants`` (oldest first), at most ``MOST``.

    Each as early as it may be: no other order of requests gets more of them in.
    """
    times = [at.timestamp() for at in grants]
    at, end, count = begin.timestamp(), until.timestamp(), 0
    while count < MOST:
        full = [window for window in windows if len(times) >= window.requests]
        at = max([at, *(times[-window.requests] + window.seconds + MARGIN_S for window in full)])
        if at >= end:
            break
        times.append(at)
        count += 1
    return count
