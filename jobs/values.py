"""What a posting says, as frozen values: the one form that every source maps to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cvmatch.core.places import Point

# Hours and days worked in a year, to compare pay given per hour, day, week or month with pay per year.
PERIODS_PER_YEAR = {"YEAR": 1, "MONTH": 12, "WEEK": 52, "DAY": 220, "HOUR": 1760}

# Parts of words that sources write for a type of employment; of several in one text the first here counts.
_EMPLOYMENT = {
    "full": "full_time",
    "part": "part_time",
    "contract": "contract",
    "freelance": "contract",
    "temp": "temporary",
    "intern": "internship",
    "perm": "full_time",
    "volunteer": "volunteer",
    "per_diem": "per_diem",
}
EMPLOYMENT_TYPES = tuple(dict.fromkeys(_EMPLOYMENT.values()))


def employment_type(text: str) -> str:
    """One of EMPLOYMENT_TYPES, however it is spelled (FULL_TIME, full-time, Fulltime); empty when it is none of them."""
    words = text.lower().replace("-", "_").replace(" ", "_")
    return next((name for start, name in _EMPLOYMENT.items() if start in words), "")


@dataclass(frozen=True)
class Place:
    """Where the work is done; ``country`` is ISO 3166-1 alpha-2, coordinates are WGS 84 degrees."""

    city: str = ""
    region: str = ""
    country: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.city, self.region, self.country) if part)


@dataclass(frozen=True)
class Pay:
    """Pay as given: either bound may be missing; ``period`` is a key of PERIODS_PER_YEAR.

    ``estimated`` says that the source worked it out itself and the employer did not say it.
    """

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    currency: str = ""
    period: str = "YEAR"
    estimated: bool = False

    def per_year(self, amount: Decimal | None) -> Decimal | None:
        return None if amount is None else amount * PERIODS_PER_YEAR[self.period]


@dataclass(frozen=True)
class JobPosting:
    """One posting of one source.

    ``description`` is plain text with a line per paragraph or list item, ``description_html`` the same as safe HTML;
    ``is_snippet`` says that the source gives only the beginning. Postings that differ only in their place share a
    ``group_key``. ``level`` is one of jobs.requirements' levels where the source says it. ``repairs`` names what had to be
    mended in the source's data, ``raw`` is what it sent, for looking into it: no part of what makes two postings equal.
    """

    external_id: str
    title: str
    description: str
    company: str = ""
    description_html: str = ""
    place: Place = Place()
    remote: bool = False
    hybrid: bool = False
    employment_type: str = ""
    level: str = ""
    categories: tuple[str, ...] = ()
    is_snippet: bool = False
    group_key: str = ""
    pay: Pay | None = None
    posted_at: datetime | None = None
    expires_at: datetime | None = None
    url: str = ""
    repairs: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class UpsertCounts:
    """What an import changed, in rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0

    def __add__(self, other: UpsertCounts) -> UpsertCounts:
        return UpsertCounts(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
        )


@dataclass(frozen=True)
class JobFilter:
    """Which open jobs to look at; every field that is set must hold, and any of several values of one field will do.

    ``near`` with ``within_km`` keeps jobs whose coordinates are known and not farther away, and remote ones.
    ``pay_from`` is per year in ``currency``; jobs that give no pay are left out by it. ``sources`` keeps the shown posting of
    a vacancy by any source that has an open posting of it.
    """

    countries: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    near: Point | None = None
    within_km: float | None = None
    employment_types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    internship: bool | None = None
    remote: bool | None = None
    pay_from: Decimal | None = None
    currency: str = ""
    posted_within_days: int | None = None
    sources: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != JobFilter()
