"""From parts to points: the weighted mean of what is known, calibrated, with the interval that the unknown leaves open."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from matching.scoring.config import Calibration
from matching.values import BANDS, NOT_ENOUGH_DATA, Fit, Part

# Half the width of an interval in points: of a pair of which all is known, and what is added if nothing is.
NOISE, SPREAD = 4.0, 20.0


@dataclass(frozen=True, slots=True)
class Total:
    """``mean`` in [0, 1] is the weighted mean before calibration, ``unknown`` the share of the weight without data."""

    mean: float
    unknown: float
    fit: Fit


def total_of(parts: Iterable[Part], calibration: Calibration) -> Total:
    """What these parts come to; parts without a value are left out and widen the interval. Weights sum to at most 1."""
    known = [part for part in parts if part.value is not None]
    weight = math.fsum(part.weight for part in known)
    mean = math.fsum(part.weight * (part.value or 0.0) for part in known) / weight if weight else 0.0
    unknown = min(1.0, max(0.0, 1 - weight))
    points = round(100 / (1 + math.exp(-(calibration.slope * mean + calibration.offset))), 1)
    margin = NOISE + SPREAD * unknown
    low, high = round(max(0.0, points - margin), 1), round(min(100.0, points + margin), 1)
    return Total(round(mean, 6), unknown, Fit(points, low, high, band_of(points, unknown)))


def band_of(points: float, unknown: float) -> str:
    """The word for a score; over half of the weight unknown is no ground for any."""
    if unknown > 0.5:
        return NOT_ENOUGH_DATA
    return next(name for least, name in BANDS if points >= least)
