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


@dataclass(frozen=True, slots=True)
class LanguageShown:
    """A human language that a CV shows; ``level`` is A1 … C2 or native, None when the CV does not say."""

    language_id: str
    level: str | None = None


@dataclass(frozen=True)
class CVProfile:
    """What the scorer may know of a CV: nothing that tells name, age, gender, photo or nationality.

    ``english`` in [0, 1] says how English the text reads, ``length`` counts its words. ``degree`` is the highest one shown:
    school, vocational, bachelor, master or doctorate. ``implied`` are skills that a phrase means without naming them.
    """

    skills: frozenset[str]
    level: Level | None
    years: float | None
    place: Whereabouts
    desired_pay: Pay | None
    english: float
    length: int
    languages: tuple[LanguageShown, ...] = ()
    degree: str | None = None
    implied: frozenset[str] = frozenset()


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
