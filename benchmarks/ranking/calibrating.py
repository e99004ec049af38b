"""Fits the curve from the mean of the parts to points, and says how well it holds on jobs that it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.scoring import ScoringConfig
from matching.values import Score

TENTHS, STEPS = 10, 50
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """One labelled pair with its score; ``held_out`` pairs are not fitted on."""

    collection: str
    held_out: bool
    suits: bool
    score: Score


def calibrate(pairs: Sequence[Pair], direction: str) -> str:
    """What was fitted on half of the jobs and how it holds on the others, then what all of them give."""
    means, right = _means(pairs, direction), np.array([pair.suits for pair in pairs], dtype=float)
    held_out = np.array([pair.held_out for pair in pairs])
    groups = [f"{pair.collection} {pair.suits}" for pair in pairs]
    slope, offset = fit(means[~held_out], right[~held_out], balanced(groups, ~held_out))
    given = _logistic(slope * means + offset)[held_out]
    error = calibration_error(given, right[held_out], balanced(groups, held_out))
    slope, offset = fit(means, right, balanced(groups, np.ones(len(pairs), dtype=bool)))
    return f"{direction:10} {len(pairs)} pairs  ECE on the held-out half {error:.3f}  slope {slope:.2f}  offset {offset:.2f}"


def balanced(groups: Sequence[str], chosen: NDArray[np.bool_]) -> Floats:
    """Weights of the chosen pairs by which each collection, and in it what suits and what does not, counts the same."""
    names = np.array(groups)[chosen]
    return np.array([1 / np.count_nonzero(names == name) for name in names]) / len(set(names))


def fit(means: Floats, right: Floats, weights: Floats) -> tuple[float, float]:
    """Slope and offset of the likeliest logistic curve (Platt 1999), by Newton's method."""
    features = np.column_stack([means, np.ones_like(means)])
    found = np.zeros(2)
    for _ in range(STEPS):
        sure = _logistic(features @ found)
        slope = features.T @ (weights * (sure - right))
        bend = (features * (weights * sure * (1 - sure))[:, None]).T @ features + 1e-9 * np.eye(2)
        found -= np.linalg.solve(bend, slope)
    return float(found[0]), float(found[1])


def calibration_error(given: Floats, right: Floats, weights: Floats) -> float:
    """The weighted mean, over tenths of the scale, of how far what was given is from what was right (ECE)."""
    tenth = np.minimum((given * TENTHS).astype(int), TENTHS - 1)
    gaps = (abs(np.sum((weights * (given - right))[tenth == number])) for number in range(TENTHS))
    return float(sum(gaps) / weights.sum())


def _means(pairs: Sequence[Pair], direction: str) -> Floats:
    """The means before calibration; those of a direction are found back from its points."""
    if direction == "whole":
        return np.array([pair.score.mean for pair in pairs])
    curve = getattr(ScoringConfig(), direction)
    fits = [getattr(pair.score, direction) for pair in pairs]
    shares = np.clip([fit.value / 100 if fit else 0.5 for fit in fits], 0.0005, 0.9995)
    return np.asarray((np.log(shares / (1 - shares)) - curve.offset) / curve.slope)


def _logistic(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))
