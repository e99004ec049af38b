"""CVs fitted to a job over HTTP: asked for, polled, answered again from the row, as files, many at once, and cancelled."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cvmatch.core.models import Status, User
from ingestion.erasing import erase_cv
from ingestion.models import CV, CVView
from jobs.models import Job
from matching.models import Tailoring, TailoringBatch
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

As = Callable[[User | str], Client]


@pytest.fixture
def pair(candidate: User) -> tuple[CV, Job]:
    job = make_job()
    cv = make_cv(user=candidate)
    work_until_idle()
    cv.refresh_from_db()
    return cv, job


def ask(client: Client, cv: CV, job: Job, **more: str):
    body = {"cv_id": cv.pk, "job_id": job.pk, **more}
    return client.post("/api/v1/optimise", body, content_type="application/json")


def ask_many(client: Client, cvs: list[int], jobs: list[int]):
    body = {"cv_ids": cvs, "job_ids": jobs}
    return client.post("/api/v1/optimise/bulk", body, content_type="application/json")


def test_a_cv_is_fitted_to_a_job_and_the_same_pair_is_answered_from_the_row(as_user: As, candidate: User, pair) -> None:
    cv, job = pair
    client = as_user(candidate)
    started = ask(client, cv, job)
    assert (started.status_code, started["Retry-After"], started.json()["status"]) == (202, "1", "pending")
    assert client.get(started["Location"]).status_code == 202
    work_until_idle()
    done = client.get(started["Location"])
    found = done.json()
    assert (done.status_code, found["status"]) == (200, "completed")
    assert found["score_after"] >= found["score_before"] > 0
    assert found["text_before"].split() == cv.text.split()
    assert {gap["skill"] for gap in found["gaps"]} == {"Kubernetes", "Terraform"}
    assert not {"Kubernetes", "Terraform"} & set(found["text_after"].replace(",", " ").split())
    with CaptureQueriesContext(connection) as queries:
        again = ask(client, cv, job)
    assert (again.status_code, again.json()) == (200, found)
    # Whether it is there, the row, and what was made; the second answer asks no more than the first (see the next test).
    assert sum("matching_tailoring" in query["sql"] for query in queries) == 3
    assert Tailoring.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_answered_before_is_given_again_without_reading_what_was_made(
    as_user: As, pair, kept_in_process: None
) -> None:
    client = as_user("recruiter")
    where = ask(client, *pair)["Location"]
    work_until_idle()
    done = client.get(where)
    again, asked_again = client.get(where), ask(client, *pair)
    assert done.json()["edits"]
    assert asked_again["Location"] == where
    assert again.json() == asked_again.json() == done.json()
    with CaptureQueriesContext(connection) as queries:
        assert [client.get(where).content, ask(client, *pair).content] == [again.content, asked_again.content]
    assert [query["sql"] for query in queries if "body_json" in query["sql"]] == []
    assert CVView.objects.count() == 1, "who looks is noted once an hour"
    CV.objects.update(content_hash="another")
    assert (done.json()["is_current"], client.get(where).json()["is_current"]) == (True, False)


def test_the_new_cv_is_given_as_word_and_pdf_once_it_is_there(as_user: As, candidate: User, pair) -> None:
    client = as_user(candidate)
    where = ask(client, *pair)["Location"]
    early = client.get(f"{where}/file?format=docx")
    assert (early.status_code, early["Content-Type"]) == (409, "application/problem+json")
    work_until_idle()
    files = client.get(where).json()["files"]
    word, pdf = (client.get(files[kind]) for kind in ("docx", "pdf"))
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(word.content)).paragraphs)
    assert "Nordlicht Analytics" in text
    assert pdf.content.startswith(b"%PDF")
    assert {answer["Content-Disposition"].split(";")[0] for answer in (word, pdf)} == {"attachment"}
    assert client.get(f"{where}/file?format=exe").status_code == 422


def test_nobody_has_the_cv_of_somebody_else_fitted_or_sees_it(as_user: As, candidate: User, pair) -> None:
    stranger = as_user("candidate")
    assert ask(stranger, *pair).status_code == 404
    where = ask(as_user(candidate), *pair)["Location"]
    work_until_idle()
    for address in (where, f"{where}/file", f"/api/v1/optimise/estimate?cv_id={pair[0].pk}&job_id={pair[1].pk}"):
        assert stranger.get(address).status_code == 404
    assert ask_many(stranger, [pair[0].pk], [pair[1].pk]).status_code == 404
    assert not CVView.objects.exists()
    assert as_user("recruiter").get(where).status_code == 200
    assert [view.how for view in CVView.objects.all()] == [CVView.How.API]


def test_what_was_made_of_a_cv_that_is_withheld_is_shown_to_its_candidate_only(
    as_user: As, candidate: User, pair
) -> None:
    where = ask(as_user(candidate), *pair)["Location"]
    work_until_idle()
    assert as_user("recruiter").get(where).status_code == 200
    pair[0].candidate.__class__.objects.update(is_withheld=True)
    assert as_user("recruiter").get(where).status_code == 404
    assert ask(as_user("recruiter"), *pair).status_code == 404
    assert as_user(candidate).get(where).status_code == 200


def test_who_reads_blind_is_shown_edits_without_the_person_and_no_cv_as_a_whole(as_user: As, pair) -> None:
    recruiter = make_user("rita", User.Role.RECRUITER)
    User.objects.filter(pk=recruiter.pk).update(reads_blind=True)
    client = as_user(User.objects.get(pk=recruiter.pk))
    where = ask(client, *pair)["Location"]
    work_until_idle()
    answer = client.get(where)
    found = answer.json()
    assert (found["text_before"], found["text_after"], found["diff"]) == (None, None, None)
    assert found["gaps"]
    assert "Mara" not in answer.content.decode()
    assert client.get(f"{where}/file").status_code == 403


def test_what_cannot_be_done_is_said_before_anything_is_kept(as_user: As, candidate: User, pair) -> None:
    cv, job = pair
    client = as_user(candidate)
    newer = make_cv(CV_TEXT + "\nTerraform\n", user=candidate)
    assert ask(client, cv, job).status_code == 422, "it was replaced"
    assert ask(client, newer, job).status_code == 409, "it is still being read"
    assert ask(client, newer, job, by="model").status_code == 422, "no model is set up"
    Job.objects.filter(pk=job.pk).update(status="expired")
    assert ask(client, cv, job).status_code == 404
    assert not Tailoring.objects.exists()


def test_a_changed_cv_is_fitted_anew_and_the_old_one_says_that_it_is_old(as_user: As, candidate: User, pair) -> None:
    cv, job = pair
    client = as_user(candidate)
    old = ask(client, cv, job)["Location"]
    work_until_idle()
    change = {"path": "work[0].position", "value": "Senior Data Engineer"}
    assert client.post(f"/api/v1/cvs/{cv.pk}/corrections", change, content_type="application/json").status_code < 300
    work_until_idle()
    new = ask(client, cv, job)
    assert (new.status_code, new["Location"] == old) == (202, False)
    assert client.get(old).json()["is_current"] is False


def test_a_tailoring_goes_with_its_cv(as_user: As, candidate: User, pair) -> None:
    client = as_user(candidate)
    where = ask(client, *pair)["Location"]
    work_until_idle()
    erase_cv(cv=pair[0], by=candidate)
    assert not Tailoring.objects.exists()
    assert client.get(where).status_code == 404


def test_what_failed_is_tried_again_when_somebody_asks_again(as_user: As, candidate: User, pair) -> None:
    client = as_user(candidate)
    where = ask(client, *pair)["Location"]
    Tailoring.objects.update(status=Status.FAILED, error="The disk was full.", retry_at=None)
    failed = client.get(where)
    assert (failed.status_code, failed.json()["error"]) == (200, "The disk was full.")
    assert (ask(client, *pair).status_code, Tailoring.objects.get().status) == (202, Status.PENDING)
    work_until_idle()
    assert client.get(where).json()["status"] == "completed"


def test_many_cvs_are_fitted_to_one_job_with_progress(as_user: As, pair) -> None:
    cv, job = pair
    other = make_cv(CV_TEXT.replace("Mara", "Ada"))
    work_until_idle()
    client = as_user("recruiter")
    started = ask_many(client, [cv.pk, other.pk, 0, cv.pk], [job.pk])
    found = started.json()
    assert (started.status_code, found["total"], found["waiting"], found["progress"]) == (202, 2, 2, 0)
    assert [(one["cv_id"], bool(one["error"])) for one in found["not_made"]] == [(0, True)]
    assert client.get(started["Location"]).status_code == 202
    work_until_idle()
    done = client.get(f"{started['Location']}?limit=1")
    found = done.json()
    assert (done.status_code, found["status"], found["done"], found["progress"]) == (200, "completed", 2, 1)
    (first,) = found["items"]
    assert (first["cv_id"], client.get(first["location"]).json()["status"]) == (cv.pk, "completed")
    assert [one["cv_id"] for one in client.get(found["next"]).json()["items"]] == [other.pk]
    assert ask_many(client, [cv.pk, other.pk], [job.pk]).json()["done"] == 2, "nothing is made twice"


def test_one_cv_is_fitted_to_many_jobs_and_what_waits_is_taken_back(as_user: As, candidate: User, pair) -> None:
    cv, job = pair
    jobs = [job.pk, *(make_job(str(number)).pk for number in range(2, 5))]
    work_until_idle()
    client = as_user(candidate)
    single = ask(client, cv, job)["Location"]
    theirs = ask_many(as_user("recruiter"), [cv.pk], jobs[1:2])["Location"]
    where = ask_many(client, [cv.pk], jobs)["Location"]
    assert as_user("recruiter").get(where).status_code == 404, "whoever asked sees it, nobody else"
    assert as_user("recruiter").delete(where).status_code == 404
    stopped = client.delete(where).json()
    assert (stopped["gone"], stopped["waiting"]) == (2, 2), "what others or people wait for stays"
    work_until_idle()
    assert client.get(where).json()["status"] == "cancelled"
    assert client.get(single).json()["status"] == "completed"
    assert as_user("recruiter").get(theirs).json()["done"] == 1


def test_many_at_once_have_one_side_and_the_limit_of_bulk_work(as_user: As, pair, settings) -> None:
    cv, job = pair
    client = as_user("recruiter")
    assert ask_many(client, [cv.pk, cv.pk + 1], [job.pk, job.pk + 1]).status_code == 422
    assert not TailoringBatch.objects.exists()
    settings.THROTTLE = {"bulk": "2/min"}
    statuses = [ask_many(client, [cv.pk], [job.pk]).status_code for _ in range(3)]
    assert statuses[-1] == 429
    assert client.get("/api/v1/jobs").status_code == 200
