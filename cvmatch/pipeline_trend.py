"""The last day of the pipeline, hour by hour: what was done, what failed, what waited and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from cvmatch.core.models import staged_models

HOURS = 24
HOUR = timedelta(hours=1)
_BY_HOUR = """
SELECT hour, sum(done), sum(failed), max(waiting), max(oldest_s)
  FROM (SELECT date_trunc('hour', started_at, 'UTC') AS hour, done, failed, NULL::bigint AS waiting, NULL::int AS oldest_s
          FROM core_stagerun WHERE stage = ANY(%(stages)s) AND started_at >= %(since)s
         UNION ALL
        SELECT date_trunc('hour', taken_at, 'UTC'), 0, 0, sum(waiting), max(oldest_s)
          FROM core_backlogsample WHERE stage = ANY(%(stages)s) AND taken_at >= %(since)s GROUP BY taken_at) moments
 GROUP BY hour
"""


@dataclass(frozen=True)
class Hour:
    """Rows done and failed in it, and the most that waited at once; what was not looked at is None."""

    begins: datetime
    done: int = 0
    failed: int = 0
    waiting: int | None = None
    oldest_s: int | None = None

    @property
    def oldest_min(self) -> float | None:
        """In minutes, 0 where nothing waited."""
        return None if self.waiting is None else round((self.oldest_s or 0) / 60, 1)


@dataclass(frozen=True)
class Trend:
    """The hours, oldest first, of one stage or (``stage`` empty) of all that work on rows."""

    stage: str
    choices: tuple[str, ...]
    hours: tuple[Hour, ...]

    @property
    def is_empty(self) -> bool:
        return not any(hour.done or hour.failed or hour.waiting is not None for hour in self.hours)


def trend_of(stage: str = "") -> Trend:
    """A name that no stage has shows all; one query, over an index, whatever is stored."""
    choices = tuple(name for model in staged_models() for name in model.stages)
    chosen = stage if stage in choices else ""
    return Trend(chosen, choices, tuple(_hours([chosen] if chosen else choices)))


def _hours(stages: Sequence[str]) -> list[Hour]:
    first = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, {"stages": list(stages), "since": first})
        known = {row[0]: Hour(*row) for row in cursor.fetchall()}
    return [known.get(begins, Hour(begins)) for begins in (first + number * HOUR for number in range(HOURS))]
