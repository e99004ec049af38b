"""What people made of the lines they were shown, as values: all that learning may know is parts of scores."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matching.scoring import ScoringConfig
from matching.values import Part

# By name of the part; the shares sum to 1.
Weights = Mapping[str, float]


def shipped_weights() -> Weights:
    """Those of the whole score."""
    return ScoringConfig().directions[0]


class Kind(StrEnum):
    """What came of a line, from least to most that it says."""

    SHOWN = "shown"
    OPENED = "opened"
    REJECTED = "rejected"
    CHOSEN = "chosen"

    @property
    def decides(self) -> bool:
        return self in (Kind.CHOSEN, Kind.REJECTED)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list that one person was shown at ``position`` (from 1), and what they made of it.

    There is no field for who the candidate is: ``line`` only tells the lines of a list apart.
    """

    organisation: str
    person: int
    list_id: int
    line: int
    position: int
    kind: Kind
    at: datetime
    parts: tuple[Part, ...]


# The lines of one list that one person was shown.
Shown = tuple[Choice, ...]


def lists_of(choices: Iterable[Choice]) -> tuple[Shown, ...]:
    """The lines by list and person, the list that was shown first first."""
    by_list: dict[tuple[int, int], list[Choice]] = defaultdict(list)
    for choice in choices:
        by_list[choice.list_id, choice.person].append(choice)
    shown = (tuple(sorted(lines, key=lambda line: line.position)) for lines in by_list.values())
    return tuple(sorted(shown, key=lambda lines: (min(line.at for line in lines), lines[0].list_id, lines[0].person)))


def mean_with(parts: Iterable[Part], weights: Weights, shipped: Weights) -> float:
    """The mean that the score would be made of, had its parts these weights; what is unknown stays left out.

    A stored part carries its shipped weight times how far it could be relied on, and the second of the two is kept.
    """
    known = [
        (part.weight * weights[part.name] / shipped[part.name], part.value or 0.0) for part in _counted(parts, shipped)
    ]
    weight = math.fsum(share for share, _ in known)
    return math.fsum(share * value for share, value in known) / weight if weight else 0.0


def features(parts: Sequence[Part], shipped: Weights) -> tuple[float, ...]:
    """Each part's value in the order of ``shipped``, drawn to the mean as far as it is unknown or not to be relied on.

    With them the mean is the sum of weight times feature: exactly so with the shipped weights, nearly so around them.
    """
    mean = mean_with(parts, shipped, shipped)
    sure = {part.name: (part.weight / shipped[part.name], part.value or 0.0) for part in _counted(parts, shipped)}
    return tuple(mean + share * (value - mean) for share, value in (sure.get(name, (0.0, 0.0)) for name in shipped))


def _counted(parts: Iterable[Part], shipped: Weights) -> Iterable[Part]:
    return (part for part in parts if part.value is not None and part.name in shipped)
