"""Compares two arms by what each user did, in a way that may be looked at every day: no look makes chance pass for a winner.

Users are what is drawn, so users are what is counted: the clicks of one are alike, and a thousand of them are not a thousand
people. A rate's variance is that of its linear part by user (delta method; Deng, Knoblich and Lu, Applying the delta method in
metric analytics, KDD 2018), which holds however many lines each of them was shown.

A p-value here is the inverse of a likelihood ratio, mixed over how large the difference might be (mixture sequential probability
ratio test; Johari, Koomen, Pekelis and Walsh, Peeking at A/B tests, KDD 2017). Without a difference that ratio is a martingale
in what is known, and the chance that it ever reaches 1/α is at most α (Ville's inequality), whenever and however often it is
looked at. The interval of all differences that the test does not rule out is its confidence sequence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# How much the prior on the share of treatment is worth in users: its standard deviation is a tenth around a half, so that
# what is sought is a fault and not a hair's breadth.
SHARE_IS_WORTH = 24.0


@dataclass(frozen=True)
class Estimate:
    """A difference, and the variance of it over other users that might have come."""

    value: float
    variance: float


@dataclass(frozen=True)
class Arm:
    """Lines that were shown and those of them that something came of: two arrays of users × places.

    Both arms of a comparison have a row for each user, with zeros where a user was shown nothing by this arm.
    """

    shown: Numbers
    acted: Numbers


@dataclass(frozen=True)
class Contrast:
    """Rates of both arms for the same places of a list, and what treatment has more than ``factor`` times the control's."""

    control: float
    treatment: float
    estimate: Estimate


def contrast(control: Arm, treatment: Arm, *, factor: float = 1.0) -> Contrast | None:
    """Like with like: the rates at each place are put together by the same weights in both arms; None without a common place.

    Each place counts as much as it tells, n·m / (n + m) (Mantel and Haenszel 1959): one that only one arm shows counts nothing,
    and the few lines far down decide nothing. A user may have been shown lines by both arms, as in interleaving.
    """
    told = [arm.shown.sum(axis=0) for arm in (control, treatment)]
    common = (told[0] > 0) & (told[1] > 0)
    if not common.any():
        return None
    weights = (told[0] * told[1] / np.maximum(told[0] + told[1], 1))[common]
    weights = weights / weights.sum()
    (rate_c, parts_c), (rate_t, parts_t) = (_standardised(arm, common, weights) for arm in (control, treatment))
    spread = np.square(parts_t - factor * parts_c).sum()
    return Contrast(rate_c, rate_t, Estimate(rate_t - factor * rate_c, float(spread)))


def _standardised(arm: Arm, places: NDArray[np.bool_], weights: Numbers) -> tuple[float, Numbers]:
    """The rate, and what each user moves it by; these are widened by what estimating the rate itself took of them."""
    shown, acted = arm.shown[:, places], arm.acted[:, places]
    told = shown.sum(axis=0)
    rates = acted.sum(axis=0) / told
    users = np.count_nonzero(shown.sum(axis=1))
    widened = math.sqrt(users / (users - 1)) if users > 1 else 1.0
    return float(weights @ rates), ((acted - rates * shown) / told) @ weights * widened


def credit(control: Numbers, treatment: Numbers) -> Estimate | None:
    """Of the lines that users chose, the share that treatment's team had put there less that of the control's (−1 to 1).

    Chosen lines by user. Each compares the two teams by themselves, at the same time and in the same list, so that how eager
    or patient they are falls out (Chapelle, Joachims, Radlinski and Yue, Interleaved search evaluation, TOIS 2012).
    """
    chosen = control + treatment
    whole, users = chosen.sum(), np.count_nonzero(chosen)
    if users < 2:
        return None
    value = float((treatment - control).sum() / whole)
    parts = (treatment - control - value * chosen) / whole
    return Estimate(value, float(np.square(parts).sum()) * users / (users - 1))


def log_evidence(estimate: Estimate, spread: float, *, upwards: bool = False) -> float:
    """The log of how much likelier the estimate is with a difference than without, mixed over a normal around 0.

    ``spread`` is the standard deviation of that normal, in the unit of the estimate: the size of differences that are likely.
    It must not depend on what is found. ``upwards`` mixes over differences above 0 only and speaks against 0 and all below.
    """
    variance, prior = estimate.variance, spread**2
    if variance <= 0 or prior <= 0:
        return 0.0  # all users are alike: nothing is known about others
    both = variance * (variance + prior)
    log_ratio = 0.5 * math.log(variance / (variance + prior)) + prior * estimate.value**2 / (2 * both)
    if upwards:
        # Twice the normal distribution function: the half of the mixture that is kept, weighed by how far the estimate is in it.
        kept = math.erfc(-estimate.value * spread / math.sqrt(2 * both))
        log_ratio += math.log(kept) if kept else -math.inf
    return log_ratio


def p_value(estimate: Estimate, spread: float, *, upwards: bool = False) -> float:
    """Valid whenever it is looked at. With ``upwards`` against all differences of 0 and below."""
    return math.exp(min(0.0, -log_evidence(estimate, spread, upwards=upwards)))


def interval(estimate: Estimate, spread: float, alpha: float) -> tuple[float, float] | None:
    """All differences that p_value does not put below ``alpha``: the true one is in all of these intervals, over all looks,
    with probability 1 − α. None while nothing is known."""
    variance, prior = estimate.variance, spread**2
    if variance <= 0 or prior <= 0:
        return None
    width = math.sqrt(variance * (variance + prior) / prior * (2 * math.log(1 / alpha) + math.log1p(prior / variance)))
    return estimate.value - width, estimate.value + width


def sample_ratio_p(control: int, treatment: int, share_of_treatment: float) -> float:
    """Whether as many users are in treatment as should be, whenever it is looked at.

    A Beta mixture of binomials in place of the usual χ²: exact for any number of users and after each single one (Lindon and
    Malek, Anytime-valid inference for multinomial count data, NeurIPS 2022).
    """
    prior_t, prior_c = SHARE_IS_WORTH * share_of_treatment, SHARE_IS_WORTH * (1 - share_of_treatment)
    log_ratio = (
        _log_beta(prior_t + treatment, prior_c + control)
        - _log_beta(prior_t, prior_c)
        - treatment * math.log(share_of_treatment)
        - control * math.log1p(-share_of_treatment)
    )
    return math.exp(min(0.0, -log_ratio))


def _log_beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)
