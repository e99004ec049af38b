"""The statistics behind insights hold what they promise, on cases with known answers and on drawn ones."""

from __future__ import annotations

import random

import pytest

from jobs.insights import Between, difference_of_shares, share_between, spread_of, time_to_event
from jobs.insights.intervals import quantile


def test_wilsons_interval_is_that_of_the_literature() -> None:
    # R. Newcombe, Statistics in Medicine 17 (1998), table I: 81/263, 15/148 and 0/20.
    found = share_between(81, 263)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    found = share_between(15, 148)
    assert (found.low, found.high) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    found = share_between(0, 20)
    assert (found.low, found.high) == pytest.approx((0.0, 0.1611), abs=1e-4)


def test_newcombes_interval_of_a_difference_is_that_of_the_literature() -> None:
    # R. Newcombe, Statistics in Medicine 17 (1998), 873: 56/70 against 48/80, method 10.
    found = difference_of_shares(share_between(56, 70), share_between(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_the_interval_of_a_median_holds_the_true_one_about_as_often_as_it_says() -> None:
    draw = random.Random(3)
    for count, runs in ((15, 400), (300, 200)):
        held = 0
        for _ in range(runs):
            median = spread_of([draw.lognormvariate(0, 1) for _ in range(count)]).median
            assert median.low is not None
            assert median.high is not None
            held += median.low <= 1.0 <= median.high
        assert 0.92 <= held / runs <= 1.0, count


def test_a_bound_that_too_few_values_support_is_not_given() -> None:
    spread = spread_of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])
    assert spread.median == Between(5.5, 2.0, 9.0)  # the second and the ninth of ten hold it in 97.9 %
    assert spread.lower.low is None
    assert spread.upper.high is None


def test_a_quantile_lies_between_two_values_by_their_distance() -> None:
    assert quantile([10.0, 20.0], 0.25) == 12.5


def test_kaplan_and_meiers_example_has_their_answer() -> None:
    # Remission of 21 patients with 6-MP (E. Freireich, 1963): median 23 weeks, S(10) 0.7529.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = time_to_event([*((float(t), True) for t in ended), *((float(t), False) for t in still)])
    assert found.median == 23.0
    assert found.still_going(10) == pytest.approx(0.7529, abs=1e-4)
    assert found.low == 13.0
    assert found.high is None
    assert (found.count, found.ended) == (21, 9)


def test_what_is_still_open_makes_the_median_longer_than_that_of_the_closed_ones() -> None:
    draw = random.Random(5)
    lives = [draw.expovariate(1 / 40) for _ in range(2000)]
    seen = [(min(life, limit), life <= limit) for life in lives if (limit := draw.uniform(0, 90))]
    found = time_to_event(seen)
    closed = quantile(sorted(time for time, ended in seen if ended), 0.5)
    assert found.median is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 40 * 0.6931 < found.high
    assert closed < 0.75 * found.median


def test_where_over_half_is_open_there_is_no_median() -> None:
    found = time_to_event([(3.0, True), *[(10.0, False)] * 9])
    assert (found.median, found.low, found.high) == (None, None, None)
    assert found.still_going(5) == pytest.approx(0.9)
