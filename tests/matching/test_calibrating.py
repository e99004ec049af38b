"""The fit of points to means, and how its error is counted."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ranking.calibrating import balanced, calibration_error, fit

RANDOM = np.random.default_rng(7)


def test_the_curve_that_made_the_labels_is_found_again() -> None:
    means = RANDOM.uniform(0, 1, 20_000)
    chance = 1 / (1 + np.exp(-(8 * means - 4)))
    right = (RANDOM.uniform(0, 1, 20_000) < chance).astype(float)
    assert fit(means, right, np.full(20_000, 1 / 20_000)) == pytest.approx((8, -4), abs=0.3)


def test_what_is_given_as_often_as_it_is_right_has_no_error_and_the_reverse_has_much() -> None:
    given = np.repeat([0.1, 0.9], 10)
    right = np.array([1.0] + [0.0] * 9 + [0.0] + [1.0] * 9)
    weights = np.full(20, 1 / 20)
    assert calibration_error(given, right, weights) == pytest.approx(0)
    assert calibration_error(given, 1 - right, weights) == pytest.approx(0.8)


def test_small_and_large_groups_count_the_same() -> None:
    weights = balanced(["a", "b", "b", "b", "c"], np.array([True, True, True, True, False]))
    assert weights[0] == pytest.approx(weights[1:].sum())
    assert weights.sum() == pytest.approx(1)
