"""The fictional persons as they are written down in people/, one file per language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PEOPLE = Path(__file__).parent / "people"
LANGUAGES = ("de", "fr", "es", "it", "pt", "nl", "pl", "ro")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as ``YYYY-MM`` or ``YYYY``, "now", and the words it is printed with where a layout has no say in that."""

    iso: str
    printed: str = ""

    @classmethod
    def read(cls, text: Any) -> Moment:
        iso, _, printed = str(text).partition("~")
        return cls(iso, printed)


@dataclass(frozen=True, slots=True)
class Station:
    """A job (``what`` is the position) or a study (``what`` is the degree, ``area`` its subject)."""

    start: Moment
    end: Moment
    what: str
    where: str
    place: str
    did: tuple[str, ...] = ()
    area: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    language: str
    held_out: bool
    country: str
    name: str
    printed: str
    label: str
    email: str
    phone: str
    address: tuple[str, str, str]  # street, postal code, town
    links: tuple[str, ...]
    details: Mapping[str, str]
    summary: str
    work: tuple[Station, ...]
    education: tuple[Station, ...]
    skills: Mapping[str, Sequence[str]] | Sequence[str]
    languages: tuple[tuple[str, str], ...]
    certificates: tuple[tuple[str, str], ...]
    interests: tuple[str, ...]


def read_people(languages: Sequence[str] = LANGUAGES) -> Iterator[Person]:
    """Every person of these languages, in the order of the files."""
    for language in languages:
        for row in yaml.safe_load((PEOPLE / f"{language}.yaml").read_text(encoding="utf-8")):
            yield _person(language, row)


def _person(language: str, row: dict[str, Any]) -> Person:
    same = ("id", "country", "name", "label", "email", "phone", "summary", "skills")
    return Person(
        language=language,
        held_out=row["split"] == "held-out",
        printed=row.get("printed", row["name"]),
        address=tuple(row["address"]),
        links=tuple(row.get("links", ())),
        details=row.get("details", {}),
        work=tuple(
            Station(Moment.read(a), Moment.read(b), what, where, place, tuple(did))
            for a, b, what, where, place, did in row["work"]
        ),
        education=tuple(_study(*study) for study in row["education"]),
        languages=tuple((name, level) for name, level in row["languages"]),
        certificates=tuple((name, str(year)) for name, year in row["certificates"]),
        interests=tuple(row["interests"]),
        **{key: row[key] for key in same},
    )


def _study(start: Any, end: Any, degree: str, school: str, place: str) -> Station:
    what, _, area = degree.partition("|")
    return Station(Moment.read(start), Moment.read(end), what, school, place, area=area)
