"""Reads the version behind the name of a product: Python 3.11, Java 17, C++17, .NET 8, SQL Server 2019."""

from __future__ import annotations

import re

from jobs.skills.skill import Skill

_KINDS = frozenset({"technology", "tool"})
_VERSION = re.compile(
    r" ?(?:(?:v|version|ver|release) ?\.? ?)?(?P<number>\d{1,4}(?:\.(?:\d{1,3}|x))*)(?:[ -](?:SP\d|R\d|LTS))?\+?(?![\w%€$£])",
    re.IGNORECASE,
)
# What makes the number one of something else: years, shares, marks, people, dates.
_OTHER_NUMBER = re.compile(
    r"\s*(?:\+|plus|or more)?\s*(?:years?|yrs?|months?|weeks?|days?|hours?|jahre?n?|monate?|ans|années|mois|años|meses|%|percent"
    r"|/\s?\d|out of|of \d|stars?|points?|projects?|people|users|members|employees|certifi\w+|times|[-–—]\s?\d|\.\d{4})",
    re.IGNORECASE,
)
# Products that are named after years; behind other names a number like 2019 is a date.
_NAMED_BY_YEAR = re.compile(
    r"sql server|windows|office|excel|\bword\b|outlook|access|powerpoint|visual studio|sharepoint|exchange|autocad|revit|inventor"
    r"|solidworks|archicad|sketchup|photoshop|ecmascript|vectorworks|navisworks|dynamics",
    re.IGNORECASE,
)


def end_of_version(text: str, end: int, skill: Skill) -> int:
    """Where the version ends that follows text[:end]; ``end`` itself where none does."""
    if skill.kind not in _KINDS:
        return end
    found = _VERSION.match(text, end)
    if found is None or _OTHER_NUMBER.match(text, found.end()) or not _is_version(found.group("number"), skill):
        return end
    return found.end()


def has_telling_version(text: str, end: int, skill: Skill) -> bool:
    """True where a version follows that no everyday word has behind it: R 4.2, Excel 2016."""
    version = text[end : end_of_version(text, end, skill)]
    return "." in version or sum(char.isdigit() for char in version) == 4


def _is_version(number: str, skill: Skill) -> bool:
    whole = number.partition(".")[0]
    if len(whole) <= 2:
        return True
    return len(whole) == 4 and whole.startswith(("19", "20")) and _NAMED_BY_YEAR.search(skill.name) is not None
