"""Arms are compared by user, and however often it is looked at: by hand, over many simulated experiments, on planted effects."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from matching.experiments.statistics import (
    Arm,
    Estimate,
    Numbers,
    contrast,
    credit,
    interval,
    log_evidence,
    p_value,
    sample_ratio_p,
)

DAYS = 20


def table(*rows: float) -> Numbers:
    """One place of a list, one row for each user."""
    return np.array(rows, dtype=float)[:, None]


CONTROL = Arm(table(10, 10, 0, 0), table(1, 3, 0, 0))
TREATMENT = Arm(table(0, 0, 10, 10), table(0, 0, 4, 2))


# By hand


def test_the_variance_is_that_of_the_users_rates_where_all_are_shown_equally_much() -> None:
    found = contrast(CONTROL, TREATMENT)
    assert found is not None
    assert (found.control, found.treatment) == (pytest.approx(0.2), pytest.approx(0.3))
    # The rates of each arm differ by 0.2, so that their variance is 0.02, and that of the mean of two half of it.
    assert found.estimate.value == pytest.approx(0.1)
    assert found.estimate.variance == pytest.approx(0.01 + 0.01)


def test_a_user_with_many_lines_is_still_one_user() -> None:
    """A thousand lines of one user among others do not make the rate surer than the others make it."""
    few = contrast(CONTROL, Arm(table(0, 0, 10, 10), table(0, 0, 4, 2)))
    many = contrast(CONTROL, Arm(table(0, 0, 1000, 1000), table(0, 0, 400, 200)))
    assert few is not None
    assert many is not None
    assert few.estimate.variance == pytest.approx(many.estimate.variance)


def test_the_evidence_is_the_likelihood_ratio_mixed_over_a_normal() -> None:
    # √(1 / (1 + 3)) · exp(3 · 4² / (2 · 1 · (1 + 3)))
    assert math.exp(log_evidence(Estimate(4.0, 1.0), math.sqrt(3))) == pytest.approx(0.5 * math.exp(6))
    assert p_value(Estimate(4.0, 1.0), math.sqrt(3)) == pytest.approx(2 * math.exp(-6))
    drawn = np.random.default_rng(1).normal(0, math.sqrt(3), 400_000)
    ratios = np.exp(drawn * 4.0 - drawn**2 / 2)
    assert ratios.mean() == pytest.approx(0.5 * math.exp(6), rel=0.02)
    assert 2 * ratios[drawn > 0].sum() / len(ratios) == pytest.approx(
        math.exp(log_evidence(Estimate(4.0, 1.0), math.sqrt(3), upwards=True)), rel=0.02
    )


def test_one_direction_speaks_only_for_that_direction() -> None:
    for variance in (0.5, 1.0, 4.0):
        up, down = Estimate(3.0, variance), Estimate(-3.0, variance)
        assert p_value(up, 1.0, upwards=True) < p_value(up, 1.0) == p_value(down, 1.0)
        assert p_value(down, 1.0, upwards=True) == 1.0


def test_the_interval_ends_where_the_test_begins_to_rule_out() -> None:
    found = Estimate(0.3, 0.04)
    bounds = interval(found, 0.2, 0.05)
    assert bounds is not None
    for bound in bounds:
        assert p_value(Estimate(found.value - bound, found.variance), 0.2) == pytest.approx(0.05)


def test_without_variance_nothing_is_known() -> None:
    assert p_value(Estimate(0.5, 0.0), 0.2) == 1.0
    assert interval(Estimate(0.5, 0.0), 0.2, 0.05) is None


def test_the_numbers_of_users_are_weighed_by_a_beta_mixture() -> None:
    # With 12 and 12 before: 12/24 · 13/25 for two in treatment, against 1/2 · 1/2.
    assert sample_ratio_p(0, 2, 0.5) == pytest.approx(1 / (12 / 24 * 13 / 25 * 4))
    assert (sample_ratio_p(0, 0, 0.5), sample_ratio_p(0, 1, 0.5)) == (1.0, pytest.approx(1.0))


@pytest.mark.parametrize(
    ("control", "treatment", "share", "found"),
    [
        (500, 500, 0.5, False),
        (530, 470, 0.5, False),
        (600, 400, 0.5, True),
        (400, 600, 0.5, True),
        (900, 100, 0.1, False),
        (850, 150, 0.1, True),
        (0, 40, 0.5, True),
        (12, 8, 0.5, False),
    ],
)
def test_wrong_numbers_of_users_are_found(control: int, treatment: int, share: float, found: bool) -> None:
    assert (sample_ratio_p(control, treatment, share) <= 0.001) is found


def test_places_are_compared_like_with_like() -> None:
    """Who is shown more of the lower lines has a lower rate by itself, without being worse at any place."""
    control = Arm(np.array([[100.0, 100.0]] * 2 + [[0, 0]] * 2), np.array([[40.0, 10.0]] * 2 + [[0, 0]] * 2))
    treatment = Arm(np.array([[0, 0]] * 2 + [[100.0, 900.0]] * 2), np.array([[0, 0]] * 2 + [[40.0, 90.0]] * 2))
    found = contrast(control, treatment)
    assert found is not None
    assert found.treatment == pytest.approx(found.control)
    elsewhere = Arm(np.array([[0.0, 50.0]] * 4), np.array([[0.0, 5.0]] * 4))
    assert contrast(Arm(np.array([[50.0, 0.0]] * 4), np.array([[5.0, 0.0]] * 4)), elsewhere) is None


def test_credit_compares_the_teams_within_each_user() -> None:
    found = credit(np.array([1.0, 30.0, 0.0]), np.array([3.0, 30.0, 0.0]))
    assert found is not None
    assert found.value == pytest.approx(2 / 64)
    assert credit(np.array([5.0, 0.0]), np.array([1.0, 0.0])) is None, "one user is no sample of users"
    eager = credit(np.array([100.0, 300.0]), np.array([300.0, 100.0]))
    lazy = credit(np.array([1.0, 3.0]), np.array([3.0, 1.0]))
    assert eager == lazy


# What it must not depend on


def test_the_order_of_users_says_nothing() -> None:
    coins = np.random.default_rng(3)
    shown = coins.poisson(20, (30, 4)).astype(float)
    acted = coins.binomial(shown.astype(int), 0.2).astype(float)
    first = np.arange(30)[:, None] < 15
    mixed = coins.permutation(30)

    def found(order: Numbers) -> Estimate:
        arms = (Arm((shown * mask)[order], (acted * mask)[order]) for mask in (first, ~first))
        told = contrast(*arms)
        assert told is not None
        return told.estimate

    straight, shuffled = found(np.arange(30)), found(mixed)
    assert shuffled.value == pytest.approx(straight.value)
    assert shuffled.variance == pytest.approx(straight.variance)


def test_arms_that_change_places_change_the_sign_and_nothing_else() -> None:
    one, other = contrast(CONTROL, TREATMENT), contrast(TREATMENT, CONTROL)
    assert one is not None
    assert other is not None
    assert one.estimate.value == pytest.approx(-other.estimate.value)
    assert p_value(one.estimate, 0.05) == pytest.approx(p_value(other.estimate, 0.05))


def test_the_unit_of_a_rate_says_nothing() -> None:
    for factor in (0.01, 7.0):
        assert p_value(Estimate(0.3 * factor, 0.01 * factor**2), 0.2 * factor) == pytest.approx(
            p_value(Estimate(0.3, 0.01), 0.2)
        )


# Over many experiments that are looked at every day


def looks(coins: np.random.Generator, users: int, lift: float = 1.0) -> Iterator[tuple[Arm, Arm]]:
    """One experiment, day by day: users come one after the other and stay, some do a hundred times what others do."""
    treated = (coins.random(users) < 0.5)[:, None]
    since = coins.integers(0, DAYS, users)[:, None]
    daily = np.minimum(coins.lognormal(0.5, 1.0, users), 60)[:, None]
    rate = np.minimum(coins.beta(2, 8, users)[:, None] * np.where(treated, lift, 1.0), 1.0)
    lines = coins.poisson(daily * (np.arange(DAYS) >= since))
    shown = lines.cumsum(axis=1).astype(float)
    acted = coins.binomial(lines, rate).cumsum(axis=1).astype(float)
    for day in range(DAYS):
        control, treatment = (Arm(shown[:, [day]] * mask, acted[:, [day]] * mask) for mask in (~treated, treated))
        if min(np.count_nonzero(arm.shown) for arm in (control, treatment)) >= 20:
            yield control, treatment


def is_ever_found(coins: np.random.Generator, users: int, lift: float = 1.0, *, naively: bool = False) -> bool:
    """Whether the two arms are ever said to differ; naively by a normal test each day, as if it were the only one."""
    for control, treatment in looks(coins, users, lift):
        found = contrast(control, treatment)
        assert found is not None
        pooled = (control.acted.sum() + treatment.acted.sum()) / (control.shown.sum() + treatment.shown.sum())
        far = abs(found.estimate.value) > 1.96 * math.sqrt(found.estimate.variance)
        if far if naively else p_value(found.estimate, 0.2 * pooled) <= 0.05:
            return True
    return False


def test_equal_arms_are_said_to_differ_in_at_most_one_of_twenty_experiments_though_looked_at_daily() -> None:
    found = [is_ever_found(np.random.default_rng(seed), 120) for seed in range(300)]
    assert np.mean(found) <= 0.05


def test_a_test_for_one_look_would_find_winners_among_equals_by_looking_daily() -> None:
    """What the tests above are for: such users, and such looks, do mislead."""
    found = [is_ever_found(np.random.default_rng(seed), 120, naively=True) for seed in range(150)]
    assert np.mean(found) > 0.08


def test_a_planted_effect_is_found() -> None:
    found = [is_ever_found(np.random.default_rng(seed), 1200, lift=1.5) for seed in range(40)]
    assert np.mean(found) >= 0.9


def test_a_variant_at_its_limit_is_hardly_ever_said_to_have_passed_it() -> None:
    """A guard rail at a quarter more, and a variant that has just that."""
    stopped = 0
    for seed in range(150):
        for control, treatment in looks(np.random.default_rng(3000 + seed), 120, lift=1.25):
            found = contrast(control, treatment, factor=1.25)
            assert found is not None
            if p_value(found.estimate, 0.1, upwards=True) <= 0.025:
                stopped += 1
                break
    assert stopped / 150 <= 0.025


def test_the_true_difference_lies_within_the_interval_on_all_days() -> None:
    """Of 200 experiments with an effect, hardly any has a single day on which its interval misses it."""
    missed = 0
    for seed in range(200):
        coins = np.random.default_rng(1000 + seed)
        for control, treatment in looks(coins, 120, lift=1.25):
            found = contrast(control, treatment)
            assert found is not None
            bounds = interval(found.estimate, 0.04, 0.05)
            if bounds is not None and not bounds[0] <= 0.05 <= bounds[1]:  # a quarter of the mean rate of 0.2
                missed += 1
                break
    assert missed / 200 <= 0.05


def test_drafted_lines_of_equal_orders_get_no_winner() -> None:
    """Team-draft credits of equal orders: each choice of a user falls to either team by a coin."""
    false = 0
    for seed in range(300):
        coins = np.random.default_rng(seed)
        chosen = coins.poisson(np.minimum(coins.lognormal(0, 1, 60), 20)[:, None], (60, DAYS))
        treatment = coins.binomial(chosen, 0.5).cumsum(axis=1)
        control = chosen.cumsum(axis=1) - treatment
        told = (credit(control[:, day].astype(float), treatment[:, day].astype(float)) for day in range(DAYS))
        false += any(found is not None and p_value(found, 0.1) <= 0.05 for found in told)
    assert false / 300 <= 0.05


def test_users_who_are_drawn_rightly_are_never_said_not_to_be() -> None:
    drawn = np.random.default_rng(5).random((400, 600)) < 0.5
    treatment = drawn.cumsum(axis=1)
    p = [
        min(sample_ratio_p(users - int(row[users - 1]), int(row[users - 1]), 0.5) for users in range(20, 601, 20))
        for row in treatment[:150]
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.05
    assert np.mean(np.array(p) <= 0.001) <= 0.01
