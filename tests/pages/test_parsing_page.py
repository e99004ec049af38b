"""The parsing page, its figures, the same for programs, and what Prometheus is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.core.auth import create_key
from cvmatch.core.models import Status, User
from cvmatch.parsing_page import trend_of
from ingestion.models import CV, Confirmation
from ingestion.parsing_figures import Share, confirmed, parsed_last_day, parsing_state, stored_readings
from ingestion.quality import Finding, Quality
from tests.support import make_cv, make_user, work_until_idle

pytestmark = pytest.mark.django_db

PAGE = "/operations/parsing/"
GOOD = Quality(1.0, 1.0, 1.0, 1.0, 1.0, bins=(0,) * 9 + (20,))
POOR = Quality(
    0.5, 1.0, 0.5, 1.0, 1.0, (Finding("no_name", "No name was found."),), (0, 0, 0, 0, 4, 0, 0, 0, 0, 6), uncertain=4
)


def read(quality: Quality, *, days_ago: float = 0, file_format: str = "pdf", name: str = "Ada Quill") -> CV:
    """A CV that was read some days ago and looks like that."""
    cv = make_cv(f"{name}\n{CV.objects.count()}")
    CV.objects.filter(pk=cv.pk).update(
        status=Status.COMPLETED,
        name=name,
        format=file_format,
        quality=quality.to_json(),
        completeness=quality.completeness,
        findings=[finding.text for finding in quality.findings],
        finished_at=timezone.now() - timedelta(days=days_ago),
        content_hash="read",
    )
    return cv


def fail(error: str, *, days_ago: float = 0, file_format: str = "pdf") -> CV:
    cv = make_cv(f"Broken\n{CV.objects.count()}")
    finished_at = timezone.now() - timedelta(days=days_ago)
    CV.objects.filter(pk=cv.pk).update(
        status=Status.FAILED, error=error, format=file_format, finished_at=finished_at, quality={}
    )
    return cv


def test_shares_are_counted_over_what_ended_in_the_time() -> None:
    read(GOOD)
    read(GOOD, days_ago=3)
    read(POOR, days_ago=10, file_format="docx")
    fail("Encrypted.", days_ago=1)
    read(POOR, days_ago=40)
    make_cv("Still waiting")
    state = parsing_state(30)
    assert (state.total.ended, state.total.failed, state.total.read, state.total.look) == (4, 1, 3, 1)
    assert (state.total.failed_share, state.total.look_share) == (0.25, pytest.approx(1 / 3))
    assert state.total.completeness == 1.0  # the one in the middle of 0.5, 1 and 1
    assert state.checks["order"] == pytest.approx(2.5 / 3)
    assert [(f.name, f.ended, f.failed) for f in state.formats] == [("pdf", 3, 1), ("docx", 1, 0)]
    assert parsing_state(60).total.ended == 5


def test_every_week_has_its_place_those_without_a_reading_too() -> None:
    read(GOOD)
    fail("Encrypted.", days_ago=21)
    weeks = parsing_state(30).weeks
    assert [week.ended for week in weeks if week.ended] == [1, 1]
    assert len(weeks) in (5, 6)
    assert (weeks[-1].completeness, weeks[-4].completeness) == (1.0, None)


def test_the_trend_draws_bars_from_the_ground_and_breaks_its_line_where_nothing_was_read() -> None:
    weeks = [
        Share("a", 4, 1, 0, 1.0, 1.0),
        Share("b", 0, 0, 0, None, None),
        Share("c", 2, 0, 0, 0.5, 0.5),
        Share("d", 1, 0, 0, 0.25, 0.5),
    ]
    trend = trend_of(weeks)
    first = trend.columns[0]
    assert (first.failed_height, first.read_height) == (25, 75)
    assert (first.read_y, first.failed_y) == (0, 75)
    assert trend.columns[1].read_height == trend.columns[1].failed_height == 0
    assert trend.lines == ("4,0.0 16,0.0", "44,50.0 56,50.0 64,75.0 76,75.0")
    assert trend_of([]).lines == ()


def test_findings_causes_and_the_worst_come_first() -> None:
    worst = read(POOR, name="Cem Oak")
    read(replace(GOOD, completeness=0.9, findings=(Finding("bad_date", "A date of “x” cannot be read."),) * 2))
    read(POOR)
    fail("Encrypted.")
    fail("Encrypted.")
    fail("Damaged.")
    whole = read(GOOD)
    state = parsing_state(30)
    assert state.findings == (("No name was found", 2), ("A date cannot be read", 1))
    assert state.causes == (("Encrypted.", 2), ("Damaged.", 1))
    assert [cv.score for cv in state.worst] == sorted(cv.score for cv in state.worst)
    assert worst.pk in {cv.pk for cv in state.worst[:2]}
    assert whole.pk not in {cv.pk for cv in state.worst}


def test_a_replaced_version_is_counted_and_not_among_the_worst() -> None:
    old = read(POOR)
    CV.objects.filter(pk=old.pk).update(is_latest=False)
    state = parsing_state(30)
    assert (state.total.ended, state.worst) == (1, ())


def test_a_cv_that_was_read_before_quality_was_kept_counts_as_a_file_only() -> None:
    cv = read(GOOD)
    CV.objects.filter(pk=cv.pk).update(quality={}, format="")
    state = parsing_state(30)
    assert (state.total.read, state.total.completeness, state.worst) == (1, None, ())
    assert [group.name for group in state.formats] == ["unknown"]
    assert sum(step.count for step in state.confidence) == 0
    assert list(stored_readings()) == []


def test_parsing_stores_quality_format_and_version_and_the_page_shows_them(as_: Callable[[str], Client]) -> None:
    cv = make_cv()
    assert cv.format == "txt"
    work_until_idle()
    cv.refresh_from_db()
    quality = Quality.from_json(cv.quality)
    assert quality.values == len(cv.read.evidence)
    assert cv.parser_version
    (reading,) = stored_readings()
    assert (reading.name, reading.format, reading.quality) == (f"CV {cv.pk}", "txt", quality)
    page = as_("admin").get(PAGE).content.decode()
    assert "Mara Lindqvist" in page
    assert f'href="/cvs/{cv.pk}/"' in page
    assert sum(step.count for step in parsing_state(30).confidence) == quality.values


def test_what_people_confirmed_is_held_against_the_confidences(as_: Callable[[str], Client]) -> None:
    cv = make_cv()
    work_until_idle()
    cv.refresh_from_db()
    assert "calibration error" not in as_("admin").get(PAGE).content.decode()
    truth = cv.parsed_json | {"basics": {**cv.parsed_json["basics"], "name": "Somebody Else"}}
    Confirmation.objects.create(cv=cv, resume_json=truth)
    (known,) = confirmed()
    assert known.truth.parsed.resume.basics.name == "Somebody Else"
    state = parsing_state(30)
    assert state.confirmed == 1
    assert state.reliability is not None
    assert 0 < state.reliability.accuracy < 1  # all but the name
    assert "calibration error" in as_("admin").get(PAGE).content.decode()


def test_an_empty_page_says_so(as_: Callable[[str], Client]) -> None:
    assert "No CV was read in the last 30 days" in as_("admin").get(PAGE).content.decode()


@pytest.mark.parametrize(("asked", "shown"), [("7", 7), ("", 30), ("0", 30), ("x", 30), ("99999999", 730)])
def test_any_number_of_days_is_answered(as_: Callable[[str], Client], asked: str, shown: int) -> None:
    answer = as_("admin").get(PAGE, {"days": asked})
    assert (answer.status_code, answer.context["state"].days) == (200, shown)


def test_the_pages_of_operations_lead_to_it(as_: Callable[[str], Client]) -> None:
    assert f'href="{PAGE}"' in as_("admin").get("/operations/pipeline/").content.decode()
    assert f'href="{PAGE}"' not in as_("recruiter").get("/").content.decode()


def test_programs_get_the_same_figures(as_: Callable[[str], Client]) -> None:
    cv = read(POOR)
    fail("Encrypted.", days_ago=20)
    answer = as_("admin").get("/api/v1/admin/parsing_quality", {"days": 7}).json()
    assert (answer["days"], answer["total"]["ended"], answer["total"]["failed"]) == (7, 1, 0)
    assert answer["worst"] == [{"cv": cv.pk, "format": "pdf", "score": POOR.score, "findings": ["No name was found."]}]
    assert answer["findings"] == [{"finding": "No name was found", "cvs": 1}]
    assert [row["values"] for row in answer["confidence"]] == list(POOR.bins)
    assert answer["calibration_error"] is None
    wider = as_("admin").get("/api/v1/admin/parsing_quality").json()
    assert wider["total"]["failed_share"] == 0.5
    assert wider["failures"] == [{"cause": "Encrypted.", "cvs": 1}]


@pytest.mark.parametrize("days", ["0", "731", "x"])
def test_days_that_make_no_sense_are_refused(as_: Callable[[str], Client], days: str) -> None:
    assert as_("admin").get("/api/v1/admin/parsing_quality", {"days": days}).status_code == 422


def test_prometheus_is_told_what_the_last_day_brought(client: Client) -> None:
    read(GOOD)
    read(GOOD, days_ago=2)
    fail("Encrypted.")
    fail("Encrypted.", days_ago=0.9)
    assert parsed_last_day() == {"completed": 1, "failed": 2}
    key = create_key(user=make_user("prometheus", User.Role.ADMIN), name="prometheus")
    lines = client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).content.decode().splitlines()
    assert {'cvmatch_cvs_parsed{status="completed"} 1.0', 'cvmatch_cvs_parsed{status="failed"} 2.0'} <= set(lines)
    assert lines.count("# TYPE cvmatch_cvs_parsed gauge") == 1


def test_prometheus_is_told_zero_when_nothing_was_read() -> None:
    assert parsed_last_day() == {"completed": 0, "failed": 0}
