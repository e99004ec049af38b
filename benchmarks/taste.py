"""Simulated recruiters whose taste is known choose from lists: how soon their weights are recovered, and what may serve.

    .venv/bin/python -m benchmarks.taste [--events 500] [--seeds 4]

An event is a line that was shortlisted or rejected. Each recruiter looks at the line at position k with probability
k to the power of -0.7, decides on what they look at, and likes best what their own weights of the parts say.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from matching.learning.choices import Choice, Kind, Weights, lists_of, mean_with, shipped_weights
from matching.learning.examining import examination_of
from matching.learning.fitting import fit
from matching.learning.training import Trained, train
from matching.values import Part

STEEPNESS, SHOWN, POOL = 0.7, 20, 60
JUDGED_EVENTS = 2000
# How decided people are: between a line that is 0.1 better by their own weights and the other it is about 4 to 1.
DECIDED = 14.0
START = datetime(2026, 1, 5, tzinfo=UTC)

# What is added to the shipped share of each part, before all are made to sum to 1.
TASTES: Mapping[str, Mapping[str, float]] = {
    "as shipped": {},
    "experience first": {"experience": 0.35, "title": -0.15, "semantic": -0.12},
    "skills first": {"skills": 0.35, "title": -0.18},
    "titles first": {"title": 0.35, "skills": -0.15},
    "graduates": {"education": 0.30, "semantic": -0.15, "title": -0.10},
    "the right words": {"words": 0.30, "semantic": -0.20},
}


def taste(name: str) -> dict[str, float]:
    """The weights of one recruiter."""
    wanted = {part: max(0.0, share + TASTES[name].get(part, 0.0)) for part, share in shipped_weights().items()}
    whole = math.fsum(wanted.values())
    return {part: share / whole for part, share in wanted.items()}


@dataclass(frozen=True)
class World:
    """People who choose by ``weights`` from lists in the order of the score."""

    weights: Weights
    people: int = 12
    seed: int = 1

    def choices(self, events: int) -> list[Choice]:
        """Whole lists until so many lines were shortlisted or rejected."""
        coins = random.Random(self.seed)
        made: list[Choice] = []
        decided = number = 0
        while decided < events:
            number += 1
            shown = list(self._list(number, coins))
            decided += sum(line.kind.decides for line in shown)
            made += shown
        return made

    def _list(self, number: int, coins: random.Random) -> Iterator[Choice]:
        shipped, at = shipped_weights(), START + timedelta(hours=number)
        pool = sorted(
            (parts_of_a_line(coins) for _ in range(POOL)), key=lambda parts: -mean_with(parts, shipped, shipped)
        )
        liked = [mean_with(parts, self.weights, shipped) for parts in pool[:SHOWN]]
        least = sorted(liked)[SHOWN * 3 // 4]
        for position, (parts, worth) in enumerate(zip(pool, liked, strict=False), start=1):
            kind = Kind.SHOWN
            if coins.random() < position**-STEEPNESS:
                likes = coins.random() < 1 / (1 + math.exp(-DECIDED * 2 * (worth - least)))
                kind = Kind.CHOSEN if likes else Kind.REJECTED
            yield Choice("acme", number % self.people, number, position, position, kind, at, parts)


def parts_of_a_line(coins: random.Random) -> tuple[Part, ...]:
    """Parts as candidates have them: good ones are good in much, a third of what is optional is unknown."""
    good = coins.gauss(0, 0.12)
    return tuple(_part(name, share, good, coins) for name, share in shipped_weights().items())


def _part(name: str, share: float, good: float, coins: random.Random) -> Part:
    if name in ("pay", "education", "languages") and coins.random() < 0.35:
        return Part(name, None, share)
    value = min(1.0, max(0.0, coins.gauss(0.5 + good, 0.22)))
    sure = coins.uniform(0.6, 1.0) if name in ("skills", "experience", "words") else 1.0
    return Part(name, round(value, 4), round(share * sure, 4))


def cosine(one: Mapping[str, float], other: Mapping[str, float], around: Mapping[str, float] | None = None) -> float:
    """Of two weightings; with ``around``, of what each changes of it."""
    pairs = [(one[n] - (around or {}).get(n, 0.0), other[n] - (around or {}).get(n, 0.0)) for n in one]
    norms = [math.sqrt(math.fsum(pair[side] ** 2 for pair in pairs)) for side in (0, 1)]
    return math.fsum(a * b for a, b in pairs) / (norms[0] * norms[1]) if all(norms) else 0.0


@dataclass(frozen=True)
class Recovered:
    """``whole`` is the cosine to the recruiter's weights, ``change`` that of what differs from the shipped ones."""

    whole: float
    change: float
    untouched: float
    steepness: float


def recovered(name: str, events: int, seed: int) -> Recovered:
    """What is learned of one recruiter's taste from so many events."""
    shipped, true = shipped_weights(), taste(name)
    lists = lists_of(World(true, seed=seed).choices(events))
    examination = examination_of(lists, shipped)
    found = fit(lists, examination, shipped)
    return Recovered(cosine(found, true), cosine(found, true, shipped), cosine(shipped, true), examination.steepness)


def judged(name: str, events: int, seed: int) -> Trained:
    """One training on what such a recruiter's team decided, with the judgement of later lists."""
    return train(World(taste(name), seed=seed).choices(events))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=4)
    options = parser.parse_args()
    print(
        f"{'taste':<18}{'events':>7}  {'cosine':>7}{'least':>7}  {'of the change':>13}  {'shipped':>8}  {'attention':>9}"
    )
    for name in TASTES:
        for events in (options.events // 5, options.events // 2, options.events):
            found = [recovered(name, events, seed) for seed in range(1, options.seeds + 1)]
            means = [sum(getattr(one, column) for one in found) / len(found) for column in vars(found[0])]
            least = min(one.whole for one in found)
            change = f"{means[1]:.3f}" if TASTES[name] else "–"
            print(
                f"{name:<18}{events:>7}  {means[0]:>7.3f}{least:>7.3f}  {change:>13}  {means[2]:>8.3f}  {means[3]:>9.2f}"
            )
    print(f"\none training on {JUDGED_EVENTS} events, within the caps: nDCG on later lists more than what was shown")
    for name in TASTES:
        made = [judged(name, JUDGED_EVENTS, seed) for seed in range(1, options.seeds + 1)]
        told = (f"{one.judgement.gain:+.3f} {'no' if one.obstacle else 'may serve'}" for one in made)
        print(f"{name:<18}{', '.join(told)}")


if __name__ == "__main__":
    main()
