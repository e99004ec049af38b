"""From stored CVs and jobs to what the scorer may know of them."""

from __future__ import annotations

from datetime import date

from cvmatch.core.places import Point, locate
from cvmatch.core.text import englishness
from ingestion.models import CV
from ingestion.values import ParsedCV
from jobs.models import Job
from jobs.titles import Level, read_title
from matching.values import CVProfile, JobProfile, Pay, Whereabouts

# What a CV without a level in its titles is taken for, by years of work.
LEVEL_BY_YEARS = ((10.0, Level.SENIOR), (2.0, Level.MID), (0.0, Level.JUNIOR))


def cv_profile(cv: CV, *, today: date) -> CVProfile:
    """The facts of a parsed CV; the name, contact data and personal details never get past this function."""
    parsed = cv.parsed
    months = parsed.experience_months(today)
    years = months / 12 if months else None
    return CVProfile(
        skills=frozenset(mention.skill_id for mention in cv.skills),
        level=_level(parsed, years),
        years=years,
        place=_cv_place(parsed),
        desired_pay=_desired_pay(cv),
        english=englishness(cv.matched_text),
        length=len(cv.matched_text.split()),
    )


def job_profile(job: Job) -> JobProfile:
    """The facts of a posting."""
    requirements = job.requirements
    return JobProfile(
        requirements=requirements,
        level=requirements.level,
        place=_job_place(job),
        remote=job.remote,
        pay=_job_pay(job),
        posted_at=job.posted_at,
        english=englishness(job.description),
        length=len(job.description.split()),
    )


def _level(parsed: ParsedCV, years: float | None) -> Level | None:
    for title in parsed.titles[:2]:
        level = read_title(title).level
        if level is not None:
            return level
    if years is None:
        return None
    return next(level for least, level in LEVEL_BY_YEARS if years >= least)


def _cv_place(parsed: ParsedCV) -> Whereabouts:
    place = parsed.resume.basics.location
    return Whereabouts(place.city, place.country_code, locate(place.city, place.country_code))


def _job_place(job: Job) -> Whereabouts:
    if job.latitude is not None and job.longitude is not None:
        return Whereabouts(job.city, job.country, Point(job.latitude, job.longitude))
    return Whereabouts(job.city, job.country, locate(job.city, job.country))


def _desired_pay(cv: CV) -> Pay | None:
    wanted = cv.candidate.desired_pay
    return None if wanted is None else Pay(wanted, None, cv.candidate.desired_currency)


def _job_pay(job: Job) -> Pay | None:
    if job.salary_year_min is None and job.salary_year_max is None:
        return None
    return Pay(job.salary_year_min, job.salary_year_max, job.salary_currency)
