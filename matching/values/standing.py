"""Where a line stands in its list, and where it would stand with another score."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

# What a line is compared by: the mean of its parts downwards, then its rank, which has settled what is equal.
Key = tuple[float, int]


@dataclass(frozen=True)
class Standing:
    """The line of one rank among the ``others`` of its list, which stay as they are."""

    own: int
    others: tuple[Key, ...]

    @classmethod
    def of(cls, own: int, lines: Iterable[Key]) -> Self:
        """``lines`` are those of the whole list, the one of rank ``own`` among them."""
        return cls(own, tuple(sorted(line for line in lines if line[1] != own)))

    def rank(self, mean: float) -> int:
        """The rank with that mean, from 1."""
        return 1 + bisect_left(self.others, (-mean, self.own))
