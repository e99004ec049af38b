"""What was read from a CV, arranged for a person to check: groups of facts, and the text with each fact marked in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cvmatch.core.highlight import Mark, Segment, segments
from ingestion.values import Evidence, ParsedCV

# Below this a person should look; the parser's own scale puts plain layouts at 0.8 and more.
CHECK_BELOW = 0.7

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
_COMPACT = {"skills", "interests"}
_NAMES = {
    "address": "Address",
    "area": "Field",
    "city": "Town",
    "countryCode": "Country",
    "courses": "Course",
    "email": "E-mail",
    "endDate": "To",
    "fluency": "Level",
    "highlights": "Detail",
    "label": "Title",
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
    """One value with its place; ``number`` ties it to its mark, ``confidence`` is None where the parser gave none."""

    number: int
    path: str
    group: str
    entry: str
    name: str
    value: str
    evidence: Evidence | None

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
    """The facts of one job, one degree …; no title where the group has only one entry by nature."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Group:
    title: str
    is_compact: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Reading:
    """All facts in groups, those to check first of all, and the text with the facts marked."""

    groups: tuple[Group, ...]
    uncertain: tuple[Fact, ...]
    text: tuple[Segment, ...]

    @property
    def is_empty(self) -> bool:
        return not self.groups


def reading_of(parsed: ParsedCV, text: str) -> Reading:
    """Arranges what was read; ``text`` is the text that the evidence points into."""
    facts = tuple(_facts(parsed))
    uncertain = sorted((fact for fact in facts if fact.is_uncertain), key=lambda fact: fact.confidence or 0.0)
    marks = [
        Mark(
            start=fact.evidence.span.start,
            end=fact.evidence.span.end,
            anchor=f"t{fact.number}",
            target=f"f{fact.number}",
            state="related" if fact.is_uncertain else "quiet",
            title=f"Read as {fact.group}, {fact.name}",
            key=f"f{fact.number}",
        )
        for fact in facts
        if fact.evidence
    ]
    return Reading(tuple(_grouped(facts)), tuple(uncertain), segments(text, marks))


def _facts(parsed: ParsedCV) -> Iterator[Fact]:
    leaves = ((path, value) for path, value in _leaves(parsed.to_json()) if not path.startswith("meta."))
    for number, (path, value) in enumerate(leaves):
        section, entry, name = _named(path)
        yield Fact(number, path, _GROUPS[section], entry, name, value, parsed.evidence.get(path))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string of nested JSON with its path, as in ``work[0].startDate``."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    elif isinstance(value, str) and value:
        yield path, value


def _named(path: str) -> tuple[str, str, str]:
    """``work[0].highlights[2]`` is section work, entry work[0], and called Detail."""
    first, _, rest = path.partition(".")
    section = first.partition("[")[0]
    key = (rest or first).rpartition(".")[2].partition("[")[0]
    name = _NAME_IN.get(section, "Name") if key == "name" else _NAMES.get(key, key.capitalize())
    return section, first, name


def _grouped(facts: tuple[Fact, ...]) -> Iterator[Group]:
    for section, title in _GROUPS.items():
        entries: dict[str, list[Fact]] = {}
        for fact in facts:
            if fact.group == title:
                entries.setdefault("" if section in {*_COMPACT, "languages"} else fact.entry, []).append(fact)
        if entries:
            titled = len(entries) > 1
            blocks = (
                Entry(f"{title} {number}" if titled else "", tuple(own))
                for number, own in enumerate(entries.values(), 1)
            )
            yield Group(title, section in _COMPACT, tuple(blocks))
