"""Quality names what is missing or implausible, and evaluation counts what is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingestion.quality import Truth, assess, compare, macro_f1, summarise
from ingestion.values import Basics, Education, Language, ParsedCV, Resume, Skill, Work

TODAY = date(2026, 1, 15)
GOOD = Resume(
    basics=Basics(name="Ada Quill", email="ada@example.org", phone="+442079460958"),
    work=(Work(name="Loaf Ltd", position="Baker", start_date="2019-03"),),
    education=(Education(institution="University of Leeds", study_type="B.Sc.", end_date="2018"),),
    skills=(Skill(name="Bread", keywords=("Rye",)),),
    languages=(Language("English"),),
)


def test_a_complete_and_plausible_cv_has_the_full_score():
    quality = assess(ParsedCV(GOOD), today=TODAY)
    assert (quality.score, quality.findings) == (1, ())


def test_an_empty_cv_scores_low_and_says_what_is_missing():
    quality = assess(ParsedCV(Resume()), today=TODAY)
    assert quality.score < 0.4
    assert "No name was found." in quality.findings


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"basics": replace(GOOD.basics, email="ada@example")}, "e-mail address is not valid"),
        ({"basics": replace(GOOD.basics, phone="123")}, "phone number is not valid"),
        ({"basics": replace(GOOD.basics, name="ada@example.org")}, "name holds signs"),
        ({"work": (Work("Loaf", "Baker", start_date="2019-03", end_date="2018-03"),)}, "ends before it starts"),
        ({"work": (Work("Loaf", "Baker", start_date="2031-03"),)}, "in the future"),
        ({"work": (Work("Loaf", "Baker", start_date="spring"),)}, "cannot be read"),
        ({"work": (Work("Loaf", "Baker", start_date="1950", end_date="2020"),)}, "more than 50 years"),
        ({"work": GOOD.work * 2}, "job is listed twice"),
        ({"skills": (Skill("Rye"), Skill("rye"))}, "skill is listed twice"),
    ],
)
def test_doubts_are_said_in_words_and_lower_the_score(change, finding):
    quality = assess(ParsedCV(replace(GOOD, **change)), today=TODAY)
    assert any(finding in said for said in quality.findings)
    assert quality.score < 1


def test_the_truth_compared_with_itself_is_right_everywhere():
    result = compare("x", ParsedCV(GOOD), Truth(ParsedCV(GOOD, format="pdf"), "plain"))
    assert result.f1 == 1
    assert (result.format, result.layout) == ("pdf", "plain")
    assert "certificates" not in result.fields  # what the truth does not show is not counted


def test_a_missing_prediction_has_no_right_values():
    result = compare("x", ParsedCV(Resume()), Truth(ParsedCV(GOOD)))
    assert result.f1 == 0
    assert all(counts.recall == 0 for counts in result.fields.values())


def test_invented_jobs_cost_precision_and_missed_ones_recall():
    more = replace(GOOD, work=(*GOOD.work, Work("Other", "Cook")))
    counts = compare("x", ParsedCV(more), Truth(ParsedCV(GOOD))).fields["work"]
    assert (counts.precision, counts.recall) == (0.5, 1)
    counts = compare("x", ParsedCV(GOOD), Truth(ParsedCV(more))).fields["work"]
    assert (counts.precision, counts.recall) == (1, 0.5)


def test_accepted_forms_of_the_truth_count_as_right():
    truth = Truth.from_json({
        "basics": {"name": "Ada Quill", "phone": "+44 20 7946 0958"},
        "meta": {"nameAccept": ["Quill Ada"], "phoneAccept": ["02079460958"], "layout": "plain", "format": "txt"},
    })  # fmt: skip
    predicted = ParsedCV(Resume(basics=Basics(name="Quill Ada", phone="020 7946 0958")))
    assert compare("x", predicted, truth).f1 == 1


def test_summaries_add_up_by_group():
    results = [
        compare(n, ParsedCV(r), Truth(ParsedCV(GOOD, format=f)))
        for n, r, f in [("a", GOOD, "pdf"), ("b", Resume(), "txt")]
    ]
    by_format = summarise(results, lambda r: r.format)
    assert macro_f1(by_format["pdf"]) == 1
    assert macro_f1(by_format["txt"]) == 0
