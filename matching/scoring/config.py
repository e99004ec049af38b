"""What decides a score besides the two texts: which parts there are, how much each weighs, and how values are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cvmatch.core.text import content_hash

# Raised with every change of a number or formula in this package or in the search: lists made before are made again.
SCORING_VERSION = 3


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a part weighs in the whole score and in each direction of the fit; each of the three sums to 1."""

    whole: float
    for_job: float
    for_person: float


@dataclass(frozen=True, slots=True)
class Curve:
    """From a signal to a value: a logistic curve through 0.5 at ``midpoint``, steeper the smaller ``scale`` is.

    It never saturates, so that order is kept at both ends.
    """

    midpoint: float
    scale: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a weighted mean of parts to points: 100 / (1 + exp(-(slope * mean + offset)))."""

    slope: float
    offset: float


def _weights() -> Mapping[str, Weight]:
    """Reasoned, not fitted: what the work is counts most, what is asked for next, what is convenient least."""
    return {
        "semantic": Weight(0.27, 0.27, 0.20),
        "title": Weight(0.25, 0.25, 0.28),
        "words": Weight(0.06, 0.06, 0.06),
        "skills": Weight(0.20, 0.24, 0.00),
        "experience": Weight(0.08, 0.10, 0.08),
        "education": Weight(0.03, 0.04, 0.00),
        "languages": Weight(0.03, 0.04, 0.00),
        "use": Weight(0.00, 0.00, 0.14),
        "place": Weight(0.05, 0.00, 0.14),
        "pay": Weight(0.02, 0.00, 0.06),
        "recency": Weight(0.01, 0.00, 0.04),
    }


def _curves() -> Mapping[str, Curve]:
    """Midpoints lie halfway between the medians of unrelated and of related pairs of our own (docs/ranking.md), and from one
    median to the other the value goes from about 0.1 to about 0.9."""
    return {
        "text": Curve(0.42, 0.09),
        "coverage": Curve(0.41, 0.04),
        "title": Curve(0.41, 0.10),
        "best_title": Curve(0.49, 0.10),
        "title_lines": Curve(0.40, 0.06),
    }


@dataclass(frozen=True)
class ScoringConfig:
    """The weights by part, the curves by signal and the calibration of the whole score and of both directions.

    The calibrations are fitted on labelled pairs (docs/ranking.md): 80 says that of a hundred such pairs, taken from as many
    related as unrelated ones, eighty were of one occupation.
    """

    weights: Mapping[str, Weight] = field(default_factory=_weights)
    curves: Mapping[str, Curve] = field(default_factory=_curves)
    whole: Calibration = Calibration(12.7, -6.3)
    for_job: Calibration = Calibration(12.9, -6.2)
    for_person: Calibration = Calibration(13.0, -6.2)

    @cached_property
    def directions(self) -> tuple[Mapping[str, float], Mapping[str, float], Mapping[str, float]]:
        """The weights of the whole score, of the fit for the job and of the fit for the person; without those of nothing."""
        columns = ("whole", "for_job", "for_person")
        whole, for_job, for_person = (
            {name: getattr(weight, column) for name, weight in self.weights.items() if getattr(weight, column)}
            for column in columns
        )
        return whole, for_job, for_person

    @property
    def version(self) -> str:
        return content_hash(
            repr(sorted(self.weights.items())),
            repr(sorted(self.curves.items())),
            repr((self.whole, self.for_job, self.for_person, SCORING_VERSION)),
        )[:12]
