"""The fictional people of the demo: the facts that every CV layout is made from."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "data" / "people.json"

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_LABELS = {
    "en": {
        "summary": "Profile",
        "work": "Experience",
        "education": "Education",
        "skills": "Skills",
        "languages": "Languages",
        "certificates": "Certificates",
        "interests": "Interests",
    },
    "de": {
        "summary": "Profil",
        "work": "Berufserfahrung",
        "education": "Ausbildung",
        "skills": "Kenntnisse",
        "languages": "Sprachen",
        "certificates": "Zertifikate",
        "interests": "Interessen",
    },
}


@dataclass(frozen=True)
class Position:
    """One job in a person's history; dates as the person writes them, year-month or month/year."""

    title: str
    company: str
    place: str
    start: str
    end: str
    bullets: list[str]


@dataclass(frozen=True)
class Study:
    """One school, training or degree."""

    degree: str
    school: str
    place: str
    start: str
    end: str


@dataclass(frozen=True)
class Person:
    """Everything one CV says."""

    id: str
    format: str
    layout: str
    language: str
    name: str
    headline: str
    email: str
    phone: str
    location: str
    link: str
    summary: str
    work: list[Position]
    education: list[Study]
    skills: list[tuple[str, list[str]]]
    languages: list[tuple[str, str]]
    certificates: list[str]
    interests: str

    @property
    def contact(self) -> list[str]:
        return [part for part in (self.location, self.phone, self.email, self.link) if part]

    def label(self, section: str) -> str:
        return _LABELS[self.language][section]


def read_people() -> list[Person]:
    """All persons in the order of their file names."""
    rows = json.loads(SOURCE.read_text(encoding="utf-8"))
    return sorted((_person(row) for row in rows), key=lambda person: person.id)


def period(entry: Position | Study, style: str = "words") -> str:
    """ "Mar 2021 – present" in words, "03/2021 – present" in digits; what is written otherwise stays as it is."""
    return f"{_date(entry.start, style)} – {_date(entry.end, style)}"


def _date(text: str, style: str) -> str:
    match = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if match is None:
        return text
    year, month = match.groups()
    return f"{_MONTHS[int(month) - 1]} {year}" if style == "words" else f"{month}/{year}"


def _person(row: dict[str, Any]) -> Person:
    return Person(
        **row
        | {
            "work": [Position(**position) for position in row["work"]],
            "education": [Study(**study) for study in row["education"]],
            "skills": [(skill["group"], skill["names"]) for skill in row["skills"]],
            "languages": [(language["name"], language["level"]) for language in row["languages"]],
        }
    )
