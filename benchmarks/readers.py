"""Simulated readers of lists: how far down they look, what they like and what they cannot stand are planted, so that what is
counted and concluded can be held against it. No database is needed."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from benchmarks.taste import DECIDED, STEEPNESS, parts_of_a_line
from matching.experiments.assigning import arm_of
from matching.experiments.running import Trial
from matching.experiments.serving import Ordering
from matching.experiments.verdicts import BANDS, Judgement, Tally, Terms, Verdict, judged
from matching.learning.choices import Weights, mean_with, shipped_weights
from matching.values import Part

LINES, DAYS_OF_A_LIST = 20, 5
# Of what they look at: how often the best line is opened, the worst one hidden, and one that was opened applied for.
OPENED, HIDDEN, APPLIED = 0.5, 0.3, 0.3
# Lines worth this much, by the reader's own weights, are opened half as often as the best, hidden half as often as the worst.
GOOD, POOR = 0.66, 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and how likely it is opened or hidden once it is looked at."""

    parts: tuple[Part, ...]
    opened: float
    hidden: float


@dataclass(frozen=True, slots=True)
class Visit:
    """One reader looks at the first ``depth`` lines of one of their lists; readers and lists are numbered from 0."""

    reader: int
    number: int
    day: int
    hour: int
    depth: int


@dataclass(frozen=True, slots=True)
class Did:
    """What a reader did with the line at ``position``, from 1."""

    position: int
    opened: bool
    applied: bool
    hidden: bool


@dataclass(frozen=True)
class World:
    """People who choose by ``taste`` from lists in the order of the score, some of them daily and some hardly ever."""

    people: int
    days: int
    taste: Weights
    seed: int = 1

    @cached_property
    def habits(self) -> list[tuple[float, float, int]]:
        """Of each reader: visits a day, eagerness (1 on average) and lines that they are shown."""
        coins = random.Random(f"{self.seed}:habits")
        return [
            (coins.betavariate(1.2, 1.6), min(1.8, coins.lognormvariate(-0.03, 0.25)), coins.choice((5, 10)))
            for _ in range(self.people)
        ]

    @cached_property
    def lists(self) -> list[list[tuple[Line, ...]]]:
        """Of each reader one for every few days, each in the order of the score."""
        numbers = range(math.ceil(self.days / DAYS_OF_A_LIST))
        return [[self._list(reader, number) for number in numbers] for reader in range(self.people)]

    def _list(self, reader: int, number: int) -> tuple[Line, ...]:
        coins, shipped = random.Random(f"{self.seed}:{reader}:{number}"), shipped_weights()
        pool = [parts_of_a_line(coins) for _ in range(LINES)]
        pool.sort(key=lambda parts: -mean_with(parts, shipped, shipped))
        worth = [mean_with(parts, self.taste, shipped) for parts in pool]
        eagerness = self.habits[reader][1]
        return tuple(
            Line(parts, OPENED * eagerness * _above(value, GOOD), HIDDEN * _above(-value, -POOR))
            for parts, value in zip(pool, worth, strict=True)
        )

    def visits(self, day: int) -> Iterator[Visit]:
        """Those of one day, counted from 0; nobody comes twice."""
        coins = random.Random(f"{self.seed}:day {day}")
        for reader, (often, _, depth) in enumerate(self.habits):
            comes, hour = coins.random() < often, coins.randrange(7, 22)
            if comes:
                yield Visit(reader, day // DAYS_OF_A_LIST, day, hour, depth)

    def acts(self, visit: Visit, shown: Sequence[Line]) -> list[Did]:
        """What is done with the lines as they were shown; the others are passed over."""
        coins = random.Random(f"{self.seed}:{visit.reader}:{visit.day}:acts")
        return [did for place, line in enumerate(shown, start=1) if (did := _did(place, line, coins)) is not None]


def _above(value: float, bound: float) -> float:
    return 1 / (1 + math.exp(-2 * DECIDED * (value - bound)))


def _did(position: int, line: Line, coins: random.Random) -> Did | None:
    looks, likes, minds, goes = (coins.random() for _ in range(4))
    if looks >= examined(position):
        return None
    opened = likes < line.opened
    hidden = not opened and minds < line.hidden
    return Did(position, opened, opened and goes < APPLIED, hidden) if opened or hidden else None


def examined(position: int) -> float:
    """How likely anybody looks at the line there."""
    return float(position**-STEEPNESS)


@dataclass(frozen=True)
class Ended:
    """What came of one simulated experiment: its first verdict, the day from 1 on which it was given, and all judgements."""

    verdict: Verdict
    day: int
    judgements: tuple[Judgement, ...] = field(repr=False)


def outcome(judgements: Sequence[Judgement]) -> Ended:
    """What ended it by itself, or else the first winner: every day was looked at, and somebody might have released it."""
    last = len(judgements)
    if judgements[-1].verdict.stops:
        return Ended(judgements[-1].verdict, last, tuple(judgements))
    won = (day for day, found in enumerate(judgements, start=1) if found.verdict is not Verdict.RUNNING)
    day = next(won, last)
    return Ended(judgements[day - 1].verdict, day, tuple(judgements))


def simulate(world: World, trial: Trial, terms: Terms, users: Sequence[int] | None = None) -> list[Judgement]:
    """Judged each day until the last or until it ends by itself, without a database.

    Terms that do not fit the trial are what a fault in assignment looks like. ``users`` are the
    ids of the readers, which decide on their arms.
    """
    users = users or range(1, world.people + 1)
    orderings = [ordering_of(trial, user) for user in users]
    tallies: dict[tuple[int, str, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    judgements = []
    for day in range(world.days):
        for visit in world.visits(day):
            _count(world, visit, orderings[visit.reader], tallies, users[visit.reader])
        told = [Tally(*key, *figures) for key, figures in sorted(tallies.items())]
        judgements.append(judged(told, terms))
        if judgements[-1].verdict.stops:
            break
    return judgements


def ordering_of(trial: Trial, user: int) -> Ordering:
    """As ``serving.ordering_for`` makes it of what runs."""
    if trial.is_interleaved:
        return Ordering(user, "", draft=trial)
    arm = arm_of(user, salt=trial.salt, share=trial.share, share_of_treatment=trial.share_of_treatment)
    return Ordering(user, "", getattr(trial, str(arm)), f"{trial.experiment}:{arm}")


def _count(
    world: World, visit: Visit, ordering: Ordering, tallies: dict[tuple[int, str, int], list[int]], user: int
) -> None:
    lines = world.lists[visit.reader][visit.number]
    places = ordering.places(visit.number, [line.parts for line in lines])[: visit.depth]
    keys = [
        (user, placed.variant.partition(":")[2], bisect_right(BANDS[1:], place))
        for place, placed in enumerate(places, 1)
    ]
    for key in keys:
        tallies[key][0] += 1
    for did in world.acts(visit, [lines[placed.line] for placed in places]):
        figures = tallies[keys[did.position - 1]]
        for number, done in enumerate((did.opened, did.opened, did.hidden), start=1):
            figures[number] += done
