"""Puts the lines of a list into the order that learned weights give, within bounds: how far weights drift and lines move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.learning.choices import Weights, mean_with, shipped_weights
from matching.values import Part

# A line moves at most so many places from where its score alone would put it.
PLACES = 5
# A weight is a share of the whole: it moves at most so far in one training, and never further than this from the shipped one.
STEP, FARTHEST = 0.10, 0.20
# Where somebody lives and which languages they speak often stand in for where they come from: nothing is learned of them.
FIXED = frozenset({"place", "languages"})


@dataclass(frozen=True)
class Reordering:
    """Learned weights that serve, with the number of their row."""

    ranker: int
    weights: Weights

    def order(self, lines: Sequence[tuple[Part, ...]]) -> tuple[int, ...]:
        """The places (from 0) of the lines, which come in the order of their scores, in the order in which to show them."""
        return reordered(lines, self.weights)


def reordered(lines: Sequence[tuple[Part, ...]], weights: Weights) -> tuple[int, ...]:
    """By the mean with these weights, the score's own order where that is equal, and no line moves more than PLACES.

    At each place a line that can wait no longer comes first: there is at most one, so that the bound always holds.
    """
    shipped = shipped_weights()
    means = [mean_with(parts, weights, shipped) for parts in lines]
    waiting = list(range(len(lines)))
    order: list[int] = []
    for place in range(len(lines)):
        due = waiting[0] + PLACES == place
        near = [line for line in waiting if line <= place + PLACES]
        chosen = waiting[0] if due else min(near, key=lambda line: (-means[line], line))
        waiting.remove(chosen)
        order.append(chosen)
    return tuple(order)


def bounded(wanted: Weights, *, serving: Weights, shipped: Weights) -> dict[str, float]:
    """The weights nearest to those wanted that sum to 1 and lie within STEP of those that serve and FARTHEST of the shipped.

    The nearest point of a box on the plane of sum 1: all weights are shifted by the same amount, and held where a bound is.
    """
    bounds = {name: _bounds(name, serving[name], shipped[name]) for name in shipped}
    low, high = -1.0, 1.0
    for _ in range(60):
        shift = (low + high) / 2
        total = sum(_held(wanted[name] + shift, bounds[name]) for name in shipped)
        low, high = (shift, high) if total < 1 else (low, shift)
    return {name: round(_held(wanted[name] + high, bounds[name]), 6) for name in shipped}


def _bounds(name: str, serving: float, shipped: float) -> tuple[float, float]:
    if name in FIXED:
        return shipped, shipped
    return max(0.0, serving - STEP, shipped - FARTHEST), min(1.0, serving + STEP, shipped + FARTHEST)


def _held(value: float, bounds: tuple[float, float]) -> float:
    return min(bounds[1], max(bounds[0], value))
