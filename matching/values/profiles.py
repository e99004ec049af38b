"""What the scorer may know of a CV and of a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cvmatch.core.places import Point
from jobs.requirements import JobRequirements
from jobs.titles import Level


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
