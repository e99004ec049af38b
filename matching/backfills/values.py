"""What a back-fill finds out: of one row, and of all so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from matching.embedding import Vector


class Side(StrEnum):
    """Whose rows are worked on."""

    CV = "cv"
    JOB = "job"


@dataclass(frozen=True)
class Summary:
    """What would be otherwise, counted over rows: facts by field and way, skills that come and go, and how many rows have
    corrections by people. ``measures`` are shares, 0 to 1, taken when all rows are through."""

    facts: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    corrected: int = 0
    measures: Mapping[str, float] = field(default_factory=dict)

    def __add__(self, other: Summary) -> Summary:
        return Summary(
            self.facts + other.facts,
            self.gained + other.gained,
            self.lost + other.lost,
            self.corrected + other.corrected,
            {**self.measures, **other.measures},
        )

    def to_json(self) -> dict[str, Any]:
        """The form of the column ``Backfill.summary_json``."""
        return {
            "facts": dict(self.facts), "gained": dict(self.gained), "lost": dict(self.lost),
            "corrected": self.corrected, "measures": dict(self.measures),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        facts, gained, lost = (Counter(data.get(name, {})) for name in ("facts", "gained", "lost"))
        return cls(facts, gained, lost, data.get("corrected", 0), data.get("measures", {}))


@dataclass(frozen=True)
class Made:
    """What came of one row: ``new`` is kept for the switch, ``made_of`` is the content hash that it was made from.

    ``vectors`` are by kind, ``blob`` those of passages as they are stored. With an ``error`` there is nothing else.
    """

    pk: int
    made_of: str = ""
    differs: int = 0
    new: Mapping[str, Any] = field(default_factory=dict)
    vectors: Mapping[str, Vector] = field(default_factory=dict)
    blob: bytes = b""
    error: str = ""
    summary: Summary = field(default_factory=Summary)
