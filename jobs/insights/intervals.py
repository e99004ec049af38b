"""Intervals of shares, of differences of shares, and of quantiles, without assuming any shape of what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

# With fewer of one the binomial sum is exact and cheap; with more the normal curve is as good.
_EXACT_TO = 200
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Between:
    """A figure and the bounds of its interval; a bound is None where too few values support one."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Quartiles of some values, each with its interval."""

    count: int
    lower: Between
    median: Between
    upper: Between


def share_between(part: int, whole: int, *, confidence: float = CONFIDENCE) -> Between:
    """The share with Wilson's interval, which stays within 0 to 1 and holds for small counts; ``whole`` is at least 1."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = part / whole
    centre = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return Between(share, max(0.0, centre - half), min(1.0, centre + half))


def difference_of_shares(now: Between, before: Between) -> Between:
    """How much the share has risen, by Newcombe's interval (his method 10) from the two Wilson intervals."""
    assert now.low is not None
    assert now.high is not None
    assert before.low is not None
    assert before.high is not None
    rise = now.value - before.value
    low = rise - sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    high = rise + sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    return Between(rise, low, high)


def spread_of(values: Sequence[float], *, confidence: float = CONFIDENCE) -> Spread:
    """Quartiles and their intervals by order statistics: the ranks between which the true quantile lies so often.

    ``values`` in any order, at least one.
    """
    ordered = sorted(values)
    lower, median, upper = (_quantile_between(ordered, share, confidence) for share in (0.25, 0.5, 0.75))
    return Spread(len(ordered), lower, median, upper)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The quantile of sorted values, between two of them by their distance."""
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _quantile_between(ordered: Sequence[float], share: float, confidence: float) -> Between:
    low, high = _ranks(len(ordered), share, (1 - confidence) / 2)
    return Between(
        quantile(ordered, share),
        None if low is None else ordered[low],
        None if high is None else ordered[high],
    )


def _ranks(count: int, share: float, tail: float) -> tuple[int | None, int | None]:
    """Places in the sorted values below and above which the quantile lies with at most ``tail`` probability each."""
    if count > _EXACT_TO:
        z, mean, deviation = -NormalDist().inv_cdf(tail), count * share, sqrt(count * share * (1 - share))
        low, high = int(mean - z * deviation), int(mean + z * deviation) + 1
        return (low if low >= 0 else None), (high if high < count else None)
    # P(fewer than k values lie below the quantile) is a sum of the binomial distribution.
    below = [comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(count + 1)]
    sums, total = [], 0.0
    for chance in below:
        total += chance
        sums.append(total)
    low_place = max((k for k in range(count) if sums[k] <= tail), default=None)
    high_place = min((k for k in range(count) if 1 - sums[k] <= tail), default=None)
    return low_place, high_place
