"""From what search and the profiles say to one score and a fit in each direction: pure, the weights passed in.

A score is the weighted mean of the parts that the data says something about, calibrated to points. Parts without data are
left out, so that a thin CV or posting does not lower the score; they widen the interval instead. Nothing here depends on
the other candidates of a list, so a score means the same in every list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from matching.scoring.config import SCORING_VERSION, Calibration, Curve, ScoringConfig, Weight
from matching.scoring.first_pass import promising
from matching.scoring.parts import Reading
from matching.scoring.readings import readings
from matching.scoring.relations import skill_credit
from matching.scoring.totals import band_of, total_of
from matching.values import Addition, Candidate, CVProfile, Fit, JobProfile, Part, Score

__all__ = [
    "SCORING_VERSION",
    "Calibration",
    "Curve",
    "ScoringConfig",
    "Weight",
    "band_of",
    "promising",
    "score",
    "skill_credit",
    "total",
    "whole_score",
    "whole_score_if",
]


def score(found: Candidate, cv: CVProfile, job: JobProfile, *, config: ScoringConfig, now: datetime) -> Score:
    """How well the CV and the job suit each other; deterministic for the same values and ``now``."""
    read = readings(found, cv, job, config, now)
    whole, for_job, for_person = config.directions
    return total(
        _parts(read, whole),
        config=config,
        for_job=_fit(read, for_job, config.for_job),
        for_person=_fit(read, for_person, config.for_person),
    )


def whole_score(found: Candidate, cv: CVProfile, job: JobProfile, *, config: ScoringConfig, now: datetime) -> Score:
    """The same score without the two directions of the fit: all that an order needs, at half the cost."""
    return total(_parts(readings(found, cv, job, config, now), config.directions[0]), config=config)


def whole_score_if(
    found: Candidate, cv: CVProfile, job: JobProfile, addition: Addition, *, config: ScoringConfig, now: datetime
) -> Score:
    """The score if the CV showed one thing more, all else equal: the same scorer on the changed profile."""
    return whole_score(found, addition.to(cv), job, config=config, now=now)


def total(
    parts: tuple[Part, ...],
    *,
    config: ScoringConfig | None = None,
    for_job: Fit | None = None,
    for_person: Fit | None = None,
) -> Score:
    """The score that these parts make."""
    whole = total_of(parts, (config or ScoringConfig()).whole)
    fit = whole.fit
    return Score(fit.value, fit.low, fit.high, fit.band, parts, for_job, for_person, whole.mean)


def _fit(read: Mapping[str, Reading], weights: Mapping[str, float], calibration: Calibration) -> Fit | None:
    parts = _parts(read, weights)
    return total_of(parts, calibration).fit if any(part.value is not None for part in parts) else None


def _parts(read: Mapping[str, Reading], weights: Mapping[str, float]) -> tuple[Part, ...]:
    """A part weighs as much as it can be relied on; four digits, so that what is stored gives the same score again."""
    return tuple(
        Part(name, None, round(weight, 4))
        if (reading := read[name]).value is None
        else Part(name, round(reading.value, 4), round(weight * reading.reliability, 4))
        for name, weight in weights.items()
    )
