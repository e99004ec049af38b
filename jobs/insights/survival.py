"""How long something takes where much of it has not ended yet: the Kaplan-Meier estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

from jobs.insights.intervals import CONFIDENCE

# A product of shares that is a half may come out a little over it.
HALF = 0.5 + 1e-9


@dataclass(frozen=True, slots=True)
class TimeToEvent:
    """``median`` is None where over half of them are still going at the longest time seen, and so are its bounds then.

    ``curve`` holds points (time, share that is still going), only those where it falls.
    """

    count: int
    ended: int
    median: float | None
    low: float | None
    high: float | None
    curve: tuple[tuple[float, float], ...]

    def still_going(self, time: float) -> float:
        """The share that goes on longer than this, 0 to 1."""
        return next((share for at, share in reversed(self.curve) if at <= time), 1.0)


def time_to_event(times: Sequence[tuple[float, bool]], *, confidence: float = CONFIDENCE) -> TimeToEvent:
    """Times in any unit, each with whether it ended then or was only seen to go on until then.

    E. L. Kaplan, P. Meier: Nonparametric Estimation from Incomplete Observations, 1958. The interval of the median is that of
    R. Brookmeyer and J. Crowley, 1982, with Greenwood's variance on the scale log(-log).
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    going, share, hazard = len(times), 1.0, 0.0
    curve: list[tuple[float, float]] = []
    median = low = high = None
    for time, ended, left in _steps(times):
        if ended:
            share *= 1 - ended / going
            hazard += ended / (going * (going - ended)) if going > ended else 0.0
            curve.append((time, share))
            under, over = _band(share, hazard, z)
            median = time if median is None and share <= HALF else median
            low = time if low is None and under <= HALF else low
            high = time if high is None and over <= HALF else high
        going -= left
    bounds = (low, high) if median is not None else (None, None)
    return TimeToEvent(len(times), sum(ended for _, ended in times), median, *bounds, tuple(curve))


def _steps(times: Sequence[tuple[float, bool]]) -> list[tuple[float, int, int]]:
    """Each time once, in order: how many ended then, and how many are out of sight after it."""
    found: dict[float, list[int]] = {}
    for time, ended in times:
        step = found.setdefault(time, [0, 0])
        step[0] += ended
        step[1] += 1
    return [(time, ended, left) for time, (ended, left) in sorted(found.items())]


def _band(share: float, hazard: float, z: float) -> tuple[float, float]:
    """The interval of the share that is still going; none can be given at its ends, where it is the share itself."""
    if not 0 < share < 1:
        return share, share
    width = z * sqrt(hazard) / abs(log(share))
    return share ** exp(width), share ** exp(-width)
