"""Matching a text or a file that is not kept: polled, seen by nobody else, gone when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.core.models import Status
from cvmatch.tasks import run_stage
from ingestion.models import CV, Candidate
from ingestion.selectors import list_cvs
from matching.models import Match, MatchTask, Prediction
from matching.services import refresh_words, request_matches
from tests.api.conftest import say_waits
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

DOCUMENT = CV_TEXT.encode()


def ask(client, **body):
    return client.post("/api/v1/match", body, content_type="application/json")


def send(client, content: bytes = DOCUMENT, query: str = ""):
    return client.post(f"/api/v1/match/file{query}", {"file": SimpleUploadedFile("cv.txt", content)})


def test_a_text_is_matched_and_told_how_far_it_is(as_user, candidate) -> None:
    make_job()
    work_until_idle()
    client = as_user(candidate)
    started = ask(client, text=CV_TEXT)
    assert (started.status_code, started["Retry-After"], started.json()["status"]) == (202, "1", "pending")
    waiting = client.get(started["Location"])
    assert (waiting.status_code, waiting.json()["kind"]) == (202, "text")
    run_stage("parse_cvs")
    reading = client.get(started["Location"])
    assert 0 < waiting.json()["progress"] < reading.json()["progress"] < 1
    work_until_idle()
    done = client.get(started["Location"])
    assert (done.status_code, done.json()["status"], done.json()["progress"]) == (200, "completed", 1.0)
    (match,) = done.json()["matches"]
    assert match["explanation"]["findings"]
    explained = client.get(f"/api/v1/matches/{match['id']}/explanation").json()
    assert (explained["status"], explained["explanation"]) == ("completed", match["explanation"])


def test_a_file_is_matched_under_the_filters_of_the_address(as_user, candidate) -> None:
    make_job("1")
    other = make_job("2", remote=True)
    work_until_idle()
    where = send(as_user(candidate), query="?remote=true")["Location"]
    assert as_user(candidate).get(where).status_code == 202
    work_until_idle()
    done = as_user(candidate).get(where)
    assert (done.status_code, [match["job_id"] for match in done.json()["matches"]]) == (200, [other.pk])
    assert (done.json()["progress"], done.json()["kind"]) == (1.0, "file")


def test_a_stored_cv_is_matched_under_filters_page_by_page(as_user, candidate) -> None:
    for number in range(3):
        make_job(str(number), remote=number > 0)
    cv = make_cv(user=candidate)
    work_until_idle()
    where = ask(as_user(candidate), cv_id=cv.pk, filters={"remote": True})["Location"]
    first = as_user(candidate).get(f"{where}?limit=1").json()
    assert [match["rank"] for match in first["matches"]] == [1]
    second = as_user(candidate).get(first["next"]).json()
    assert ([match["rank"] for match in second["matches"]], second["next"]) == ([2], None)


def test_what_came_only_to_be_matched_is_nobodys_candidate(as_user) -> None:
    job = make_job()
    user = make_user("robot", role="service")
    started = ask(as_user(user), text=CV_TEXT)
    work_until_idle()
    cv = CV.objects.get()
    assert not list_cvs(user).exists()
    assert as_user("recruiter").get(f"/api/v1/cvs/{cv.pk}").status_code == 404
    assert as_user("recruiter").get(started["Location"]).status_code == 404
    assert as_user("recruiter").get(f"/api/v1/matches/{Match.objects.get().pk}/explanation").status_code == 404
    assert as_user("recruiter").get(f"/api/v1/predictions/{Prediction.objects.get().pk}").status_code == 404
    request_matches(job=job, requested_by=user)
    refresh_words()
    work_until_idle()
    of_job = Prediction.objects.get(side="cvs")
    assert (of_job.status, of_job.matches.count()) == (Status.COMPLETED, 0)


def test_the_same_text_twice_is_two_tasks_and_no_version_of_ones_own_cv(as_user, candidate) -> None:
    own = make_cv(user=candidate)
    one, two = (ask(as_user(candidate), text=CV_TEXT).json()["task_id"] for _ in range(2))
    own.refresh_from_db()
    assert one != two
    assert (own.is_latest, own.candidate.cvs.count()) == (True, 1)


def test_a_task_whose_time_is_over_is_gone_with_what_came_for_it(
    as_user, candidate, django_capture_on_commit_callbacks
) -> None:
    client = as_user(candidate)
    where = ask(client, text=CV_TEXT)["Location"]
    cv = CV.objects.get()
    past = timezone.now() - timedelta(seconds=1)
    MatchTask.objects.update(expires_at=past)
    CV.objects.update(expires_at=past)
    assert client.get(where).status_code == 410, "at once, before anything is cleaned up"
    with django_capture_on_commit_callbacks(execute=True):
        run_stage("forget_expired")
    assert (CV.objects.count(), Candidate.objects.count()) == (0, 0)
    assert not cv.file.storage.exists(cv.file.name)
    answer = client.get(where)
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    MatchTask.objects.update(expires_at=timezone.now() - timedelta(days=1000))
    run_stage("forget_expired")
    assert client.get(where).status_code == 404


def test_a_dropped_task_is_gone_and_a_stored_cv_stays(as_user, candidate) -> None:
    stored = make_cv(user=candidate)
    client = as_user(candidate)
    for where in (ask(client, text=CV_TEXT)["Location"], ask(client, cv_id=stored.pk)["Location"]):
        assert client.delete(where).status_code == 204
        assert client.get(where).status_code == 410
        assert client.delete(where).status_code == 410
    assert list(CV.objects.all()) == [stored]


def test_a_task_says_that_its_file_could_not_be_read(as_user, candidate) -> None:
    client = as_user(candidate)
    where = send(client, b"%PDF-1.4 but nothing more")["Location"]
    work_until_idle()
    answer = client.get(where).json()
    assert answer["status"] == "failed"
    assert answer["error"]


def test_a_task_of_a_replaced_cv_says_so_instead_of_waiting_for_ever(as_user, candidate) -> None:
    where = ask(as_user(candidate), cv_id=make_cv(user=candidate).pk)["Location"]
    make_cv(CV_TEXT + "\nTerraform", user=candidate)
    work_until_idle()
    answer = as_user(candidate).get(where).json()
    assert (answer["status"], "replaced" in answer["error"]) == ("failed", True)


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": " \n"},
        {"text": "x", "cv_id": 1},
        {"text": "\ud800"},
        {"text": "x", "filters": {"level": ["x"]}},
    ],
)
def test_a_text_that_cannot_be_matched_is_refused_before_anything_is_kept(body, as_user, candidate) -> None:
    answer = ask(as_user(candidate), **body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert not CV.objects.exists()


def test_candidates_of_a_job_have_no_filters(as_user) -> None:
    assert ask(as_user("recruiter"), job_id=make_job().pk, filters={"remote": True}).status_code == 422


def test_a_jobs_candidates_are_looked_for_when_somebody_asks(as_user) -> None:
    job = make_job()
    make_cv()
    work_until_idle()
    client = as_user("recruiter")
    first = client.get(f"/api/v1/jobs/{job.pk}/candidates")
    again = client.get(f"/api/v1/jobs/{job.pk}/candidates")
    assert (first.status_code, first["Retry-After"], again.json()["id"]) == (202, "1", first.json()["id"])
    work_until_idle()
    done = client.get(f"/api/v1/jobs/{job.pk}/candidates")
    assert (done.status_code, len(done.json()["matches"])) == (200, 1)


def test_similar_jobs_are_the_nearest_others_each_vacancy_once(as_user) -> None:
    job = make_job("1")
    near = make_job("2", title="Data Engineer, Platform")
    far = make_job("3", title="Nurse", text="Care for patients on the ward by day and by night.")
    closed = make_job("4")
    closed.status = "expired"
    closed.save(update_fields=["status"])
    work_until_idle()
    found = as_user("candidate").get(f"/api/v1/jobs/{job.pk}/similar").json()
    assert [other["id"] for other in found] == [near.pk, far.pk]
    assert 1 >= found[0]["similarity"] > found[1]["similarity"]


def test_a_job_without_a_vector_has_no_similar_ones_yet(as_user) -> None:
    assert as_user("candidate").get(f"/api/v1/jobs/{make_job().pk}/similar").json() == []


def test_the_versions_of_a_cv_are_listed_and_one_is_erased(as_user, candidate) -> None:
    first = make_cv(user=candidate)
    second = make_cv(CV_TEXT + "\nTerraform", user=candidate)
    work_until_idle()
    client = as_user(candidate)
    versions = client.get(f"/api/v1/cvs/{first.pk}/versions").json()
    assert [(row["id"], row["version"], row["is_latest"]) for row in versions] == [
        (second.pk, 2, True),
        (first.pk, 1, False),
    ]
    assert client.delete(f"/api/v1/cvs/{second.pk}").status_code == 204
    assert client.get(f"/api/v1/cvs/{second.pk}").status_code == 404
    (left,) = client.get(f"/api/v1/cvs/{first.pk}/versions").json()
    assert (left["id"], left["is_latest"]) == (first.pk, True)


def test_accepting_a_request_costs_few_queries(as_user, kept_in_process) -> None:
    client = as_user("recruiter")
    cv = make_cv()
    work_until_idle()
    calls = {
        "upload": lambda: client.post(
            "/api/v1/candidate/upload_and_parse", {"file": SimpleUploadedFile("a.txt", b"A b")}
        ),
        "text": lambda: ask(client, text=CV_TEXT),
        "file": lambda: send(client),
        "CV": lambda: ask(client, cv_id=cv.pk),
    }
    for name, call in calls.items():
        say_waits()
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 202
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 12, (
            name,
            [query["sql"][:60] for query in queries],
        )
