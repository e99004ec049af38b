"""Counts what users did with the lines that an experiment showed them, by user, arm and place; one statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from matching.experiments.verdicts import BANDS, Tally
from matching.models import Experiment, Interaction
from matching.values.impressions import REMEMBERED

_Kind = Interaction.Kind
CHOSEN = (_Kind.OPEN, _Kind.APPLY, _Kind.SHORTLIST, _Kind.SAVE)
REFUSED = (_Kind.HIDE, _Kind.REJECT)

# An act is of the line as this experiment last showed it to that user, in the same hour or before: hours, since what was shown
# may be written after what was done with it. Counting lines and not acts, somebody who opens and keeps one chose one.
_TALLIES = """
WITH shown AS (
    SELECT user_id, job_id, cv_id, variant, hour,
           coalesce(width_bucket(position::int, %(bands)s::int[]), 0) AS band,
           lead(hour) OVER (PARTITION BY user_id, job_id, cv_id ORDER BY hour) AS shown_again
      FROM matching_interaction
     WHERE kind = 'shown' AND variant = ANY(%(variants)s) AND created_at >= %(since)s AND hour <= %(until)s
), acts AS (
    SELECT user_id, job_id, cv_id, kind, hour
      FROM matching_interaction
     WHERE kind = ANY(%(acts)s) AND created_at >= %(since)s AND hour <= %(until)s
), lines AS (
    SELECT shown.user_id, shown.variant, shown.band,
           bool_or(acts.kind = ANY(%(chosen)s)) AS chosen,
           bool_or(acts.kind = %(open)s) AS opened,
           bool_or(acts.kind = ANY(%(refused)s)) AS refused
      FROM shown
      LEFT JOIN acts
        ON acts.user_id = shown.user_id AND acts.job_id = shown.job_id
       AND acts.cv_id = shown.cv_id
       AND acts.hour >= shown.hour AND acts.hour < least(shown.shown_again, shown.hour + %(remembered)s)
     GROUP BY shown.user_id, shown.variant, shown.band, shown.job_id, shown.cv_id, shown.hour
)
SELECT user_id, variant, band, count(*),
       count(*) FILTER (WHERE chosen), count(*) FILTER (WHERE opened), count(*) FILTER (WHERE refused)
  FROM lines
 GROUP BY user_id, variant, band
 ORDER BY user_id, variant, band
"""


def tallies_of(experiment: Experiment, *, until: datetime) -> list[Tally]:
    """All that was shown by the experiment from its start until the hour of ``until``; nothing before it has started."""
    if experiment.started_at is None:
        return []
    arms = {experiment.variant(arm): arm for arm in Experiment.Arm.values}
    values: dict[str, Any] = {
        "bands": list(BANDS[1:]),
        "variants": list(arms),
        "since": experiment.started_at,
        "until": until,
        "remembered": REMEMBERED,
        "acts": [str(kind) for kind in CHOSEN + REFUSED],
        "chosen": [str(kind) for kind in CHOSEN],
        "open": str(_Kind.OPEN),
        "refused": [str(kind) for kind in REFUSED],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, values)
        return [Tally(user, arms[variant], *counts) for user, variant, *counts in cursor.fetchall()]
