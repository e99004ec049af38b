"""How the points of the newest lists are spread: too many strong ones tell people nothing, and so do none."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from matching.models import Prediction

WIDTH = 5
NEWEST_LISTS = 400

# Over the newest lists of each side only: lines of all of them may be millions.
_SPREAD = """
WITH newest AS (
  (SELECT id, side FROM matching_prediction WHERE side = %(jobs)s AND status = 'completed' ORDER BY id DESC LIMIT %(most)s)
  UNION ALL
  (SELECT id, side FROM matching_prediction WHERE side = %(cvs)s AND status = 'completed' ORDER BY id DESC LIMIT %(most)s)
)
SELECT least(floor(m.score / %(width)s), %(last)s)::int AS step, count(*) FILTER (WHERE n.side = %(jobs)s),
       count(*) FILTER (WHERE n.side = %(cvs)s)
  FROM newest n JOIN matching_match m ON m.prediction_id = n.id GROUP BY step
"""


@dataclass(frozen=True)
class Step:
    """Lines with at least ``low`` points and less than the next step; the last one holds 100 too."""

    low: int
    jobs: int = 0
    cvs: int = 0


def spread_of_scores() -> tuple[Step, ...]:
    """Steps of five points from 0 to 100, by side of the list; empty where there are no lines."""
    last = 100 // WIDTH - 1
    side = Prediction.Side
    with connection.cursor() as cursor:
        numbers = {"most": NEWEST_LISTS, "width": WIDTH, "last": last}
        cursor.execute(_SPREAD, {"jobs": side.JOBS_FOR_CV.value, "cvs": side.CVS_FOR_JOB.value, **numbers})
        counts = {step: (jobs, cvs) for step, jobs, cvs in cursor.fetchall()}
    return tuple(Step(step * WIDTH, *counts.get(step, (0, 0))) for step in range(last + 1)) if counts else ()
