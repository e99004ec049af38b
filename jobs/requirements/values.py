"""What a job asks for, as frozen values whose start and end are places in the job's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Self

from jobs.skills.vocabulary import vocabulary
from jobs.titles import Level
from jobs.values import Pay


@dataclass(frozen=True, slots=True)
class RequiredSkill:
    """A skill the job asks for; ``must`` is False for what is only nice to have.

    ``start`` and ``end`` are None only when the skill stands in the title and nowhere in the text.
    """

    skill_id: str
    name: str
    must: bool
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class YearsAsked:
    """The years of experience asked at least, and the words that say so."""

    years: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DegreeAsked:
    """The lowest degree that is enough: school, vocational, bachelor, master or doctorate."""

    degree: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LanguageAsked:
    """A human language; ``level`` is A1 … C2 or native when the text says it, the words translated to that scale."""

    language_id: str
    name: str
    must: bool
    start: int
    end: int
    level: str | None = None


@dataclass(frozen=True, slots=True)
class EmploymentSaid:
    """One of ``jobs.values.EMPLOYMENT_TYPES``; ``start`` and ``end`` are None where only the title says it."""

    kind: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class WorkplaceSaid:
    """``place`` is remote, hybrid or on_site."""

    place: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PaySaid:
    """Pay as the text gives it: amounts in ``currency`` (ISO 4217) per ``period``, a key of ``PERIODS_PER_YEAR``."""

    minimum: str
    maximum: str
    currency: str
    period: str
    start: int
    end: int

    @property
    def pay(self) -> Pay:
        return Pay(Decimal(self.minimum), Decimal(self.maximum), self.currency, self.period)


@dataclass(frozen=True, slots=True)
class JobRequirements:
    """All that was read; what the text does not say is None or empty, never guessed."""

    skills: tuple[RequiredSkill, ...] = ()
    years: YearsAsked | None = None
    level: Level | None = None
    degree_asked: DegreeAsked | None = None
    languages: tuple[LanguageAsked, ...] = ()
    employment: EmploymentSaid | None = None
    workplace: WorkplaceSaid | None = None
    pay_said: PaySaid | None = None

    @property
    def min_years(self) -> int | None:
        return self.years.years if self.years else None

    @property
    def degree(self) -> str | None:
        return self.degree_asked.degree if self.degree_asked else None

    @property
    def must_skills(self) -> tuple[RequiredSkill, ...]:
        return tuple(skill for skill in self.skills if skill.must)

    @property
    def nice_skills(self) -> tuple[RequiredSkill, ...]:
        return tuple(skill for skill in self.skills if not skill.must)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values for a JSON column; only this and ``from_json`` know the keys."""
        row = asdict(self)
        return row | {
            "level": self.level.value if self.level else None,
            "skills": list(row["skills"]),
            "languages": list(row["languages"]),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """The inverse of ``to_json``; an empty mapping gives empty requirements."""
        years, degree, level = row.get("years"), row.get("degree_asked"), row.get("level")
        employment, workplace, pay = row.get("employment"), row.get("workplace"), row.get("pay_said")
        return cls(
            skills=_in_use(RequiredSkill(**skill) for skill in row.get("skills", ())),
            years=YearsAsked(**years) if years else None,
            level=Level(level) if level else None,
            degree_asked=DegreeAsked(**degree) if degree else None,
            languages=tuple(LanguageAsked(**language) for language in row.get("languages", ())),
            employment=EmploymentSaid(**employment) if employment else None,
            workplace=WorkplaceSaid(**workplace) if workplace else None,
            pay_said=PaySaid(**pay) if pay else None,
        )


def _in_use(skills: Iterable[RequiredSkill]) -> tuple[RequiredSkill, ...]:
    """Stored skills under the ids that they have now: of two that were merged since, one is asked, a must if either was."""
    merged, found = vocabulary().merged, dict[str, RequiredSkill]()
    if not merged:
        return tuple(skills)
    for skill in skills:
        if skill.skill_id in merged:
            into = vocabulary().skills.get(merged[skill.skill_id])
            skill = replace(skill, skill_id=into.id, name=into.name) if into else skill
        known = found.get(skill.skill_id)
        if known is None or (skill.must and not known.must):
            found[skill.skill_id] = skill
    return tuple(found.values())
