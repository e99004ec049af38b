"""Which values count as right, and whether confidences hold."""

from __future__ import annotations

import pytest

from ingestion.quality import Judged, Truth, by_kind, calibration_of, judge, kind_of
from ingestion.values import Evidence, ParsedCV, Span

TRUTH = {
    "basics": {
        "name": "Ada Quill",
        "email": "ada@example.org",
        "phone": "+44 20 7946 0958",
        "profiles": [{"network": "GitHub", "username": "adaq", "url": "https://github.com/adaq"}],
        "location": {"city": "Leeds"},
    },
    "work": [
        {"name": "Loaf Ltd", "position": "Baker", "startDate": "2019-03", "highlights": ["Baked rye bread every day"]},
        {"name": "Crust & Co", "position": "Apprentice", "startDate": "2015", "endDate": "2019-02"},
    ],
    "education": [{"institution": "University of Leeds", "studyType": "B.Sc.", "area": "Food Science"}],
    "skills": [{"name": "Baking", "keywords": ["Rye", "Sourdough"]}],
    "languages": [{"language": "English", "fluency": "Native"}],
    "certificates": [{"name": "Food Hygiene Level 2"}],
    "meta": {"phoneAccept": ["442079460958", "02079460958"]},
}


def verdicts(resume, truth=None, **more):
    """Each value of a resume by its path: whether it is right."""
    paths = list(leaves({**resume, **more}))
    read = ParsedCV.from_json({**resume, **more})
    read = ParsedCV(read.resume, {path: Evidence(0.9, Span(0, 1)) for path in paths})
    return {value.path: value.right for value in judge(read, Truth.from_json(truth or TRUTH))}


def leaves(node, path=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from leaves(value, f"{path}[{number}]")
    else:
        yield path


def test_the_truth_itself_is_right_everywhere():
    resume = {key: value for key, value in TRUTH.items() if key != "meta"}
    resume["skills"] = [{"keywords": ["Baking", "Rye", "Sourdough"]}]
    found = verdicts(resume)
    assert len(found) == len(list(leaves(resume)))
    assert all(found.values())


@pytest.mark.parametrize(
    ("basics", "right"),
    [
        ({"name": "ada  QUILL"}, True),
        ({"name": "Ada"}, False),
        ({"email": "ADA@example.org"}, True),
        ({"email": "ada@example.com"}, False),
        ({"phone": "020 7946 0958"}, True),
        ({"phone": "020 7946 0959"}, False),
        ({"location": {"city": "Leeds"}}, True),
        ({"location": {"city": "York"}}, False),
        ({"profiles": [{"url": "github.com/adaq/"}]}, True),
        ({"profiles": [{"url": "github.com/else"}]}, False),
    ],
)
def test_facts_about_the_person_are_right_when_they_are_the_same(basics, right):
    assert set(verdicts({"basics": basics}).values()) == {right}


def test_what_the_truth_does_not_show_is_not_judged():
    assert verdicts({"basics": {"label": "Baker", "url": "ada.example.org"}, "awards": [{"title": "Best Loaf"}]}) == {}
    assert verdicts({"work": [{"name": "Loaf Ltd", "position": "Baker", "location": "Leeds"}]}) == {
        "work[0].name": True,
        "work[0].position": True,
    }


def test_values_of_a_job_are_held_against_the_job_that_is_meant():
    found = verdicts(
        {
            "work": [
                {"name": "Crust & Co", "position": "Apprentice", "startDate": "2015", "endDate": "2018-02"},
                {"name": "Loaf Ltd", "position": "Manager", "startDate": "2019-04", "endDate": "2020"},
            ]
        }
    )
    assert found == {
        "work[0].name": True,
        "work[0].position": True,
        "work[0].startDate": True,
        "work[0].endDate": False,
        "work[1].name": True,
        "work[1].position": False,
        "work[1].startDate": False,
        "work[1].endDate": False,  # it goes on
    }


def test_an_invented_job_is_wrong_in_all_its_values():
    found = verdicts({"work": [*TRUTH["work"], {"name": "Nowhere Inc", "position": "Pilot", "startDate": "2001"}]})
    assert {path for path, right in found.items() if not right} == {
        f"work[2].{n}" for n in ("name", "position", "startDate")
    }


def test_two_jobs_at_one_employer_are_told_apart_by_their_dates():
    twice = [{"name": "Loaf Ltd", "position": "Baker", "startDate": year} for year in ("2019-03", "2021-05")]
    found = verdicts({"work": twice[::-1]}, {"work": twice})
    assert all(found.values())


def test_a_date_is_right_as_far_as_the_truth_goes():
    job = {"name": "Crust & Co", "position": "Apprentice"}
    assert verdicts({"work": [{**job, "startDate": "2015-09"}]})["work[0].startDate"]
    assert not verdicts({"work": [{**job, "endDate": "2019"}]})["work[0].endDate"]


def test_texts_may_differ_in_a_few_signs():
    job = {"name": "Loaf Ltd", "position": "Baker"}
    assert verdicts({"work": [{**job, "highlights": ["Baked rye-bread every day."]}]})["work[0].highlights[0]"]
    assert not verdicts({"work": [{**job, "highlights": ["Baked"]}]})["work[0].highlights[0]"]


def test_skills_are_right_in_any_group_and_headings_of_groups_are_no_skills():
    found = verdicts({"skills": [{"name": "Breads", "keywords": ["rye", "Pilot"]}, {"name": "Sourdough"}]})
    assert found == {"skills[0].keywords[0]": True, "skills[0].keywords[1]": False, "skills[1].name": True}


def test_numbers_are_taken_out_of_the_kind_of_a_value():
    assert kind_of("work[0].highlights[2]") == "work.highlights"
    assert kind_of("skills[3].name") == "skills.keywords"


def judged(*pairs):
    return [Judged("basics.name", "basics.name", confidence, right) for confidence, right in pairs]


def test_the_error_is_the_gap_between_what_was_promised_and_what_held():
    values = judged(*[(0.95, True)] * 19, (0.95, False), *[(0.35, False)] * 10)
    figures = calibration_of(values)
    assert (figures.count, figures.bins[9].count, figures.bins[3].count) == (30, 20, 10)
    assert figures.bins[9].gap == pytest.approx(0)
    assert figures.ece == pytest.approx(0.35 * 10 / 30)
    assert figures.accuracy == pytest.approx(19 / 30)


def test_auc_tells_whether_right_values_are_given_more():
    assert calibration_of(judged((0.9, True), (0.8, True), (0.2, False))).auc == 1
    assert calibration_of(judged((0.1, True), (0.8, False))).auc == 0
    assert calibration_of(judged((0.5, True), (0.5, False))).auc == 0.5
    assert calibration_of(judged((0.5, True))).auc is None
    assert calibration_of([]).ece == 0


def test_kinds_are_shown_apart_the_most_frequent_first():
    values = [*judged((0.9, True)), *(Judged("work[0].name", "work.name", 0.5, right) for right in (True, False))]
    assert [(kind, figures.accuracy) for kind, figures in by_kind(values).items()] == [
        ("work.name", 0.5),
        ("basics.name", 1),
    ]
