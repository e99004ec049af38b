"""Which weights of the parts explain what people chose: pairwise logistic regression with inverse propensities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from matching.learning.choices import Kind, Shown, Weights, features
from matching.learning.examining import Examination

STEPS, ENOUGH = 50, 1e-8
# How firmly the shipped weights are believed before anything is known: a few dozen choices say little, a few hundred much.
# Of 0.4, 0.8 and 1.5 the one that recovers the simulated recruiters of benchmarks/taste.py best.
BELIEF = 0.4
# Differences of the parts, a row for each pair, and what each pair counts.
Pairs = tuple[np.ndarray, np.ndarray]


def fit(lists: Sequence[Shown], examination: Examination, shipped: Weights) -> dict[str, float]:
    """The weights people seem to go by, summing to 1; the shipped ones where nothing was chosen.

    A chosen line is taken to be better than those of its list that were rejected: both were looked at, so that where they
    stood says nothing. Where nothing was rejected it is taken to be better than all others of the list, and counts by how
    unlikely it was to be looked at: what is expected of such pairs does not depend on positions either (Joachims,
    Swaminathan and Schnabel 2017). Weights are drawn to the shipped ones, and none is below nothing.
    """
    rejecting = {line.person for shown in lists for line in shown if line.kind == Kind.REJECTED}
    pairs = [
        pair
        for shown in lists
        for pair in (
            _decided_pairs(shown, shipped)
            if shown[0].person in rejecting
            else _weighed_pairs(shown, examination, shipped)
        )
    ]
    prior = np.array(list(shipped.values()))
    if not pairs:
        return dict(shipped)
    differences = np.vstack([rows for rows, _ in pairs])
    counts = np.concatenate([weights for _, weights in pairs])
    counts *= _decided(lists) / counts.sum()
    # First how much the score as it is counts for these people at all, then what each part counts beside that.
    scale = float(_newton((differences @ prior)[:, None], counts, np.zeros(1), 1e-3)[0])
    found = np.clip(_newton(differences, counts, max(scale, 1.0) * prior, BELIEF), 0, None)
    whole = found.sum()
    return dict(zip(shipped, (found / whole).tolist(), strict=True)) if whole else dict(shipped)


def _decided_pairs(shown: Shown, shipped: Weights) -> Iterator[Pairs]:
    """For each chosen line of a list: what it has more of each part than those that were rejected, and what that counts."""
    rows = np.array([features(line.parts, shipped) for line in shown])
    rejected = np.array([line.kind == Kind.REJECTED for line in shown])
    if rejected.any():
        for number, line in enumerate(shown):
            if line.kind == Kind.CHOSEN:
                yield rows[number] - rows[rejected], np.full(int(rejected.sum()), 1 / (len(shown) - 1))


def _weighed_pairs(shown: Shown, examination: Examination, shipped: Weights) -> Iterator[Pairs]:
    """The same beside all others, by the inverse of how likely the chosen one was to be looked at."""
    rows = np.array([features(line.parts, shipped) for line in shown])
    for number, line in enumerate(shown):
        if line.kind == Kind.CHOSEN and len(shown) > 1:
            count = 1 / examination.propensity(line.position) / (len(shown) - 1)
            yield rows[number] - np.delete(rows, number, axis=0), np.full(len(shown) - 1, count)


def _decided(lists: Sequence[Shown]) -> int:
    return sum(line.kind.decides for shown in lists for line in shown)


def _newton(better: np.ndarray, counts: np.ndarray, prior: np.ndarray, belief: float) -> np.ndarray:
    """The likeliest weights after the prior, by Newton's method; the function is convex."""
    weights = prior.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(better @ weights, -30, 30)))
        slope = better.T @ (counts * (chance - 1)) + belief * (weights - prior)
        curve = (better * (counts * chance * (1 - chance))[:, None]).T @ better + belief * np.eye(len(prior))
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < ENOUGH:
            break
    return weights
