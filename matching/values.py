"""What matching works with, as frozen values: profiles in, signals, scored parts, and accounts of why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from cvmatch.core.places import Point
from jobs.requirements import JobRequirements
from jobs.titles import Level

# Absolute scores, the same for every list; product language for the numbers.
BANDS = ((80.0, "strong"), (65.0, "good"), (45.0, "partial"), (0.0, "weak"))
NOT_ENOUGH_DATA = "no data"


@dataclass(frozen=True)
class Candidate:
    """One target that search found for a subject, compared in full.

    Cosines are in [-1, 1]; ``words`` is the share (0 to 1) of the subject's important words found in the target, weighted
    by how rare they are. None where one side has no such vector or words.
    """

    target_id: int
    text_cosine: float | None
    title_cosine: float | None
    words: float | None


@dataclass(frozen=True)
class Whereabouts:
    city: str = ""
    country: str = ""
    point: Point | None = None


@dataclass(frozen=True)
class Pay:
    """Per year; either bound may be missing."""

    minimum: Decimal | None
    maximum: Decimal | None
    currency: str


@dataclass(frozen=True)
class CVProfile:
    """What the scorer may know of a CV: nothing that tells name, age, gender, photo or nationality.

    ``english`` in [0, 1] says how English the text reads, ``length`` counts its words.
    """

    skills: frozenset[str]
    level: Level | None
    years: float | None
    place: Whereabouts
    desired_pay: Pay | None
    english: float
    length: int


@dataclass(frozen=True)
class JobProfile:
    """What the scorer may know of a job."""

    requirements: JobRequirements
    level: Level | None
    place: Whereabouts
    remote: bool
    pay: Pay | None
    posted_at: datetime | None
    english: float
    length: int


@dataclass(frozen=True)
class Part:
    """One part of a score: ``value`` in [0, 1] or None when the data says nothing; ``weight`` is its share of the whole."""

    name: str
    value: float | None
    weight: float

    @property
    def points(self) -> float | None:
        return None if self.value is None else round(100 * self.weight * self.value, 1)

    @property
    def full_points(self) -> float:
        return round(100 * self.weight, 1)


@dataclass(frozen=True)
class Score:
    """0 to 100 with the interval that missing data leaves open."""

    score: float
    low: float
    high: float
    band: str
    parts: tuple[Part, ...]


def parts_to_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def parts_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(row["name"], row["value"], row["weight"]) for row in rows)


@dataclass(frozen=True)
class Place:
    """Characters of a text, end exclusive, with what stands there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Finding:
    """One thing the job asks for, and what the CV shows of it.

    ``state`` is stated, related (something close is stated: ``via``) or missing (not found in the CV). ``added`` says that
    it stands nowhere in the file: somebody added it by hand.
    """

    subject: str
    name: str
    state: str
    must: bool
    in_job: Place | None = None
    in_cv: Place | None = None
    via: str = ""
    added: bool = False


@dataclass(frozen=True)
class Raise:
    """What the score would be if the CV showed one thing more, computed by the scorer itself."""

    name: str
    score: float


@dataclass(frozen=True)
class Account:
    """Why a match scored as it did: what was found where, what would raise it, and the same in words."""

    findings: tuple[Finding, ...]
    raises: tuple[Raise, ...]
    sentences: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            findings=tuple(_finding(row) for row in data.get("findings", ())),
            raises=tuple(Raise(row["name"], row["score"]) for row in data.get("raises", ())),
            sentences=tuple(data.get("sentences", ())),
        )


def _finding(row: Mapping[str, Any]) -> Finding:
    known = {field.name for field in fields(Finding)}
    values = {name: value for name, value in row.items() if name in known}
    for name in ("in_job", "in_cv"):
        values[name] = Place(**row[name]) if row.get(name) else None
    return Finding(**values)
