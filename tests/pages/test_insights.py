"""Insights: what the daily count finds in jobs with a known market, and what each person is shown of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.core.models import User
from cvmatch.insights.counting import count_insights, count_steps
from cvmatch.insights.reading import LEAST_PEOPLE
from ingestion.models import CV, CVView
from jobs.models import Insight, Job, Listing, Vacancy
from matching.models import Decision, Match, Prediction, Stage
from tests.support import make_cv, work_until_idle

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


def job(
    number: int, *, weeks_ago: float = 1, title: str = "Data Engineer", skills: str = "python", **values: Any
) -> Job:
    came = timezone.now() - timedelta(weeks=weeks_ago)
    asked = [{"skill_id": skill, "name": skill.upper(), "must": True} for skill in skills.split()]
    row = Job(
        source="board",
        external_id=f"{number}",
        title=title,
        company=values.pop("company", f"company {number % 7}"),
        requirements_json={"skills": asked},
        posted_at=came,
        changed_at=came,
        row_hash=f"{number}",
        content_hash=f"{number}",
        **values,
    )
    row.came = came  # type: ignore[attr-defined]
    return row


def store(rows: list[Job]) -> list[Job]:
    made = Job.objects.bulk_create(rows)
    for row in made:
        row.first_seen_at = row.came  # type: ignore[attr-defined]
    Job.objects.bulk_update(made, ["first_seen_at"])
    return made


def senior(number: int) -> Job:
    pay = paid(70_000 + 1000 * number, 80_000 + 1000 * number)
    return job(number, country="DE", level="senior", title="Senior Data Engineer", **pay)


def paid(low: int, high: int) -> dict[str, Any]:
    return {
        "salary_year_min": low,
        "salary_year_max": high,
        "salary_currency": "EUR",
        "salary_min": low,
        "salary_max": high,
    }


@pytest.fixture
def get(as_: Callable[[str], Client]) -> Get:
    client = as_("recruiter")

    def asked(name: str, **parameters: Any) -> Any:
        response = client.get(f"/api/v1/insights/{name}", parameters)
        assert response.status_code == 200, response.content
        return response.json()

    return asked


def test_skills_rise_and_fall_where_the_change_leaves_no_doubt(get: Get) -> None:
    rows = []
    for week in range(12):
        for place in range(20):
            skills = ["python"]
            skills += ["rust"] if week < 4 and place < 10 else []
            skills += ["cobol"] if week >= 4 and place < 10 else []
            skills += ["sql"] if place < 5 else []
            skills += ["haskell"] if week == 0 and place == 0 else []
            rows.append(job(len(rows), weeks_ago=week + 0.5, skills=" ".join(skills)))
    store(rows)
    count_insights(1)
    found = {each["skill_id"]: each for each in get("skills")["skills"]}
    assert found["python"]["share"]["value"] == 1.0
    assert (found["rust"]["jobs"], found["rust"]["share"]["value"]) == (40, 0.5)
    assert found["rust"]["share"]["low"] < 0.5 < found["rust"]["share"]["high"]
    assert {name: each["trend"] for name, each in found.items()} == {
        "python": "steady",
        "rust": "rising",
        "cobol": "falling",
        "sql": "steady",
    }
    assert "haskell" not in found  # one job says nothing
    assert [week["asking"] for week in found["rust"]["weeks"]] == [0] * 8 + [10] * 4
    assert [each["skill_id"] for each in get("skills", trend="rising")["skills"]] == ["rust"]
    assert [each["skill_id"] for each in get("skills", trend="falling")["skills"]] == ["cobol"]


def test_pay_is_told_by_title_country_and_level_and_little_is_not_told(get: Get) -> None:
    store(
        [
            *(senior(n) for n in range(21)),
            *(job(100 + n, country="FR", **paid(50_000, 50_000)) for n in range(9)),
            *(job(200 + n, country="ES", company="only one", **paid(30_000, 30_000)) for n in range(20)),
            *(job(300 + n, country="DE", salary_estimated=True, **paid(9_000, 9_000)) for n in range(20)),
        ]
    )  # fmt: skip
    count_insights(1)
    (row,) = get("pay", country="DE", level="senior", title="data engineer")["pay"]
    assert (row["title"], row["jobs"], row["currency"]) == ("data engineer", 21, "EUR")
    assert (row["lower"]["value"], row["median"]["value"], row["upper"]["value"]) == (80_000, 85_000, 90_000)
    assert 75_000 < row["median"]["low"] < 85_000 < row["median"]["high"] < 95_000
    assert get("pay", country="FR")["pay"] == []  # nine jobs
    assert get("pay", country="ES")["pay"] == []  # one employer
    assert get("pay", title="data", currency="USD")["pay"] == []


def test_postings_of_one_vacancy_are_one_job(get: Get) -> None:
    made = store([job(n, company=f"c{n}", **paid(50_000, 50_000)) for n in range(14)])
    vacancy = Vacancy.objects.create()
    Listing.objects.bulk_create(Listing(job=each, vacancy=vacancy) for each in made[:5])
    count_insights(1)
    assert {each["jobs"] for each in get("pay")["pay"]} == {10}
    assert [(each["skill_id"], each["jobs"]) for each in get("skills")["skills"]] == [("python", 10)]
    assert {each["jobs"] for each in get("time_to_fill")["times"]} == {10}


def test_time_to_fill_reckons_with_jobs_that_are_still_open(get: Get) -> None:
    rows = [job(n, weeks_ago=8, status="expired") for n in range(12)] + [job(50 + n, weeks_ago=8) for n in range(12)]
    for number, row in enumerate(rows[:12]):
        row.ended_at = row.came + timedelta(days=number + 1)  # type: ignore[attr-defined]
    store([*rows, *(job(90 + n, weeks_ago=8, title="Nurse") for n in range(10))])
    count_insights(1)
    found = {each["title"]: each for each in get("time_to_fill")["times"]}
    engineer = found["data engineer"]
    assert (engineer["jobs"], engineer["closed"]) == (24, 12)
    assert engineer["median_days"]["value"] == pytest.approx(12, abs=0.01)
    assert engineer["still_open"][:3] == [1.0, pytest.approx(17 / 24, abs=1e-3), 0.5]
    assert found["nurse"]["median_days"] is None  # none of them has closed


def test_what_was_counted_today_is_replaced_and_what_is_old_goes(get: Get) -> None:
    store([job(n) for n in range(12)])
    old = Insight.objects.create(day=datetime(2020, 1, 1), kind="skill", name="x", count=1, figures={})
    count_insights(1)
    once = Insight.objects.count()
    count_insights(1)
    assert Insight.objects.count() == once > 0
    assert not Insight.objects.filter(pk=old.pk).exists()


def test_the_funnel_counts_people_who_came_to_each_step_and_hides_few(
    get: Get, cv: CV, other_cv: CV, match: Match
) -> None:
    since = timezone.now() - timedelta(days=30)
    assert count_steps(since=since) == {"uploaded": 2, "read": 2, "matched": 2, "opened": 0, "shortlisted": 0}
    Decision.objects.create(job=match.job, candidate=cv.candidate, stage=Stage.SHORTLISTED)
    assert count_steps(since=since)["shortlisted"] == 0  # nobody has opened it yet
    now = timezone.now()
    CVView.objects.create(user_name="r", cv=cv, candidate=cv.candidate, how="page", hour=now, at=now)
    assert count_steps(since=since) == {"uploaded": 2, "read": 2, "matched": 2, "opened": 1, "shortlisted": 1}
    count_insights(1)
    told = get("funnel")["steps"]
    assert [step["step"] for step in told] == ["uploaded", "read", "matched", "opened", "shortlisted"]
    assert {step["candidates"] for step in told} == {None}
    Insight.objects.filter(kind="funnel", name="uploaded").update(count=LEAST_PEOPLE)
    assert get("funnel")["steps"][0]["candidates"] == LEAST_PEOPLE
    assert Prediction.objects.exists()


def test_the_quality_of_sources_is_kept_day_by_day(get: Get) -> None:
    store([job(n, title="A", **paid(1000, 2000)) for n in range(3)])
    count_insights(1)
    (source,) = get("sources")["sources"]
    assert (source["source"], source["jobs"]) == ("board", 3)
    assert 0 < source["score"] < 100
    assert source["parts"]["pay"] == 1.0


def test_a_candidate_sees_pay_and_skills_of_their_own_titles(
    as_: Callable[[str], Client], people: dict[str, User]
) -> None:
    make_cv(user=people["candidate"])
    work_until_idle()
    store(
        [
            *(job(n, skills="python kubernetes", country="DE", **paid(60_000, 70_000)) for n in range(12)),
            *(job(50 + n, title="Nurse", **paid(40_000, 41_000)) for n in range(12)),
        ]
    )
    count_insights(1)
    client = as_("candidate")
    (title,) = client.get("/api/v1/insights/mine").json()["titles"]
    assert title["title"] == "data engineer"
    assert [row["median"]["value"] for row in title["pay"]] == [65_000]
    assert {skill["skill_id"]: skill["in_cv"] for skill in title["skills"]} == {"python": True, "kubernetes": False}
    page = client.get("/insights/").content.decode()
    assert "Data engineer" in page
    assert "not found in the CV" in page
    assert "nurse" not in page.lower()
    assert client.get("/api/v1/insights/funnel").status_code == 403


def test_the_page_shows_all_of_it_from_few_statements_and_in_german_draws_with_points(
    as_: Callable[[str], Client],
) -> None:
    client = as_("recruiter")
    empty = client.get("/insights/").content.decode()
    assert "Nothing has been counted yet" in empty
    store([job(n, weeks_ago=n % 11 + 0.5, country="DE", **paid(60_000 + n, 70_000)) for n in range(30)])
    count_insights(1)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/insights/", {"title": "data", "country": "DE"}).content.decode()
    assert len(queries) <= 12
    for words in ("Skills in demand", "Pay a year", "Time to fill", "Quality of sources", "data engineer"):
        assert words in page
    german = client.get("/insights/", HTTP_ACCEPT_LANGUAGE="de").content.decode()
    assert 'x="0,' not in german
    assert 'data-value="100,0"' not in german
    assert client.get("/insights/", {"title": "\x00", "country": "nowhere", "level": "x" * 50}).status_code == 200
