"""Where a line stands in its list, and where it would stand with another score."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

# What lists are ordered by: the mean of the parts downwards, then the ids of job and CV, so that no order is left to chance.
Key = tuple[float, int, int]


@dataclass(frozen=True)
class Standing:
    """One line among the ``others`` of its list, which stay as they are."""

    job_id: int
    cv_id: int
    others: tuple[Key, ...]

    @classmethod
    def of(cls, job_id: int, cv_id: int, lines: Iterable[Key]) -> Self:
        """``lines`` are those of the whole list, this one among them."""
        return cls(job_id, cv_id, tuple(sorted(line for line in lines if line[1:] != (job_id, cv_id))))

    def rank(self, mean: float) -> int:
        """The rank with that mean, from 1."""
        return 1 + bisect_left(self.others, (-mean, self.job_id, self.cv_id))
