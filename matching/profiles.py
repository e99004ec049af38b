"""From stored CVs and jobs to what the scorer may know of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cvmatch.core.places import Point, locate
from cvmatch.core.text import englishness
from ingestion.models import CV
from ingestion.values import ParsedCV
from jobs.models import Job
from jobs.requirements import Part, Segment
from jobs.requirements.facts import language_level, lowest_degree
from jobs.skills import find_languages
from jobs.titles import Level, read_title
from matching.scoring.parts import DEGREES
from matching.values import CVProfile, JobProfile, LanguageShown, Pay, SkillLink, Whereabouts

# What a CV without a level in its titles is taken for, by years of work.
LEVEL_BY_YEARS = ((10.0, Level.SENIOR), (2.0, Level.MID), (0.0, Level.JUNIOR))


def cv_profile(cv: CV, *, today: date, links: Iterable[SkillLink] = ()) -> CVProfile:
    """The facts of a parsed CV; the name, contact data and personal details never get past this function.

    ``links`` are phrases of the CV that mean a skill without naming it.
    """
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
        languages=_languages(parsed),
        degree=_degree(parsed),
        implied=frozenset(link.skill_id for link in links),
    )


# Of a job, all that its profile and its place in a list are made of; the rest stays where it is.
JOB_COLUMNS = (
    "source", "group_key", "company",
    "requirements_json", "content_hash", "description", "city", "country", "latitude", "longitude", "remote", "posted_at",
    "salary_year_min", "salary_year_max", "salary_currency",
)  # fmt: skip


def job_profile(job: Job) -> JobProfile:
    """The facts of a posting, from JOB_COLUMNS."""
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


def _languages(parsed: ParsedCV) -> tuple[LanguageShown, ...]:
    """The languages of the CV's own list, with the level where it is told in words that postings use too."""
    found: dict[str, str | None] = {}
    for entry in parsed.resume.languages:
        told = f"{entry.language}: {entry.fluency}"
        for mention in find_languages(f"Languages: {entry.language}"):
            found.setdefault(mention.skill_id, language_level(_alone(told), 0, len(entry.language)))
    return tuple(LanguageShown(language_id, level) for language_id, level in found.items())


def _degree(parsed: ParsedCV) -> str | None:
    """The highest degree of the education, by the words that postings use for degrees too."""
    read = (lowest_degree([_alone(f"{entry.study_type} in {entry.area}")]) for entry in parsed.resume.education)
    return max((asked.degree for asked in read if asked), key=DEGREES.index, default=None)


def _alone(text: str) -> Segment:
    return Segment(Part.OPEN, text, 0, len(text))


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
