"""Reads the insights of the newest day for the page and the API: a statement for each kind, nothing is counted here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import FloatField, Max, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.insights.figures import (
    AskedSkill,
    PayFigures,
    SkillFigures,
    SourceFigures,
    StepFigures,
    TimeFigures,
    TitleFigures,
    Trend,
)
from jobs.market import title_key
from jobs.models import Insight

# Steps that fewer people came to are not told apart from none: a number of one or two is about somebody.
LEAST_PEOPLE = 5
OWN_TITLES = 3
F = TypeVar("F")


@dataclass(frozen=True)
class Group:
    """Jobs of a title, country and level; what is empty is any."""

    title: str = ""
    country: str = ""
    level: str = ""


@dataclass(frozen=True)
class Counted(Generic[F]):
    """Figures of one row, with what they are of and from how many they were counted."""

    name: str
    group: Group
    currency: str
    count: int
    figures: F


@dataclass(frozen=True)
class OwnTitle:
    """What is known of a title that a candidate has held; ``skills`` with whether the CV names each."""

    title: str
    pay: tuple[Counted[PayFigures], ...]
    skills: tuple[tuple[AskedSkill, bool], ...]


def newest_day() -> date | None:
    """The day that was counted last; None before the first."""
    day: date | None = Insight.objects.aggregate(day=Max("day"))["day"]
    return day


def list_skills(day: date | None, *, trend: Trend | None = None, limit: int = 50) -> list[Counted[SkillFigures]]:
    """Skills by the share of new jobs that ask for them; of a trend those that changed most first."""
    rows = _rows(day, Insight.Kind.SKILL)
    if trend is None:
        return _counted(rows.order_by("-count", "name")[:limit], SkillFigures.from_json)
    rows = rows.filter(figures__trend=trend.value).annotate(change=Cast(KT("figures__change__value"), FloatField()))
    order = "change" if trend is Trend.FALLING else "-change"
    return _counted(rows.order_by(order, "name")[:limit], SkillFigures.from_json)


def list_pay(day: date | None, group: Group, *, currency: str = "", limit: int = 50) -> list[Counted[PayFigures]]:
    """Pay by title in this country and at this level; of a title those that contain its words, most jobs first."""
    rows = _of(_rows(day, Insight.Kind.PAY), group)
    rows = rows.filter(currency=currency.upper()) if currency else rows
    return _counted(rows.order_by("-count", "name", "currency")[:limit], PayFigures.from_json)


def list_times(day: date | None, group: Group, *, limit: int = 50) -> list[Counted[TimeFigures]]:
    """How long jobs stay open, by title in this country and at this level; of all titles together first."""
    rows = _of(_rows(day, Insight.Kind.TIME), group)
    return _counted(rows.order_by("-count", "name")[:limit], TimeFigures.from_json)


def list_source_quality(day: date | None) -> list[Counted[SourceFigures]]:
    """Sources by their score, the best first."""
    found = _counted(_rows(day, Insight.Kind.SOURCE), SourceFigures.from_json)
    return sorted(found, key=lambda each: (-each.figures.score, each.name))


def list_steps(day: date | None) -> list[Counted[StepFigures | None]]:
    """The funnel from its first step; a step that few came to has no figures, and its count is not to be shown."""
    found = _counted(_rows(day, Insight.Kind.FUNNEL), StepFigures.from_json)
    ordered = sorted(found, key=lambda each: each.figures.place)
    return [
        Counted(each.name, each.group, "", each.count, each.figures)
        if each.count >= LEAST_PEOPLE
        else Counted(each.name, each.group, "", 0, None)
        for each in ordered
    ]


def own_titles(user: User, day: date | None) -> list[OwnTitle]:
    """Pay and skills of the titles in the newest CV of this person, the present one first; those that are counted."""
    cv = CV.objects.current().filter(candidate__user=user).only("parsed_json", "skills_json", "label").first()
    if cv is None:
        return []
    said = [cv.label, *(work.position for work in cv.parsed.resume.work)]
    keys = list(dict.fromkeys(key for title in said if (key := title_key(title.lower()))))
    named = {"name__in": keys, "country": "", "level": ""}
    pay = _counted(_rows(day, Insight.Kind.PAY).filter(**named).order_by("-count"), PayFigures.from_json)
    asked = _counted(_rows(day, Insight.Kind.TITLE).filter(**named), TitleFigures.from_json)
    has = {mention.skill_id for mention in cv.skill_mentions}
    by_title = {each.name: each.figures.skills for each in asked}
    found = [
        OwnTitle(
            key,
            tuple(each for each in pay if each.name == key),
            tuple((skill, skill.skill_id in has) for skill in by_title.get(key, ())),
        )
        for key in keys
    ]
    return [each for each in found if each.pay or each.skills][:OWN_TITLES]


def _rows(day: date | None, kind: Insight.Kind) -> QuerySet[Insight]:
    return Insight.objects.none() if day is None else Insight.objects.filter(day=day, kind=kind)


def _of(rows: QuerySet[Insight], group: Group) -> QuerySet[Insight]:
    rows = rows.filter(country=group.country.upper(), level=group.level)
    return rows.filter(name__contains=title_key(group.title.lower())) if group.title else rows


def _counted(rows: QuerySet[Insight], read: Callable[[Mapping[str, Any]], F]) -> list[Counted[F]]:
    return [
        Counted(row.name, Group(row.name, row.country, row.level), row.currency, row.count, read(row.figures))
        for row in rows
    ]
