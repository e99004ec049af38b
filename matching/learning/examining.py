"""How likely a line is looked at where it stands, learned from what people did at each position of their lists."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.learning.choices import Kind, Shown, Weights, mean_with

# No line counts for more than ten, however far down it was found: a few lucky finds must not decide everything.
LEAST_LIKELY = 0.1
STEEPEST = 2.0


@dataclass(frozen=True)
class Examination:
    """The line at position k is looked at with probability k to the power of ``-steepness`` (Joachims et al. 2017)."""

    steepness: float = 0.0

    def propensity(self, position: int) -> float:
        return max(LEAST_LIKELY, math.pow(position, -self.steepness))


def examination_of(lists: Sequence[Shown], shipped: Weights) -> Examination:
    """The steepness under which what was done at all is likeliest, given how good each line is.

    A line is acted on when it is looked at, which its position decides, and when it is worth it, which its score decides:
    without the second, good lines at the top would pass for a habit of looking there.
    """
    from scipy.optimize import minimize  # web processes, which correct figures by what is examined, do without it

    lines = [line for shown in lists for line in shown]
    acted = np.array([line.kind != Kind.SHOWN for line in lines])
    if acted.all() or not acted.any():
        return Examination()
    log_position = np.log([line.position for line in lines])
    mean = np.array([mean_with(line.parts, shipped, shipped) for line in lines])
    mean = mean - mean.mean()

    def unlikeliness(guess: np.ndarray) -> float:
        steepness, level, slope = guess
        chance = np.exp(-steepness * log_position) / (1 + np.exp(-(level + slope * mean)))
        chance = np.clip(chance, 1e-9, 1 - 1e-9)
        likelihood = float(np.where(acted, np.log(chance), np.log1p(-chance)).sum())
        return 0.01 * float(slope) ** 2 - likelihood

    found = minimize(unlikeliness, [0.5, 0.0, 0.0], method="L-BFGS-B", bounds=[(0, STEEPEST), (-8, 8), (-40, 40)])
    return Examination(round(float(found.x[0]), 3))
