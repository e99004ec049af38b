"""Value by value: which of the values that were read are right, by the truth; what a confidence is held against.

The rules, by field (docs/parsing-quality.md has them as a table): a value is judged only where the truth shows its field.
Text of one's own choosing (names of employers, positions, degrees) is right from a token-set similarity of 90 %, degrees and
certificates from 80 and 85 %, longer texts from an edit similarity of 90 %. Dates are right when they agree with the truth as
far as it goes; addresses, numbers and skills when they are the same but for case, spaces and punctuation. Values of an entry
are held against the one entry of the truth that is most like it, and are all wrong where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from ingestion.quality.truth import Truth
from ingestion.values import ParsedCV

Row = Mapping[str, Any]
_LIKE, _LIKE_DEGREE, _LIKE_CERTIFICATE = 90, 80, 85
_DATES = {"startDate", "endDate", "date", "releaseDate"}
_LONG = {"summary", "highlights", "description", "courses", "reference"}
# By what entries are told apart; the first is what an entry cannot do without.
_KEYS = {
    "work": ("name", "position"),
    "volunteer": ("organization", "position"),
    "education": ("institution", "studyType", "area"),
    "languages": ("language",),
    "certificates": ("name",),
    "projects": ("name",),
    "awards": ("title",),
    "publications": ("name",),
    "interests": ("name",),
    "references": ("name",),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One value with the confidence it was given, and whether it is right; ``kind`` is its path without numbers."""

    path: str
    kind: str
    confidence: float
    right: bool


def kind_of(path: str) -> str:
    """``work[0].highlights[2]`` is ``work.highlights``; keywords of a group of skills are skills like any other."""
    kind = re.sub(r"\[\d+\]", "", path)
    return "skills.keywords" if kind == "skills.name" else kind


def judge(predicted: ParsedCV, truth: Truth) -> list[Judged]:
    """Every value that has a confidence and that the truth lets us judge."""
    given, expected = predicted.to_json(), truth.parsed.to_json()
    verdicts = dict(_basics(given.get("basics", {}), expected.get("basics", {}), truth))
    verdicts |= _skills(given, expected)
    for section in _KEYS:
        if expected.get(section):
            verdicts |= _entries(section, given.get(section, []), expected[section])
    notes = predicted.evidence
    return [Judged(p, kind_of(p), notes[p].confidence, right) for p, right in verdicts.items() if p in notes]


def _basics(given: Row, expected: Row, truth: Truth) -> Iterator[tuple[str, bool]]:
    for name in ("name", "email", "phone", "label", "summary"):
        accepted = {"name": truth.names, "phone": truth.phones}.get(name) or (expected.get(name, ""),)
        if given.get(name) and any(accepted):
            rule = "wholly" if name == "name" else name  # of a person's name, part is not enough
            yield f"basics.{name}", any(_same(rule, given[name], text) for text in accepted)
    place, wanted = given.get("location", {}), expected.get("location", {})
    for name in place:
        if wanted.get(name):
            yield f"basics.location.{name}", _same(name, place[name], wanted[name])
    yield from _links(given, expected)


def _links(given: Row, expected: Row) -> Iterator[tuple[str, bool]]:
    profiles = expected.get("profiles", [])
    wanted = {_address(p.get("url", "")) for p in profiles} | {_address(expected.get("url", ""))}
    wanted |= {f"{_plain(p.get('network', ''))}/{p.get('username', '').casefold()}" for p in profiles}
    wanted -= {"", "/"}
    if given.get("url") and expected.get("url"):
        yield "basics.url", _address(given["url"]) in wanted
    for number, profile in enumerate(given.get("profiles", [])):
        user = f"{_plain(profile.get('network', ''))}/{profile.get('username', '').casefold()}"
        right = bool({_address(profile.get("url", "")), user} & wanted)
        if profiles:
            yield from ((f"basics.profiles[{number}].{name}", right) for name in profile)


