"""What was read from a CV, arranged for a person to check: groups of facts, and the text with each fact marked in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cvmatch.core.highlight import Mark, Segment, segments
from ingestion.corrections import FIELDS, Corrected
from ingestion.corrections.schema import BASICS, MENTIONED, PROFILES
from ingestion.corrections.sheet import Entry as SheetEntry
from ingestion.corrections.sheet import Value, placed
from ingestion.quality import CHECK_BELOW
from ingestion.values import Evidence, ParsedCV

_GROUPS = {
    "basics": "Person",
    "work": "Work",
    "education": "Education",
    "skills": "Skills",
    "languages": "Languages",
    "projects": "Projects",
    "certificates": "Certificates",
    "volunteer": "Volunteering",
    "awards": "Awards",
    "publications": "Publications",
    "interests": "Interests",
    "references": "References",
}
_SECTIONS = {**_GROUPS, PROFILES: "Profiles", MENTIONED: "Skills in the text"}
_COMPACT = {"skills", "interests"}
_ONE_BLOCK = {*_COMPACT, "languages"}
_NAMES = {
    "address": "Address",
    "area": "Field",
    "city": "Town",
    "countryCode": "Country",
    "courses": "Course",
    "email": "E-mail",
    "endDate": "To",
    "fluency": "Level",
    "institution": "School",
    "highlights": "Detail",
    "label": "Title",
    "keywords": "Skill",
    "postalCode": "Postal code",
    "releaseDate": "Date",
    "startDate": "From",
    "studyType": "Degree",
    "url": "Link",
}
# In a group of several entries, "name" is what the group calls it.
_NAME_IN = {"work": "Employer"}


@dataclass(frozen=True)
class Fact:
    """One value with its place; ``number`` ties it to its mark, ``confidence`` is None where the parser gave none.

    ``address`` is its path by keys, ``correction`` the id of the correction it comes from (0: none), ``was`` what was read.
    """

    number: int
    path: str
    address: str
    group: str
    entry: str
    name: str
    value: str
    evidence: Evidence | None
    correction: int = 0
    was: str = ""

    @property
    def label(self) -> str:
        """The name with what it belongs to: Work 2 · Position."""
        index = re.search(r"\[(\d+)\]", self.entry)
        return f"{self.group}{f' {int(index[1]) + 1}' if index else ''} · {self.name}"

    @property
    def confidence(self) -> float | None:
        return self.evidence.confidence if self.evidence else None

    @property
    def percent(self) -> int | None:
        return None if self.confidence is None else round(100 * self.confidence)

    @property
    def is_uncertain(self) -> bool:
        return self.confidence is not None and self.confidence < CHECK_BELOW


@dataclass(frozen=True)
class Entry:
    """The facts of one job, one degree …; no title where the group has only one entry by nature.

    ``address`` is empty where the entry is no more than its facts; ``lists`` are the addresses of its lists with what one
    text of each is called.
    """

    title: str
    facts: tuple[Fact, ...]
    address: str = ""
    lists: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    title: str
    section: str
    is_compact: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Mentioned:
    """A skill that the text names and no list has."""

    number: int
    name: str
    address: str


@dataclass(frozen=True)
class Reading:
    """All facts in groups, those to check first of all, and the text with the facts marked."""

    groups: tuple[Group, ...]
    uncertain: tuple[Fact, ...]
    mentioned: tuple[Mentioned, ...]
    text: tuple[Segment, ...]

    @property
    def is_empty(self) -> bool:
        return not self.groups

    @property
    def absent(self) -> tuple[tuple[str, str], ...]:
        """Section and title of the groups that nothing is in."""
        there = {group.section for group in self.groups}
        return tuple((section, title) for section, title in _GROUPS.items() if section not in there)


def reading_of(reading: Corrected, text: str) -> Reading:
    """Arranges what holds of a CV; ``text`` is the text that the evidence points into."""
    facts = tuple(_facts(reading))
    mentioned = tuple(_mentioned(reading, len(facts)))
    uncertain = sorted((fact for fact in facts if fact.is_uncertain), key=lambda fact: fact.confidence or 0.0)
    marks = [*_fact_marks(facts), *_mention_marks(mentioned, reading.parsed), *_concern_marks(reading.parsed)]
    return Reading(tuple(_grouped(facts)), tuple(uncertain), mentioned, segments(text, marks))


def name_of(section: str, field: str) -> str:
    """What people call a field of a section: the name of a job is its employer."""
    key = field.rpartition(".")[2]
    return _(_NAME_IN.get(section, "Name") if key == "name" else _NAMES.get(key, key.capitalize()))


def title_of(section: str) -> str:
    """What people call a section."""
    return _(_SECTIONS[section])


def _fact_marks(facts: tuple[Fact, ...]) -> Iterator[Mark]:
    for fact in facts:
        if fact.evidence:
            yield Mark(
                start=fact.evidence.span.start,
                end=fact.evidence.span.end,
                anchor=f"t{fact.number}",
                target=f"f{fact.number}",
                state="uncertain" if fact.is_uncertain else "quiet",
                title=_("Read as %(group)s, %(name)s") % {"group": fact.group, "name": fact.name},
                key=f"f{fact.number}",
            )


def _mention_marks(mentioned: tuple[Mentioned, ...], parsed: ParsedCV) -> Iterator[Mark]:
    places = {mention.name: mention for mention in parsed.mentioned_skills}
    for own in mentioned:
        place = places[own.name]
        named = f"f{own.number}"
        yield Mark(place.start, place.end, f"t{own.number}", named, "quiet", "A skill that no list has", named)


def _concern_marks(parsed: ParsedCV) -> Iterator[Mark]:
    """Where words in view were left out; hidden text has no place in the text."""
    for number, concern in enumerate(parsed.concerns):
        if concern.start < concern.end:
            title, named = "Left out of matching", f"c{number}"
            yield Mark(concern.start, concern.end, named, "concerns", "missing", title, named)


def _facts(reading: Corrected) -> Iterator[Fact]:
    number = 0
    for section, entry, prefix in placed(reading.sheet):
        if section == MENTIONED:
            continue
        base = section if section == BASICS else f"{section}[{entry.key}]"
        for field, index, key, value in _values(entry):
            if value.text:
                path = f"{prefix}.{field}{index}"
                yield Fact(
                    number,
                    path,
                    f"{base}.{field}{key}",
                    title_of(section.partition(".")[0]),
                    prefix.partition(".")[0],
                    name_of(section, field),
                    value.text,
                    reading.parsed.evidence.get(path),
                    value.by,
                    value.was,
                )
                number += 1


def _values(entry: SheetEntry) -> Iterator[tuple[str, str, str, Value]]:
    """Field, then its number and its key in brackets where it is a text of a list, and the value."""
    for field, value in entry.fields.items():
        yield field, "", "", value
    for field, items in entry.lists.items():
        for index, item in enumerate(items):
            yield field, f"[{index}]", f"[{item.key}]", item


def _mentioned(reading: Corrected, first: int) -> Iterator[Mentioned]:
    there = {mention.name for mention in reading.parsed.mentioned_skills}
    shown: set[str] = set()
    for entry in reading.sheet[MENTIONED]:
        name = entry.text("name")
        if name in there and name not in shown:
            shown.add(name)
            yield Mentioned(first + len(shown) - 1, name, f"{MENTIONED}[{entry.key}]")


def _grouped(facts: tuple[Fact, ...]) -> Iterator[Group]:
    for section, title in _GROUPS.items():
        entries: dict[str, list[Fact]] = {}
        for fact in facts:
            if fact.group == title:
                entries.setdefault("" if section in _ONE_BLOCK else fact.entry, []).append(fact)
        if entries:
            titled = len(entries) > 1
            blocks = (
                _entry(section, f"{title} {number}" if titled else "", tuple(own))
                for number, own in enumerate(entries.values(), 1)
            )
            yield Group(title, section, section in _COMPACT, tuple(blocks))


def _entry(section: str, title: str, facts: tuple[Fact, ...]) -> Entry:
    if section in _ONE_BLOCK:
        return Entry(title, facts)
    address = BASICS if section == BASICS else re.split(r"(?<=\])\.", facts[0].address)[0]
    lists = [(f"{address}.{name}", name_of(section, name)) for name, kind in FIELDS[section].items() if kind == "list"]
    return Entry(title, facts, address, tuple(lists))
