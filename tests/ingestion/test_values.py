"""The codec loses nothing, and the conveniences say what they promise."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date
from typing import get_args, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.values import Concern, Document, Evidence, Line, Link, Mention, ParsedCV, Resume, Span, Work


def values_of(kind):
    """A strategy for any dataclass of the resume."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{f.name: values_of(hints[f.name]) for f in fields(kind)})
    if get_args(kind):
        return st.lists(values_of(get_args(kind)[0]), max_size=2).map(tuple)
    return st.text(max_size=8)


EVIDENCE = st.builds(
    Evidence, st.floats(0, 1), st.builds(Span, st.integers(0, 99), st.integers(0, 99)), st.integers(1, 9)
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(values_of(Resume), st.dictionaries(st.text(max_size=9), EVIDENCE, max_size=3))
def test_a_parsed_cv_comes_back_from_json_unchanged(resume, evidence):
    notes = {"mentioned_skills": (Mention("SQL", 3, 6),), "concerns": (Concern("stuffing", "often", "SQL", 1, 3, 6),)}
    parsed = ParsedCV(resume, evidence, "pdf", phone_e164="+44", scanned=True, **notes)
    assert ParsedCV.from_json(json.loads(json.dumps(parsed.to_json()))) == parsed


@given(st.text(max_size=40), st.integers(1, 5))
def test_a_document_comes_back_from_json_unchanged(text, page):
    line = Line(text, 0, page, 1.5, 2, 3, 4, 10, True, 1, True, 7, 0.9, (1, 2))
    links = (Link("https://example.org", 0, len(text)),)
    document = Document(text, (line,), "pdf", page, links, (Concern("hidden", "white on white", text, page),), True)
    assert Document.from_json(json.loads(json.dumps(document.to_json()))) == document


def test_foreign_json_resumes_of_odd_shape_are_read_as_far_as_possible():
    parsed = ParsedCV.from_json({"basics": None, "work": [{"name": 5, "highlights": "x"}, None], "unknown": 1})
    assert parsed.resume.work == (Work(), Work())


def test_empty_values_are_not_written():
    assert ParsedCV(Resume()).to_json() == {
        "meta": {"parserVersion": ParsedCV(Resume()).parser_version, "format": "", "fields": {}}
    }


def test_overlapping_jobs_count_once_and_current_ones_up_to_today():
    jobs = (
        Work(start_date="2020-01", end_date="2020-12"),
        Work(start_date="2020-07", end_date="2021-06"),
        Work(start_date="2022-01"),
    )
    assert ParsedCV(Resume(work=jobs)).experience_months(date(2022, 3, 15)) == 18 + 3


def test_titles_begin_with_the_current_job():
    jobs = (Work(position="Old", start_date="2010", end_date="2012"), Work(position="Now", start_date="2013"))
    assert ParsedCV(Resume(work=jobs)).titles == ("Now", "Old")
