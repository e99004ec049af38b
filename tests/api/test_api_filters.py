"""Filters over HTTP: lists of jobs, their facets, and matches under a filter ranked at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingestion.models import CV
from jobs.models import Job
from jobs.values import Pay, Place
from matching.models import CVEmbedding, Match, Prediction
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db

QUERIES = 12  # one of them counts the call


def fill() -> None:
    now = timezone.now()
    make_job("1", place=Place(city="Berlin", country="DE"), employment_type="FULL_TIME", posted_at=now)
    make_job("2", place=Place(city="Hamburg", country="DE"), pay=Pay(Decimal(80000), None, "EUR"))
    make_job("3", place=Place(city="Paris", country="FR"), posted_at=now - timedelta(days=20))
    # A text of its own: without a town it would be one vacancy with the job in Paris.
    ships = "Our ships carry grain. You run Python on Kubernetes on board and ashore, by night and by day, in storm and calm."
    make_job("4", "Ship Systems Engineer", ships, place=Place(country="FR"), remote=True)


def found(client, query: str) -> set[str]:
    return {job["external_id"] for job in client.get(f"/api/v1/jobs?{query}").json()["items"]}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("country=DE", {"1", "2"}),
        ("country=DE&country=FR", {"1", "2", "3", "4"}),
        ("country=Germany,fr&city=paris", {"3"}),
        ("near=Potsdam&within_km=50", {"1", "4"}),
        ("near=Potsdam&within_km=50&remote=false", {"1"}),
        ("employment_type=full-time", {"1"}),
        ("pay_from=70000&currency=EUR", {"2"}),
        ("posted_within_days=7", {"1"}),
        ("source=test&remote=true", {"4"}),
        ("q=kubernetes&country=FR", {"3", "4"}),
    ],
)
def test_a_list_of_jobs_is_filtered(query: str, ids: set[str], as_user) -> None:
    fill()
    assert found(as_user("candidate"), query) == ids


def test_the_address_of_the_next_page_keeps_every_value_of_every_filter(as_user) -> None:
    fill()
    client = as_user("candidate")
    page = client.get("/api/v1/jobs?country=DE&country=FR&limit=3").json()
    rest = client.get(page["next"]).json()
    assert len(page["items"]) == 3
    assert {job["external_id"] for job in page["items"] + rest["items"]} == {"1", "2", "3", "4"}


@pytest.mark.parametrize("path", ["/jobs", "/jobs/facets", "/cvs/{cv}/matches"])
@pytest.mark.parametrize(
    ("query", "named"),
    [("within_km=20", "within_km"), ("country=Atlantis", "country"), ("pay_from=much&currency=EUR", "pay_from")],
)
def test_a_wrong_filter_is_named_wherever_it_is_sent(path: str, query: str, named: str, as_user, candidate) -> None:
    cv = make_cv(user=candidate)
    answer = as_user(candidate).get(f"/api/v1{path.format(cv=cv.pk)}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert named in answer.json()["detail"]


def test_facets_count_each_choice_with_the_other_filters_applied(as_user) -> None:
    fill()
    facets = as_user("candidate").get("/api/v1/jobs/facets?country=DE&q=python").json()
    counts = {choice["label"]: (choice["count"], choice["chosen"]) for choice in facets["country"]}
    assert counts == {"Germany": (2, True), "France": (2, False)}
    assert {choice["value"] for choice in facets["city"]} == {"berlin", "hamburg"}
    assert facets["currency"] == "EUR"


@pytest.fixture
def cv(candidate) -> CV:
    fill()
    cv = make_cv(user=candidate)
    work_until_idle()
    return cv


def test_matches_under_a_filter_are_ranked_and_explained_at_once_and_not_stored(as_user, candidate, cv: CV) -> None:
    stored = Prediction.objects.count(), Match.objects.count()
    client = as_user(candidate)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/api/v1/cvs/{cv.pk}/matches?country=FR")
    listed = answer.json()
    assert (answer.status_code, listed["id"], listed["status"], listed["side"]) == (200, None, "completed", "jobs")
    assert [match["rank"] for match in listed["matches"]] == [1, 2]
    assert {Job.objects.get(pk=match["job_id"]).country for match in listed["matches"]} == {"FR"}
    for match in listed["matches"]:
        assert match["id"] is None
        assert match["explanation"]["sentences"]
    made = [query for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(made) <= QUERIES, [query["sql"][:80] for query in queries]
    assert (Prediction.objects.count(), Match.objects.count()) == stored


def test_a_job_scores_the_same_under_a_filter_as_in_the_whole_list(as_user, candidate, cv: CV) -> None:
    whole = as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/recommendations").json()["matches"]
    live = as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/matches?country=DE").json()["matches"]
    scores = {match["job_id"]: match["score"] for match in whole}
    assert live
    assert {match["job_id"]: match["score"] for match in live}.items() <= scores.items()


def test_ranked_lists_come_page_by_page_by_rank(as_user, candidate, cv: CV) -> None:
    client = as_user(candidate)
    for address in (f"/api/v1/cvs/{cv.pk}/matches?limit=3", f"/api/v1/cvs/{cv.pk}/recommendations?limit=3"):
        first = client.get(address).json()
        assert [match["rank"] for match in first["matches"]] == [1, 2, 3]
        rest = client.get(first["next"]).json()
        assert [match["rank"] for match in rest["matches"]] == [4]
        assert rest["next"] is None
        assert len({match["job_id"] for match in first["matches"] + rest["matches"]}) == 4


def test_pages_of_a_stored_list_stay_those_of_that_list_though_a_newer_one_is_made(as_user, candidate, cv: CV) -> None:
    client = as_user(candidate)
    first = client.get(f"/api/v1/cvs/{cv.pk}/recommendations?limit=3").json()
    client.post("/api/v1/match", {"cv_id": cv.pk}, content_type="application/json")
    make_job("5")
    work_until_idle()
    assert client.get(first["next"]).json()["id"] == first["id"]


def test_a_cv_that_is_still_being_read_answers_202_and_one_that_failed_says_why(as_user, candidate) -> None:
    cv = make_cv(user=candidate)
    answer = as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/matches?country=DE")
    assert (answer.status_code, answer["Retry-After"], answer.json()["matches"]) == (202, "1", [])
    CV.objects.filter(pk=cv.pk).update(status="failed", error="Empty file.")
    answer = as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/matches?country=DE")
    assert answer.status_code == 422
    assert "Empty file." in answer.json()["detail"]


def test_a_cv_whose_text_changed_waits_for_its_new_vectors(as_user, candidate, cv: CV) -> None:
    CVEmbedding.objects.update(content_hash="another")
    assert as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/matches?country=DE").status_code == 202


def test_what_would_raise_a_score_says_the_rank_that_the_line_has(as_user, candidate, cv: CV) -> None:
    rows = as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/matches?remote=false").json()["matches"]
    raises = [(row["rank"], option) for row in rows for option in row["explanation"]["raises"]]
    assert raises
    assert all(option["rank"] == rank for rank, option in raises)
