"""What is asked of Google Cloud Talent Solution: short, made of titles and skills alone, and never stricter than our filters."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvmatch import demo
from cvmatch.core.places import Point
from ingestion.models import CV
from ingestion.services import receive_cv
from ingestion.stages import parse_cvs
from jobs.values import EMPLOYMENT_TYPES, JobFilter
from matching.search.google_talent.posting import EMPLOYMENT_TYPES as KNOWN_TYPES
from matching.search.google_talent.question import QUERY_CHARS, fitting, question, titles_of, words_of
from tests.support import make_cv, work_until_idle

NOW = datetime(2026, 3, 10, tzinfo=UTC)


@given(st.lists(st.text(max_size=60)), st.integers(1, QUERY_CHARS))
def test_phrases_are_taken_whole_and_in_order_as_far_as_there_is_room(phrases, limit) -> None:
    said = fitting(phrases, limit)
    assert len(said) <= limit
    clean = [" ".join(phrase.split()) for phrase in phrases]
    assert not said or any(
        phrase.startswith(said) or said.startswith(phrase.rstrip(", ")) for phrase in clean if phrase
    )


def test_a_phrase_for_which_there_is_no_room_is_left_out_and_a_shorter_one_still_fits() -> None:
    assert fitting(["Baker", "x" * 300, "", "bread", "Baker"]) == "Baker, bread"


def test_only_a_first_phrase_that_is_too_long_is_cut_and_between_words() -> None:
    assert fitting(["head baker of the bread works", "rolls"], limit=12) == "head baker"
    assert fitting(["Donaudampfschifffahrt"], limit=5) == "Donau"


@pytest.mark.django_db
def test_a_cv_is_asked_about_by_its_title_and_the_skills_it_names_most() -> None:
    make_cv()
    work_until_idle()
    words = words_of(CV.objects.get())
    assert words.startswith("Data Engineer, ")
    assert set(words.split(", ")) >= {"Python", "SQL", "PostgreSQL", "Apache Airflow"}


@pytest.mark.django_db
def test_nobody_is_named_to_the_service_in_any_cv_of_the_demo() -> None:
    for path in demo.cv_files():
        receive_cv(content=path.read_bytes(), filename=path.name, uploaded_by=None, interactive=False)
    while parse_cvs(limit=100).claimed:
        pass
    cvs = list(CV.objects.all())
    assert len(cvs) > 10
    for cv in cvs:
        words, basics = words_of(cv), cv.parsed.resume.basics
        assert words
        assert len(words) <= QUERY_CHARS
        told = re.findall(r"\w+", words.lower())
        assert not set(told) & set(re.findall(r"\w+", basics.name.lower())), cv.filename
        assert "@" not in words
        assert not re.search(r"\d{6,}", words)


@pytest.mark.django_db
def test_where_no_name_was_found_what_was_taken_for_a_title_may_be_one_and_is_not_told() -> None:
    make_cv()
    work_until_idle()
    parsed = CV.objects.get().parsed
    assert titles_of(parsed) == ["Data Engineer"]
    nameless = replace(parsed.resume, basics=replace(parsed.resume.basics, name=""))
    assert titles_of(replace(parsed, resume=nameless)) == []


def test_every_type_of_employment_has_a_name_there() -> None:
    assert set(KNOWN_TYPES) == set(EMPLOYMENT_TYPES)


def places(**values: object) -> list[dict[str, object]]:
    asked = question("Baker", JobFilter(**values), now=NOW)  # type: ignore[arg-type]
    return asked["job_query"].get("location_filters", [])


ANYWHERE = {"telecommute_preference": "TELECOMMUTE_ALLOWED"}


def test_places_are_told_in_words_that_the_service_cannot_mistake() -> None:
    germany, france = {"address": "Germany", "region_code": "DE"}, {"address": "France", "region_code": "FR"}
    assert places(countries=("de", "FR")) == [germany, france]
    assert places(cities=("Berlin",), countries=("DE",)) == [{"address": "Berlin, Germany", "region_code": "DE"}]
    assert places(cities=("Berlin",)) == [{"address": "Berlin", "region_code": ""}]
    assert places(remote=True, countries=("DE",)) == [ANYWHERE]
    near, anywhere = places(near=Point(48.1, 11.5), within_km=16.09344)
    assert near == {"lat_lng": {"latitude": 48.1, "longitude": 11.5}, "distance_in_miles": pytest.approx(10.0)}
    assert anywhere == ANYWHERE


def test_more_places_than_the_service_takes_are_judged_here_only() -> None:
    assert places(countries=("DE", "FR", "CH", "AT", "BE", "NL")) == []


def test_types_and_ages_are_told_and_the_search_is_widened_only_without_a_filter() -> None:
    asked = question("Baker", JobFilter(employment_types=("internship",), posted_within_days=7), now=NOW)
    assert asked["job_query"]["employment_types"] == ["INTERN"]
    assert asked["job_query"]["publish_time_range"] == {"start_time": datetime(2026, 3, 3, tzinfo=UTC)}
    assert not asked["enable_broadening"]
    assert question("Baker", None, now=NOW) == {"job_query": {"query": "Baker"}, "enable_broadening": True}
