"""The figures of a day as they are stored: one value for each kind, which alone writes and reads its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from jobs.insights.intervals import Between


class Trend(StrEnum):
    """Whether a share has changed for sure."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class WeekShare:
    """One week, named by its first day: how many new jobs there were and how many of them asked for it."""

    week: str
    jobs: int
    asking: int

    @property
    def share(self) -> float | None:
        return self.asking / self.jobs if self.jobs else None


@dataclass(frozen=True, slots=True)
class SkillFigures:
    """``share`` is of the new jobs of the last four weeks, ``change`` how much more that is than in the eight before, if any."""

    label: str
    share: Between
    change: Between | None
    trend: Trend
    weeks: tuple[WeekShare, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(
            row["label"],
            Between(**row["share"]),
            Between(**row["change"]) if row["change"] else None,
            Trend(row["trend"]),
            tuple(WeekShare(**week) for week in row["weeks"]),
        )


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill that jobs of a title ask for: in how many of them, and as a share with its interval."""

    skill_id: str
    label: str
    count: int
    share: Between


@dataclass(frozen=True, slots=True)
class TitleFigures:
    """What the new jobs of a title ask for, most frequent first."""

    skills: tuple[AskedSkill, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(tuple(AskedSkill(**{**skill, "share": Between(**skill["share"])}) for skill in row["skills"]))


@dataclass(frozen=True, slots=True)
class PayFigures:
    """Quartiles of what is paid a year, of the middle of each job's range."""

    lower: Between
    median: Between
    upper: Between

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(*(Between(**row[name]) for name in ("lower", "median", "upper")))


@dataclass(frozen=True, slots=True)
class TimeFigures:
    """Days from being seen first to being closed; ``median`` is None where over half are still open.

    ``still_open`` holds the share that is open longer than so many weeks, from none on.
    """

    ended: int
    median: Between | None
    still_open: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(row["ended"], Between(**row["median"]) if row["median"] else None, tuple(row["still_open"]))


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The score of a source, 0 to 100, and the share of each part of it."""

    score: int
    parts: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(row["score"], row["parts"])


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step of the funnel: its place, and which share of those who began came so far."""

    place: int
    share: Between

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(row["place"], Between(**row["share"]))
