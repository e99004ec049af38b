"""Quality names what is missing or implausible, and evaluation counts what is right."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from ingestion.quality import CHECK_BELOW, KINDS, Quality, Truth, assess, compare, macro_f1, summarise
from ingestion.values import Basics, Education, Evidence, Language, ParsedCV, Resume, Skill, Span, Work

TODAY = date(2026, 1, 15)
GOOD = Resume(
    basics=Basics(name="Ada Quill", email="ada@example.org", phone="+442079460958"),
    work=(Work(name="Loaf Ltd", position="Baker", start_date="2019-03"),),
    education=(Education(institution="University of Leeds", study_type="B.Sc.", end_date="2018"),),
    skills=(Skill(name="Bread", keywords=("Rye",)),),
    languages=(Language("English"),),
)


def said(quality):
    return [finding.text for finding in quality.findings]


def test_a_complete_and_plausible_cv_has_the_full_score():
    quality = assess(ParsedCV(GOOD), today=TODAY)
    assert (quality.score, quality.findings) == (1, ())
    assert (quality.completeness, quality.validity, quality.uniqueness, quality.plausibility) == (1, 1, 1, 1)
    assert quality.order is None  # one job and one degree can stand in no wrong order


def test_an_empty_cv_scores_nothing_and_says_what_is_missing():
    quality = assess(ParsedCV(Resume()), today=TODAY)
    assert (quality.score, quality.validity) == (0, None)
    assert "No name was found." in said(quality)
    assert {finding.kind for finding in quality.findings} <= set(KINDS)


@pytest.mark.parametrize(
    ("change", "check", "kind"),
    [
        ({"basics": replace(GOOD.basics, email="ada@example")}, "validity", "bad_email"),
        ({"basics": replace(GOOD.basics, phone="123")}, "validity", "bad_phone"),
        ({"basics": replace(GOOD.basics, phone="+44 1")}, "validity", "bad_phone"),
        ({"basics": replace(GOOD.basics, name="ada@example.org")}, "validity", "bad_name"),
        ({"work": (Work("Loaf", "Baker", start_date="spring"),)}, "validity", "bad_date"),
        ({"work": (Work("Loaf", "Baker", start_date="2019-13"),)}, "validity", "bad_date"),
        (
            {"work": (Work("Loaf", "Baker", start_date="2019-03", end_date="2018-03"),)},
            "order",
            "ends_before_start",
        ),
        (
            {"work": tuple(Work(f"Loaf {y}", "Baker", start_date=y) for y in ("2019", "2012", "2016", "2009"))},
            "order",
            "out_of_order",
        ),
        ({"work": (Work("Loaf", "Baker", start_date="2031-03"),)}, "plausibility", "in_the_future"),
        (
            {"work": (Work("Loaf", "Baker", start_date="1950", end_date="2020"),)},
            "plausibility",
            "long_career",
        ),
        (
            {"education": (Education("Leeds", start_date="1950", end_date="2010"),)},
            "plausibility",
            "long_entry",
        ),
        ({"work": GOOD.work * 2}, "uniqueness", "repeated_job"),
        ({"education": GOOD.education * 2}, "uniqueness", "repeated_study"),
        ({"skills": (Skill("Rye"), Skill("rye"))}, "uniqueness", "repeated_skill"),
    ],
)
def test_a_doubt_lowers_its_own_check_and_is_said_in_words(change, check, kind):
    quality = assess(ParsedCV(replace(GOOD, **change)), today=TODAY)
    assert kind in {finding.kind for finding in quality.findings}
    assert all(finding.text.endswith(".") for finding in quality.findings)
    assert getattr(quality, check) < 1
    others = {"validity", "uniqueness", "plausibility"} - {check}
    if kind not in ("long_career", "long_entry"):
        assert {getattr(quality, other) for other in others} == {1}
    assert quality.score < 1


def test_jobs_that_run_from_the_oldest_to_the_newest_are_in_order():
    jobs = tuple(Work(f"Loaf {year}", "Baker", start_date=year) for year in ("2001", "2008", "2008", "2016"))
    assert assess(ParsedCV(replace(GOOD, work=jobs)), today=TODAY).order == 1


def test_a_job_within_one_year_does_not_end_before_it_starts():
    jobs = (Work("Loaf", "Baker", start_date="2019-03", end_date="2019"),)
    assert assess(ParsedCV(replace(GOOD, work=jobs)), today=TODAY).order == 1


def test_one_doubt_of_many_values_costs_less_than_one_of_few():
    skills = tuple(Skill(str(number)) for number in range(20))
    one_of_two = assess(ParsedCV(replace(GOOD, skills=skills[:1] * 2)), today=TODAY)
    one_of_many = assess(ParsedCV(replace(GOOD, skills=(*skills, skills[0]))), today=TODAY)
    assert one_of_two.uniqueness < one_of_many.uniqueness < 1


def test_values_are_counted_by_how_sure_the_parser_was():
    sure = {f"skills[{n}].name": Evidence(c, Span(0, 1)) for n, c in enumerate((0, 0.05, 0.7, 0.79, 0.8, 1))}
    quality = assess(ParsedCV(GOOD, sure), today=TODAY)
    assert quality.bins == (2, 0, 0, 0, 0, 0, 0, 2, 1, 1)
    assert quality.values == 6
    assert quality.uncertain == sum(note.confidence < CHECK_BELOW for note in sure.values())
    assert quality.needs_look


def test_quality_survives_its_way_through_the_database():
    parsed = ParsedCV(replace(GOOD, work=GOOD.work * 2), {"basics.name": Evidence(0.4, Span(0, 9))})
    quality = assess(parsed, today=TODAY)
    assert Quality.from_json(json.loads(json.dumps(quality.to_json()))) == quality
    assert Quality.from_json({}) == Quality(0.0)


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
