"""Insights over HTTP: skills, pay, time to fill, sources and the funnel, and for candidates what their own titles bring."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from cvmatch.core.http_api import user_of
from cvmatch.insights import reading
from cvmatch.insights.reading import Counted, Group
from jobs.insights.figures import PayFigures, Trend

router = Router(tags=["Insights"])

Title = Annotated[str, Query(max_length=200, description="Titles that contain these words; empty for all")]
Country = Annotated[str, Query(max_length=2, description="ISO 3166-1 code; empty for all countries together")]
Level = Annotated[str, Query(max_length=12, description="intern to head; empty for all levels together")]
Rising = Annotated[Trend | None, Query(description="Only those that changed so, the largest change first")]
Most = Annotated[int, Query(ge=1, le=200, description="How many at most")]


class BetweenOut(Schema):
    """A figure with its interval; a bound is null where too few values support one."""

    value: float
    low: float | None
    high: float | None


class WeekOut(Schema):
    """New jobs of one week."""

    week: str = Field(description="Its first day", examples=["2026-11-09"])
    jobs: int
    asking: int = Field(description="Those that asked for the skill")


class SkillOut(Schema):
    """How many new jobs ask for a skill."""

    skill_id: str
    name: str
    jobs: int = Field(description="New jobs of the last four weeks that ask for it")
    share: BetweenOut = Field(description="Of all new jobs of those weeks, with its 95 % interval")
    change: BetweenOut | None = Field(
        description="Of the share to that of the eight weeks before, with its 99 % interval; null without enough of them"
    )
    trend: Trend = Field(description="rising or falling where the interval of the change leaves no doubt, else steady")
    weeks: list[WeekOut]


class SkillsOut(Schema):
    """Skills in demand, counted once a day."""

    day: date | None = Field(description="When it was counted; null before the first time")
    skills: list[SkillOut]


class PayOut(Schema):
    """Pay a year in one currency."""

    title: str = Field(description="Without level and place; empty for all titles together", examples=["data engineer"])
    country: str
    level: str
    currency: str
    jobs: int = Field(description="Jobs that say their pay; groups of fewer than 10 are not shown")
    lower: BetweenOut = Field(description="A quarter is paid less, with its 95 % interval")
    median: BetweenOut
    upper: BetweenOut = Field(description="A quarter is paid more")


class PaysOut(Schema):
    """What is paid, most jobs first; only pay that employers say, no estimates."""

    day: date | None
    pay: list[PayOut]


class TimeOut(Schema):
    """Days from a job being seen first to its being closed, which is the nearest to filled that can be seen."""

    title: str
    country: str
    level: str
    jobs: int
    closed: int = Field(description="Those that have closed; the others count as open for at least as long as they are")
    median_days: BetweenOut | None = Field(description="By Kaplan and Meier; null where over half are still open")
    still_open: list[float] = Field(description="Share that is open longer than 0, 1, 2 … weeks")


class TimesOut(Schema):
    """Time to fill, most jobs first."""

    day: date | None
    times: list[TimeOut]


class SourceQualityOut(Schema):
    """How good the open jobs of a source are."""

    source: str
    jobs: int
    score: int = Field(description="0 to 100")
    parts: dict[str, float] = Field(description="Share of each part that is known, 0 to 1")


class SourceQualitiesOut(Schema):
    """Sources, the best first."""

    day: date | None
    sources: list[SourceQualityOut]


class FunnelStepOut(Schema):
    """One step; whoever came to it came to all before."""

    step: str = Field(examples=["matched"])
    candidates: int | None = Field(description=f"Null where fewer than {reading.LEAST_PEOPLE} came so far")
    share: BetweenOut | None = Field(description="Of those who uploaded a CV")


class FunnelOut(Schema):
    """How far the candidates came who uploaded a CV in the last 30 days."""

    day: date | None
    steps: list[FunnelStepOut]


class TitleSkillOut(Schema):
    """A skill that jobs of a title ask for."""

    skill_id: str
    name: str
    jobs: int
    share: BetweenOut
    in_cv: bool = Field(description="Whether your CV names it")


class OwnTitleOut(Schema):
    """One of your titles."""

    title: str
    pay: list[PayOut]
    skills: list[TitleSkillOut]


class OwnInsightsOut(Schema):
    """What jobs with your titles pay and ask for."""

    day: date | None
    titles: list[OwnTitleOut]


@router.get("/skills", response=SkillsOut, summary="Skills in demand", operation_id="get_skill_insights")
def get_skills(request: HttpRequest, trend: Rising = None, limit: Most = 50) -> dict[str, Any]:
    """Share of new jobs that ask for each skill, by week; with `trend`, those that rise or fall most. For recruiters."""
    day = reading.newest_day()
    skills = [
        {
            "skill_id": each.name,
            "name": each.figures.label,
            "jobs": each.count,
            "share": each.figures.share,
            "change": each.figures.change,
            "trend": each.figures.trend,
            "weeks": each.figures.weeks,
        }
        for each in reading.list_skills(day, trend=trend, limit=limit)
    ]
    return {"day": day, "skills": skills}


@router.get("/pay", response=PaysOut, summary="Pay", operation_id="get_pay_insights")
def get_pay(
    request: HttpRequest,
    title: Title = "",
    country: Country = "",
    level: Level = "",
    currency: Annotated[str, Query(max_length=3, description="ISO 4217 code")] = "",
    limit: Most = 50,
) -> dict[str, Any]:
    """Median and quartiles of what is paid a year, by title, in a country and at a level. For recruiters."""
    day = reading.newest_day()
    rows = reading.list_pay(day, Group(title, country, level), currency=currency, limit=limit)
    return {"day": day, "pay": [_pay(each) for each in rows]}


@router.get("/time_to_fill", response=TimesOut, summary="Time to fill", operation_id="get_time_insights")
def get_times(
    request: HttpRequest, title: Title = "", country: Country = "", level: Level = "", limit: Most = 50
) -> dict[str, Any]:
    """How long jobs stay open, by title, in a country and at a level; those still open are reckoned with. For recruiters."""
    day = reading.newest_day()
    times = [
        {
            "title": each.name,
            "country": each.group.country,
            "level": each.group.level,
            "jobs": each.count,
            "closed": each.figures.ended,
            "median_days": each.figures.median,
            "still_open": each.figures.still_open,
        }
        for each in reading.list_times(day, Group(title, country, level), limit=limit)
    ]
    return {"day": day, "times": times}


@router.get("/sources", response=SourceQualitiesOut, summary="Source quality", operation_id="get_source_insights")
def get_sources(request: HttpRequest) -> dict[str, Any]:
    """How good the open jobs of each source are, the best first. For recruiters."""
    day = reading.newest_day()
    sources = [
        {"source": each.name, "jobs": each.count, "score": each.figures.score, "parts": each.figures.parts}
        for each in reading.list_source_quality(day)
    ]
    return {"day": day, "sources": sources}


@router.get("/funnel", response=FunnelOut, summary="The funnel", operation_id="get_funnel_insights")
def get_funnel(request: HttpRequest) -> dict[str, Any]:
    """How many candidates had a CV uploaded, read, matched, opened by a recruiter and shortlisted. For recruiters."""
    day = reading.newest_day()
    steps = [
        {
            "step": each.name,
            "candidates": each.count if each.figures else None,
            "share": each.figures.share if each.figures else None,
        }
        for each in reading.list_steps(day)
    ]
    return {"day": day, "steps": steps}


@router.get("/mine", response=OwnInsightsOut, summary="Your titles", operation_id="get_own_insights")
def get_own(request: HttpRequest) -> dict[str, Any]:
    """What jobs with the titles in your CV pay and ask for. For whoever has a CV of their own."""
    day = reading.newest_day()
    titles = [
        {
            "title": each.title,
            "pay": [_pay(pay) for pay in each.pay],
            "skills": [
                {
                    "skill_id": skill.skill_id,
                    "name": skill.label,
                    "jobs": skill.count,
                    "share": skill.share,
                    "in_cv": has,
                }
                for skill, has in each.skills
            ],
        }
        for each in reading.own_titles(user_of(request), day)
    ]
    return {"day": day, "titles": titles}


def _pay(row: Counted[PayFigures]) -> dict[str, Any]:
    return {
        "title": row.name,
        "country": row.group.country,
        "level": row.group.level,
        "currency": row.currency,
        "jobs": row.count,
        "lower": row.figures.lower,
        "median": row.figures.median,
        "upper": row.figures.upper,
    }