def _skills(given: Row, expected: Row) -> dict[str, bool]:
    """Groups are told apart neither by name nor by order: what counts is that the CV lists this skill."""
    wanted = {_plain(n) for s in expected.get("skills", []) for n in (s.get("name", ""), *s.get("keywords", []))} - {""}
    if not wanted:
        return {}
    verdicts = {}
    for number, skill in enumerate(given.get("skills", [])):
        if skill.get("name") and not skill.get("keywords"):
            verdicts[f"skills[{number}].name"] = _plain(skill["name"]) in wanted
        for place, name in enumerate(skill.get("keywords", [])):
            verdicts[f"skills[{number}].keywords[{place}]"] = _plain(name) in wanted
    return verdicts


def _entries(section: str, given: list[Row], expected: list[Row]) -> dict[str, bool]:
    shown = {name for entry in expected for name in entry}
    verdicts = {}
    for number, other in _partners(section, given, expected).items():
        for name, value in given[number].items():
            if name not in shown or (other is not None and name in _LONG and name not in other):
                continue
            items = value if isinstance(value, list) else [value]
            for place, item in enumerate(items):
                path = f"{section}[{number}].{name}" + (f"[{place}]" if isinstance(value, list) else "")
                verdicts[path] = other is not None and _is_right(section, name, item, other)
    return verdicts


def _is_right(section: str, name: str, value: Any, other: Row) -> bool:
    if not isinstance(value, str):
        return False
    wanted = other.get(name, "")
    if section == "education" and name in ("studyType", "area"):
        degree = f"{other.get('studyType', '')} {other.get('area', '')}"
        return fuzz.token_set_ratio(_plain(value), _plain(degree)) >= _LIKE_DEGREE
    if section == "certificates" and name == "name":
        return fuzz.token_set_ratio(_plain(value), _plain(wanted)) >= _LIKE_CERTIFICATE
    accepted = wanted if isinstance(wanted, list) else [wanted]
    return any(_same(name, value, text) for text in accepted)


def _partners(section: str, given: list[Row], expected: list[Row]) -> dict[int, Row | None]:
    """Each given entry with the one of the truth that is most like it, each of those once."""
    pairs = [
        (-_likeness(section, one, other), abs(i - j), i, j)
        for i, one in enumerate(given)
        for j, other in enumerate(expected)
    ]
    partners: dict[int, Row | None] = {}
    taken: set[int] = set()
    for likeness, _, i, j in sorted(pairs):
        if likeness < -0.5 and i not in partners and j not in taken:
            partners[i] = expected[j]
            taken.add(j)
    return {i: partners.get(i) for i in range(len(given))}


def _likeness(section: str, one: Row, other: Row) -> float:
    """Up to 1 for each key that the truth has, and a little for dates that agree: same job, other years."""
    keys = [key for key in _KEYS[section] if other.get(key)]
    alike = sum(fuzz.token_set_ratio(_plain(one.get(key, "")), _plain(other[key])) for key in keys) / 100
    dates = sum(bool(one.get(d)) and _same(d, one[d], other.get(d, "")) for d in ("startDate", "endDate"))
    return alike / max(1, len(keys)) + dates / 4


def _same(name: str, value: str, wanted: str) -> bool:
    if name in _DATES:
        return bool(wanted) and value[: len(wanted[:7])] == wanted[:7]
    if name in _LONG:
        return fuzz.ratio(_plain(value), _plain(wanted)) >= _LIKE
    if name == "phone":
        return bool(wanted) and re.sub(r"\D", "", value) == re.sub(r"\D", "", wanted)
    if name == "email":
        return value.casefold() == wanted.casefold()
    if name in ("url", "username"):
        return _address(value) == _address(wanted)
    if name in ("name", "position", "organization", "institution", "label", "city", "location", "title"):
        return fuzz.token_set_ratio(_plain(value), _plain(wanted)) >= _LIKE
    return _plain(value) == _plain(wanted)


def _plain(text: str) -> str:
    return re.sub(r"[^\w+#]+", " ", text.casefold()).strip()


def _address(text: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|[/#?]+$", "", text.casefold())
