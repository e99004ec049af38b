"""What a job asks for, thing by thing, in the order in which it is shown and counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jobs.requirements import JobRequirements
from matching.values.accounts import Asks

_DEGREES = {
    "school": "School leaving certificate",
    "vocational": "Vocational training",
    "bachelor": "Bachelor's degree",
    "master": "Master's degree",
    "doctorate": "Doctorate",
}


@dataclass(frozen=True)
class Asked:
    """One thing that a job asks for; no place when it stands in the title only. ``level`` is that of a language."""

    kind: Asks
    subject: str
    name: str
    must: bool
    start: int | None = None
    end: int | None = None
    level: str = ""


def asked_by(requirements: JobRequirements) -> tuple[Asked, ...]:
    """Must-haves first: skills, languages, years, degree, then what is nice to have and the level of the title."""
    return tuple(sorted(_asked(requirements), key=lambda asked: not asked.must))


def _asked(requirements: JobRequirements) -> Iterator[Asked]:
    for skill in requirements.skills:
        yield Asked(Asks.SKILL, skill.skill_id, skill.name, skill.must, skill.start, skill.end)
    for one in requirements.languages:
        name = f"{one.name} {one.level}" if one.level else one.name
        yield Asked(Asks.LANGUAGE, one.language_id, name, one.must, one.start, one.end, one.level or "")
    years = requirements.years
    if years is not None:
        plural = "" if years.years == 1 else "s"
        yield Asked(Asks.YEARS, "years", f"{years.years} year{plural} of work", True, years.start, years.end)
    degree = requirements.degree_asked
    if degree is not None:
        name = _DEGREES.get(degree.degree, degree.degree.capitalize())
        yield Asked(Asks.DEGREE, degree.degree, name, True, degree.start, degree.end)
    if requirements.level is not None:
        yield Asked(Asks.LEVEL, requirements.level.value, f"{requirements.level.value.capitalize()} level", False)
