"""Counts what people were shown and what came of it, by what the figures are told apart by; one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import connection

from matching.values.impressions import REMEMBERED


class Side(StrEnum):
    """Who was shown the list."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"


class By(StrEnum):
    """What the figures are told apart by; each value of it also by position."""

    DAY = "day"
    VARIANT = "variant"
    SOURCE = "source"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Cell:
    """The lines that were shown to one side at one position (0: not known) on one day, or of one variant, source or score.

    ``value`` is a date, a variant, a source, or the score in steps of SCORE_STEP, None where the line is not kept any more.
    """

    side: Side
    by: By
    value: date | str | int | None
    position: int
    shown: int
    opened: int
    converted: int


# Further down all lines count as one: hardly anybody gets there, and none counts for more than ten either way.
LAST = 100
# Of lines within so many points it is taken that they are equally good: in steps of ten, those at the top still are better.
SCORE_STEP = 5
WITHIN = f"{REMEMBERED.total_seconds()} s"

# An impression is what was shown to one person within an hour, and what they did with it until they were shown it again,
# within a day: the same that an interaction is put down to when it is written (matching.feedback). One scan of the
# interactions: in the order of time ``nth`` numbers the impressions of a person, job and CV, and each thing done has the
# number of the last impression before it.
_COUNTS = """
WITH noted AS (
  SELECT i.*, count(*) FILTER (WHERE i.kind = 'shown')
                OVER (PARTITION BY i.user_id, i.job_id, i.cv_id ORDER BY i.created_at, i.kind <> 'shown', i.id) AS nth
    FROM matching_interaction i
   WHERE i.kind IN ('shown', 'open', 'apply', 'shortlist') AND i.created_at >= %(since)s AND i.cv_id IS NOT NULL
), impressions AS (
  SELECT user_id, job_id,
         min(match_id) FILTER (WHERE kind = 'shown') AS match_id,
         min(position) FILTER (WHERE kind = 'shown') AS position,
         min(variant) FILTER (WHERE kind = 'shown') AS variant,
         min(created_at) FILTER (WHERE kind = 'shown') AS at,
         min(created_at) FILTER (WHERE kind = 'open') AS opened,
         min(created_at) FILTER (WHERE kind = 'apply') AS applied,
         min(created_at) FILTER (WHERE kind = 'shortlist') AS shortlisted
    FROM noted WHERE nth > 0 GROUP BY user_id, job_id, cv_id, nth
), judged AS (
  SELECT CASE WHEN u.role = 'candidate' AND NOT u.is_superuser THEN 'candidate' ELSE 'recruiter' END AS side,
         (s.at AT TIME ZONE 'UTC')::date AS day, s.variant, j.source, round(m.score / %(step)s)::int AS score,
         least(coalesce(s.position, 0), %(last)s) AS position,
         s.opened <= s.at + %(within)s::interval AS opened,
         CASE WHEN u.role = 'candidate' AND NOT u.is_superuser THEN s.applied ELSE s.shortlisted END
           <= s.at + %(within)s::interval AS converted
    FROM impressions s
    JOIN core_user u ON u.id = s.user_id
    JOIN jobs_job j ON j.id = s.job_id
    LEFT JOIN matching_match m ON m.id = s.match_id
)
SELECT side, GROUPING(day, variant, source, score), day, variant, source, score, position,
       count(*), count(*) FILTER (WHERE opened), count(*) FILTER (WHERE converted)
  FROM judged
 GROUP BY GROUPING SETS ((side, position, day), (side, position, variant), (side, position, source), (side, position, score))
"""
# GROUPING has a bit for each column that a row is not grouped by.
_BY = {0b0111: By.DAY, 0b1011: By.VARIANT, 0b1101: By.SOURCE, 0b1110: By.SCORE}


def count_impressions(*, since: datetime) -> Sequence[Cell]:
    """Of all impressions since then; four times their sum, once for each of ``By``."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"since": since, "within": WITHIN, "last": LAST, "step": SCORE_STEP})
        return [_cell(*row) for row in cursor.fetchall()]


def _cell(
    side: str, grouping: int, day: date, variant: str, source: str, score: int, position: int, *counts: int
) -> Cell:
    by = _BY[grouping]
    values: dict[By, date | str | int] = {By.DAY: day, By.VARIANT: variant, By.SOURCE: source, By.SCORE: score}
    return Cell(Side(side), by, values[by], position, *counts)
