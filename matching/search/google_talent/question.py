"""What is asked of Google Cloud Talent Solution for one CV: titles and skills, and the filters that it knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from ingestion.models import CV
from ingestion.values import ParsedCV
from jobs.skills import SkillMention
from jobs.skills.vocabulary import vocabulary
from jobs.values import JobFilter
from matching.embedding.text import cv_title_text
from matching.search.google_talent.posting import EMPLOYMENT_TYPES, address

# The service takes so many characters and so many places.
QUERY_CHARS, PLACES = 255, 5
# More words make a question narrower and not better.
TOP_SKILLS = 10
KM_PER_MILE = 1.609344


def words_of(cv: CV) -> str:
    """The latest titles and the skills that the CV names most often, at most QUERY_CHARS; empty where neither was read.

    Nothing else of a CV is ever sent: titles have the person hidden in them, and skills are names of the vocabulary.
    """
    return fitting([*titles_of(cv.parsed), *top_skills(cv.skill_mentions)])


def titles_of(parsed: ParsedCV) -> list[str]:
    """The latest titles as one phrase, without the person; none where the CV shows none that can be told."""
    # Where no name was found, what was taken for a title may be one.
    told = cv_title_text(parsed, "") if parsed.resume.basics.name else ""
    return [told] if told else []


def top_skills(mentions: Sequence[SkillMention]) -> list[str]:
    """The names of the skills mentioned most often, the first of equals before; no languages, which most jobs do not name."""
    skills = vocabulary().skills
    times = Counter(m.name for m in mentions if m.skill_id in skills and not skills[m.skill_id].is_language)
    return [name for name, _ in times.most_common(TOP_SKILLS)]


def fitting(phrases: Iterable[str], limit: int = QUERY_CHARS) -> str:
    """As many of the phrases as there is room for, each once and whole; only the first is cut, between words."""
    said = ""
    for phrase in dict.fromkeys(" ".join(phrase.split()) for phrase in phrases):
        longer = f"{said}, {phrase}" if said and phrase else said or phrase
        if len(longer) <= limit:
            said = longer
        elif not said:
            said = longer[: limit + 1].rpartition(" ")[0] or longer[:limit]
    return said.rstrip(", ")


def question(words: str, only: JobFilter | None, *, now: datetime) -> dict[str, Any]:
    """The question in the form of the service. It keeps all that the filter keeps, and more: the rest is judged here."""
    query: dict[str, Any] = {"query": words}
    if only:
        query |= _filters(only, now)
    # Without a filter the service may look farther than it was asked to; under one that only brings what is dropped.
    return {"job_query": query, "enable_broadening": not only}


def _filters(only: JobFilter, now: datetime) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    places = _places(only)
    if 0 < len(places) <= PLACES:
        filters["location_filters"] = places
    if only.employment_types:
        filters["employment_types"] = [EMPLOYMENT_TYPES[kind] for kind in only.employment_types]
    if only.posted_within_days is not None:
        filters["publish_time_range"] = {"start_time": now - timedelta(days=only.posted_within_days)}
    return filters


def _places(only: JobFilter) -> list[dict[str, Any]]:
    """The service keeps what is in any of them, we what holds in all respects: so only the narrowest is told."""
    anywhere = {"telecommute_preference": "TELECOMMUTE_ALLOWED"}
    if only.remote:
        return [anywhere]
    if only.near is not None and only.within_km is not None:
        point = {"latitude": only.near.latitude, "longitude": only.near.longitude}
        return [{"lat_lng": point, "distance_in_miles": only.within_km / KM_PER_MILE}, anywhere]
    countries = [code.upper() for code in only.countries]
    if only.cities:
        return [
            {"address": address(city, country=country), "region_code": country}
            for city in only.cities
            for country in countries or [""]
        ]
    return [{"address": address(country=country), "region_code": country} for country in countries]
