"""Whether learned weights order later lists better than people were shown them, by more than chance."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.learning.choices import Kind, Shown, Weights, mean_with
from matching.learning.examining import Examination
from matching.learning.ordering import reordered

RESAMPLES, _SEED = 2_000, 20_261
# With fewer people than this, chance is drawn over lists: a few people are no sample of people.
PEOPLE_LEAST = 8


@dataclass(frozen=True)
class Judgement:
    """Of lists that nothing was learned from: mean nDCG of the order by learned weights and of the order that was shown,
    what the first has more, and the interval that 95 % of resamples of that lie in."""

    lists: int = 0
    people: int = 0
    learned: float = 0.0
    shown: float = 0.0
    gain: float = 0.0
    low: float = 0.0
    high: float = 0.0


def judge(lists: Sequence[Shown], weights: Weights, examination: Examination, shipped: Weights) -> Judgement:
    """Each list in which something was chosen, in both orders; a choice counts by the inverse of its propensity."""
    chosen = [shown for shown in lists if any(line.kind == Kind.CHOSEN for line in shown)]
    if not chosen:
        return Judgement()
    pairs = [_both(shown, weights, examination, shipped) for shown in chosen]
    people = [shown[0].person for shown in chosen]
    gains = [learned - as_shown for learned, as_shown in pairs]
    low, high = _interval(gains, people)
    learned, as_shown = (float(np.mean(column)) for column in zip(*pairs, strict=True))
    return Judgement(len(chosen), len(set(people)), learned, as_shown, learned - as_shown, low, high)


def _both(shown: Shown, weights: Weights, examination: Examination, shipped: Weights) -> tuple[float, float]:
    """nDCG by learned weights and as shown."""
    worth = [1 / examination.propensity(line.position) if line.kind == Kind.CHOSEN else 0.0 for line in shown]
    by_score = sorted(range(len(shown)), key=lambda number: (-mean_with(shown[number].parts, shipped, shipped), number))
    order = [by_score[place] for place in reordered([shown[number].parts for number in by_score], weights)]
    best = _gain(sorted(worth, reverse=True))
    return _gain([worth[number] for number in order]) / best, _gain(worth) / best


def _gain(worth: Sequence[float]) -> float:
    return math.fsum(value / math.log2(1 + rank) for rank, value in enumerate(worth, start=1))


def _interval(gains: Sequence[float], people: Sequence[int]) -> tuple[float, float]:
    """By drawing whole people again, whose lists are alike (bootstrap over clusters), or lists where people are few."""
    by_person: dict[int, list[float]] = defaultdict(list)
    for number, (gain, person) in enumerate(zip(gains, people, strict=True)):
        by_person[person if len(set(people)) >= PEOPLE_LEAST else number].append(gain)
    sums = np.array([sum(values) for values in by_person.values()])
    counts = np.array([len(values) for values in by_person.values()])
    drawn = np.random.default_rng(_SEED).integers(0, len(sums), size=(RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))
