"""Which of a job's candidates somebody wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Show(StrEnum):
    """By what was decided; ``shortlisted`` are all who go on, however far they are."""

    ALL = "all"
    UNDECIDED = "undecided"
    SHORTLISTED = "shortlisted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Narrowing:
    """Empty values narrow nothing. ``must`` is the name of a must-have that was found; ``prediction`` fixes the list."""

    show: Show = Show.ALL
    band: str = ""
    must: str = ""
    tag: int | None = None
    words: str = ""
    prediction: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether some of the list may be out of sight."""
        return bool(self.show != Show.ALL or self.band or self.must or self.tag or self.words)
