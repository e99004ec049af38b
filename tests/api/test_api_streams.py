"""Streams: many jobs in and out, many matches asked for and read, a line each."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ingestion.api import bulk
from jobs.models import Job
from matching.models import MatchTask, Prediction
from matching.services import request_matches
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


def lines(answer) -> list[dict]:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.getvalue().splitlines()]


def push(client, body: str, **headers: str):
    return client.post("/api/v1/bulk/jobs?source=acme", body, content_type="application/x-ndjson", headers=headers)


def posting(number: int, **values: object) -> str:
    return json.dumps({"external_id": f"acme-{number}", "title": f"Engineer {number}", **values})


def test_each_line_of_a_stream_is_answered_and_the_good_ones_are_stored(as_user) -> None:
    body = "\n".join([posting(1), "", "no json", posting(2, country="Germany"), posting(3)])
    *answers, last = lines(push(as_user("recruiter"), body))
    assert [(line["line"], line["status"]) for line in answers] == [
        (1, "stored"),
        (3, "rejected"),
        (4, "rejected"),
        (5, "stored"),
    ]
    assert answers[2]["error"].startswith("country: ")
    assert last == {"counts": {"created": 2, "updated": 0, "unchanged": 0, "failed": 2}}
    assert set(Job.objects.values_list("external_id", flat=True)) == {"acme-1", "acme-3"}


def test_a_stream_is_stored_page_by_page_and_safe_to_repeat(as_user, monkeypatch) -> None:
    monkeypatch.setattr(bulk, "PAGE", 2)
    body = "\n".join(posting(number) for number in range(5))
    client = as_user("recruiter")
    assert lines(push(client, body))[-1]["counts"]["created"] == 5
    assert lines(push(client, body))[-1]["counts"] == {"created": 0, "updated": 0, "unchanged": 5, "failed": 0}


def test_a_line_or_a_stream_that_is_too_long_is_refused(as_user, monkeypatch) -> None:
    monkeypatch.setattr(bulk, "MAX_LINE_BYTES", 200)
    long = posting(1, description="x" * 1000)
    first, second, _ = lines(push(as_user("recruiter"), f"{long}\n{posting(2)}\n"))
    assert (first["status"], second["external_id"]) == ("rejected", "acme-2")
    monkeypatch.setattr(bulk, "MAX_LINES", 1)
    assert push(as_user("recruiter"), f"{posting(1)}\n{posting(2)}\n").status_code == 422


def test_a_stream_without_a_length_is_refused_instead_of_being_taken_for_empty(as_user) -> None:
    answer = push(as_user("recruiter"), posting(1), **{"Transfer-Encoding": "chunked"})
    assert (answer.status_code, "Content-Length" in answer.json()["detail"]) == (422, True)


def test_all_open_jobs_come_out_under_the_filters_page_by_page(as_user, monkeypatch) -> None:
    monkeypatch.setattr(bulk, "PAGE", 2)
    jobs = [make_job(str(number), remote=number % 2 == 0) for number in range(5)]
    client = as_user("recruiter")
    assert [line["id"] for line in lines(client.get("/api/v1/bulk/jobs"))] == [job.pk for job in jobs]
    remote = lines(client.get("/api/v1/bulk/jobs?remote=true&q=python"))
    assert [line["id"] for line in remote] == [job.pk for job in jobs if job.remote]
    assert remote[0] == client.get(f"/api/v1/jobs/{jobs[0].pk}").json()


def test_many_cvs_are_asked_for_at_once_and_each_is_answered(as_user, candidate) -> None:
    make_job()
    cvs = [make_cv(CV_TEXT.replace("Mara", name), user=make_user(name)) for name in ("Ada", "Eva")]
    old = make_cv(user=candidate)
    make_cv(CV_TEXT + "\nTerraform", user=candidate)
    work_until_idle()
    client = as_user("recruiter")
    wanted = [cvs[0].pk, 999_999, old.pk, cvs[1].pk, cvs[0].pk]
    first, unknown, replaced, second = lines(
        client.post("/api/v1/bulk/match", {"cv_ids": wanted}, content_type="application/json")
    )
    assert "no such CV" in unknown["error"]
    assert "newer version" in replaced["error"]
    work_until_idle()
    for task in (first, second):
        done = client.get(task["location"]).json()
        assert (done["status"], done["cv_id"], len(done["matches"])) == ("completed", task["cv_id"], 1)


def test_asking_for_more_cvs_costs_no_more_queries(as_user) -> None:
    cvs = [make_cv(CV_TEXT.replace("Mara", f"Mara{number}")) for number in range(6)]
    client = as_user("recruiter")

    def cost(wanted: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.post("/api/v1/bulk/match", {"cv_ids": wanted}, content_type="application/json").getvalue()
        return len(queries)

    assert cost([cv.pk for cv in cvs]) == cost([cvs[0].pk])
    assert MatchTask.objects.count() == 7


def test_a_candidate_can_only_ask_for_their_own(as_user, candidate) -> None:
    own, other = make_cv(user=candidate), make_cv(user=make_user("b"))
    body = {"cv_ids": [own.pk, other.pk]}
    mine, theirs = lines(as_user(candidate).post("/api/v1/bulk/match", body, content_type="application/json"))
    assert ("task_id" in mine, "error" in theirs) == (True, True)
    assert Prediction.objects.count() == 1


def test_a_list_comes_out_line_by_line(as_user, candidate) -> None:
    jobs = [make_job(str(number)) for number in range(3)]
    cv = make_cv(user=candidate)
    work_until_idle()
    client = as_user(candidate)
    out = lines(client.get(f"/api/v1/bulk/matches?cv_id={cv.pk}"))
    assert out == client.get(f"/api/v1/cvs/{cv.pk}/recommendations").json()["matches"]
    assert client.get(f"/api/v1/bulk/matches?job_id={jobs[0].pk}").status_code == 403
    assert as_user("recruiter").get(f"/api/v1/bulk/matches?job_id={jobs[0].pk}").status_code == 404
    request_matches(job=jobs[0], requested_by=None)
    work_until_idle()
    (match,) = lines(as_user("recruiter").get(f"/api/v1/bulk/matches?job_id={jobs[0].pk}"))
    assert match["cv_id"] == cv.pk
    assert client.get("/api/v1/bulk/matches").status_code == 422
