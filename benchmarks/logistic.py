"""Logistic regression on named features: small, exact, with a penalty that keeps rare features near nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

STEPS, ENOUGH = 60, 1e-7
# A weight of its own is believed only as far as there is data for it; the two that all values share are free.
PENALTY, FREE = 3.0, 1e-3
SHARED = ("bias", "raw")


def fit(rows: Sequence[Mapping[str, float]], right: Sequence[bool]) -> dict[str, float]:
    """The weights under which what was right is likeliest; surer is never made less likely to be right.

    ``rows`` are the features of each value. Newton's method; kinds of value for which the parser's own number would count
    backwards are fitted again as if they had none, and so are all kinds together.
    """
    flat: set[str] = set()
    while True:
        shown = [_without(row, flat) for row in rows]
        names = sorted({name for row in shown for name in row})
        weights = _newton(_matrix(shown, names), np.array(right, dtype=float), _penalties(names))
        found = dict(zip(names, weights.tolist(), strict=True))
        shared = found.get("raw", 0.0)
        backwards = {n for n in names if n.startswith("raw ") and shared + found[n] < 0} | (
            {"raw"} if shared < 0 else set()
        )
        if not backwards:
            level = dict.fromkeys(flat - {"raw"}, -shared)
            return {name: round(weight, 4) for name, weight in {**found, **level}.items() if abs(weight) >= 5e-4}
        flat |= backwards


def _without(row: Mapping[str, float], flat: set[str]) -> Mapping[str, float]:
    """The row without its part in slopes that are to be level."""
    if not flat:
        return row
    level = any(name in flat for name in row if name.startswith("raw "))
    return {n: v for n, v in row.items() if n not in flat and not (level and n == "raw")}


def _matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> np.ndarray:
    place = {name: number for number, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for number, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                matrix[number, place[name]] = value
    return matrix


def _penalties(names: Sequence[str]) -> np.ndarray:
    return np.array([FREE if name in SHARED else PENALTY for name in names])


def _newton(features: np.ndarray, right: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    weights = np.zeros(features.shape[1])
    for _ in range(STEPS):
        sure = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (sure - right) + penalty * weights
        bend = (features * (sure * (1 - sure))[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights -= step * min(1.0, 5 / max(1e-9, float(np.abs(step).max())))
        if np.abs(step).max() < ENOUGH:
            break
    return weights
