"""Asking for matches over HTTP, polling them, and what each answer costs the database."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from cvmatch.core.models import Status, User
from cvmatch.dashboard import cache_check
from cvmatch.tasks import run_stage
from ingestion.models import CV
from jobs.models import Job
from matching.models import Explanation, Match, Prediction
from matching.services import request_matches
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

QUERIES = 12


def ask(client, **body):
    return client.post("/api/v1/match", body, content_type="application/json")


def test_a_match_is_asked_for_polled_and_there(as_user, candidate) -> None:
    make_job()
    cv = make_cv(user=candidate)
    work_until_idle()
    client = as_user(candidate)
    started = ask(client, cv_id=cv.pk)
    assert (started.status_code, started.json()["status"], started["Retry-After"]) == (202, "pending", "1")
    assert started["Location"] == f"/api/v1/match/{started.json()['task_id']}"
    polled = client.get(started["Location"])
    assert (polled.status_code, polled["Retry-After"]) == (202, "1")
    work_until_idle()
    polled = client.get(started["Location"])
    assert (polled.status_code, "Retry-After" in polled, polled.json()["status"]) == (200, False, "completed")
    (match,) = polled.json()["matches"]
    assert 0 <= float(match["low"]) <= float(match["score"]) <= float(match["high"]) <= 100
    assert 0 < sum(part["weight"] for part in match["parts"]) <= 1  # less where little can be relied on


def test_a_recruiter_asks_for_a_jobs_candidates(as_user) -> None:
    job = make_job()
    make_cv()
    work_until_idle()
    started = ask(as_user("recruiter"), job_id=job.pk)
    work_until_idle()
    listed = as_user("recruiter").get(started["Location"]).json()
    assert (listed["side"], listed["job_id"], listed["cv_id"]) == ("cvs", job.pk, None)
    assert [match["title"] for match in listed["matches"]] == ["Data Engineer"]


def test_asking_twice_gives_the_task_that_is_being_worked_on(as_user, candidate) -> None:
    cv = make_cv(user=candidate)
    work_until_idle()
    first, second = ask(as_user(candidate), cv_id=cv.pk), ask(as_user(candidate), cv_id=cv.pk)
    assert first.json()["task_id"] == second.json()["task_id"]
    work_until_idle()
    assert OrmQ.objects.count() == 0


@pytest.mark.parametrize("body", [{}, {"cv_id": 1, "job_id": 1}, {"cv_id": "x"}])
def test_a_question_that_names_neither_or_both_is_refused(body, as_user) -> None:
    answer = ask(as_user("recruiter"), **body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_asking_for_what_is_not_there_is_not_found(as_user) -> None:
    closed = make_job()
    closed.status = "expired"
    closed.save(update_fields=["status"])
    client = as_user("recruiter")
    assert ask(client, job_id=closed.pk).status_code == 404
    assert ask(client, cv_id=999_999).status_code == 404
    assert ask(client, cv_id=10**30).status_code == 404
    assert client.get("/api/v1/match/999999").status_code == 422
    assert client.get(f"/api/v1/match/{uuid4()}").status_code == 404


def test_a_match_that_failed_says_why(as_user, candidate) -> None:
    cv = make_cv(user=candidate)
    where = ask(as_user(candidate), cv_id=cv.pk)["Location"]
    Prediction.objects.update(status=Status.FAILED, error="It broke.")
    answer = as_user(candidate).get(where)
    assert (answer.status_code, answer.json()["status"], answer.json()["error"]) == (200, "failed", "It broke.")


def test_an_explanation_that_is_still_being_written_is_null(as_user, candidate) -> None:
    make_job()
    cv = make_cv(user=candidate)
    for stage in ("parse_cvs", "embed_cvs", "embed_jobs", "match_cvs"):
        run_stage(stage)
    (match,) = as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/recommendations").json()["matches"]
    assert match["explanation"] is None


def addresses(cv_pk: int, job_pk: int, jobs_for_cv: str, cvs_for_job: str) -> dict[str, str]:
    return {
        "jobs": "/api/v1/jobs",
        "search": "/api/v1/jobs?q=python",
        "job": f"/api/v1/jobs/{job_pk}",
        "cvs": "/api/v1/cvs",
        "cv": f"/api/v1/cvs/{cv_pk}",
        "status": f"/api/v1/cvs/{cv_pk}/status",
        "recommendations": f"/api/v1/cvs/{cv_pk}/recommendations",
        "match": f"/api/v1/match/{jobs_for_cv}",
        "candidates": f"/api/v1/match/{cvs_for_job}",
        "health": "/api/v1/admin/system_health",
        "versions": f"/api/v1/cvs/{cv_pk}/versions",
        "similar": f"/api/v1/jobs/{job_pk}/similar",
        "candidates of a job": f"/api/v1/jobs/{job_pk}/candidates",
        "explanation": f"/api/v1/matches/{Match.objects.order_by('pk').last().pk}/explanation",
        "all jobs": "/api/v1/bulk/jobs",
        "all matches": f"/api/v1/bulk/matches?job_id={job_pk}",
        "pipeline": "/api/v1/admin/pipeline_status",
        "performance": "/api/v1/admin/performance_dashboard",
        "evaluation": "/api/v1/admin/evaluation_metrics",
    }


def test_no_answer_costs_more_queries_with_more_rows(as_user) -> None:
    client = as_user("admin")

    def fill(numbers: range) -> dict[str, str]:
        for number in numbers:
            job = make_job(str(number))
            cv = make_cv(CV_TEXT.replace("Mara", f"Mara{number}"), user=make_user(f"c{number}"))
        work_until_idle()
        ids = [ask(client, cv_id=cv.pk).json()["task_id"], ask(client, job_id=job.pk).json()["task_id"]]
        work_until_idle()
        return addresses(cv.pk, job.pk, *ids)

    few = costs(client.get, fill(range(2)))
    many = costs(client.get, fill(range(2, 15)))
    assert many == few
    assert max(many.values()) <= QUERIES, many


def costs(get: Callable, found: dict[str, str]) -> dict[str, int]:
    counted = {}
    cache_check()  # which asks the cache for more than an entry every half a minute
    for name, address in found.items():
        with CaptureQueriesContext(connection) as queries:
            answer = get(address)
            assert answer.status_code == 200, address
            assert b"".join(answer) if answer.streaming else answer.content
        counted[name] = len(queries)
    return counted


def test_those_who_read_blind_get_lists_and_explanations_without_the_person(as_user) -> None:
    recruiter = make_user("rita", role="recruiter")
    make_job()
    cv = make_cv()
    work_until_idle()
    CV.objects.filter(pk=cv.pk).update(label="Mara Lindqvist, Data Engineer, mara@example.com")
    job = Job.objects.get()
    request_matches(job=job, requested_by=None)
    work_until_idle()
    match = Match.objects.get(prediction__side="cvs")
    Explanation.objects.filter(match=match).update(
        body_json={"points": [{"text": "LINDQVIST knows Python"}], "rank": 1}
    )

    def told() -> list[str]:
        client = as_user(User.objects.get(username="rita"))
        paths = (
            f"/jobs/{job.pk}/candidates", f"/predictions/{match.prediction_id}", f"/matches/{match.pk}/explanation",
            f"/bulk/matches?job_id={job.pk}",
        )  # fmt: skip
        answers = [client.get(f"/api/v1{path}") for path in paths]
        return [(b"".join(one.streaming_content) if one.streaming else one.content).decode() for one in answers]

    names = ("Mara", "Lindqvist", "LINDQVIST", "mara@example.com")
    assert all("LINDQVIST" in answer for answer in told())
    User.objects.filter(pk=recruiter.pk).update(reads_blind=True)
    blind = told()
    assert [name for name in names for answer in blind if name in answer] == []
    assert all("Data Engineer" in answer for i, answer in enumerate(blind) if i != 2)
    assert all("knows Python" in answer for answer in blind)
