"""Idempotency keys: a write is done once, however often it is sent, and its answer is given again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from cvmatch.core.auth import create_key
from cvmatch.core.http_api import once as once_module
from cvmatch.core.http_api.once import KEPT, delete_old_calls
from cvmatch.core.models import IdempotentCall
from ingestion.models import CV
from jobs.models import Job
from tests.support import CV_TEXT, make_user

UPLOAD, PUSH = "/api/v1/candidate/upload_and_parse", "/api/v1/jobs?source=acme"
KEY = "5d0c7a1e-upload-1"


def upload(client: Client, text: str = CV_TEXT, key: str = KEY, name: str = "cv.txt") -> Any:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, text.encode())}, headers={"Idempotency-Key": key})


def push(client: Client, title: str = "Data Engineer", key: str = KEY, **more: Any) -> Any:
    body = [{"external_id": "a-1", "title": title, **more}]
    return client.post(PUSH, body, content_type="application/json", headers={"Idempotency-Key": key})


@pytest.mark.django_db
def test_an_upload_that_is_sent_twice_is_one_cv_and_gets_the_same_answer(as_user: Any, candidate: Any) -> None:
    client = as_user(candidate)
    first, second = upload(client), upload(client)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert [second[name] for name in ("Location", "Retry-After", "Content-Type", "Idempotent-Replayed")] == [
        first["Location"], first["Retry-After"], first["Content-Type"], "true",
    ]  # fmt: skip
    assert "Idempotent-Replayed" not in first
    assert CV.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_request_is_refused(as_user: Any, candidate: Any) -> None:
    client = as_user(candidate)
    upload(client)
    for other in (upload(client, text=CV_TEXT + "Rust"), upload(client, name="other.txt"), push(client)):
        assert other.status_code == 422
        assert other.json()["type"] == "/docs/errors#key-reused"
    assert CV.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_of_another_user_is_another_key(as_user: Any, candidate: Any, other_candidate: Any) -> None:
    assert upload(as_user(candidate)).json()["id"] != upload(as_user(other_candidate)).json()["id"]


@pytest.mark.django_db
def test_without_a_key_every_upload_counts(as_user: Any, candidate: Any) -> None:
    client = as_user(candidate)
    for text in (CV_TEXT, CV_TEXT + "Rust"):
        client.post(UPLOAD, {"file": SimpleUploadedFile("cv.txt", text.encode())})
    assert CV.objects.count() == 2
    assert not IdempotentCall.objects.exists()


@pytest.mark.django_db
def test_a_mistake_is_answered_the_same_again_and_a_new_key_gets_a_new_answer(as_user: Any) -> None:
    client = as_user("recruiter")
    answers = [push(client, title=""), push(client, title=""), push(client, key="next")]
    assert [answer.status_code for answer in answers] == [422, 422, 200]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert answers[1]["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_what_failed_on_our_side_may_be_sent_again(as_user: Any, settings: Any) -> None:
    client, pipeline = as_user("recruiter"), settings.PIPELINE
    settings.PIPELINE = "no.such.table"
    assert push(client).status_code == 500
    settings.PIPELINE = pipeline
    assert push(client).json()["created"] == 1


@pytest.mark.django_db
def test_a_refusal_of_the_caller_is_not_kept(as_user: Any, candidate: Any) -> None:
    client = as_user(candidate)
    assert push(client).status_code == 403
    candidate.role = "recruiter"
    candidate.save()
    assert push(as_user(candidate)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "x" * 201, "schlüssel", "two words"])
def test_a_key_that_cannot_be_one_is_said(as_user: Any, key: str) -> None:
    answer = push(as_user("recruiter"), key=key.encode().decode("latin-1"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "header.Idempotency-Key"


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_exactly_one_does_the_work() -> None:
    secret = create_key(user=make_user(), name="phone")

    def one(_: int) -> Any:
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        try:
            return upload(client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert CV.objects.count() == 1
    done = [answer for answer in answers if answer.status_code == 202]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(waiting) == 8
    assert len([answer for answer in done if "Idempotent-Replayed" not in answer]) == 1
    assert len({answer.content for answer in done}) == 1
    for answer in waiting:
        assert answer.json()["type"] == "/docs/errors#call-running"
        assert answer["Retry-After"] == "1"


@pytest.mark.django_db
def test_a_call_whose_process_died_can_be_made_again_once_its_lease_is_over(as_user: Any) -> None:
    client = as_user("recruiter")
    push(client)
    IdempotentCall.objects.update(status=None, answer=None)
    assert push(client).status_code == 409
    IdempotentCall.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    again = push(client)
    assert again.json()["unchanged"] == 1
    assert push(client).json() == again.json()


@pytest.mark.django_db
def test_an_answer_that_is_too_long_is_not_kept_but_the_work_is_not_done_twice(
    as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once_module, "LONGEST_BYTES", 10)
    client = as_user("recruiter")
    push(client)
    Job.objects.all().delete()
    again = push(client)
    assert (again.status_code, again.json()["type"]) == (409, "/docs/errors#answer-not-kept")
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_neither_key_nor_answer_can_be_read_in_the_database(as_user: Any, candidate: Any) -> None:
    upload(as_user(candidate))
    call = IdempotentCall.objects.get()
    stored = " ".join(str(getattr(call, field.name)) for field in IdempotentCall._meta.fields)
    assert KEY not in stored
    assert b"cv.txt" not in bytes(call.answer or b"")
    assert "cv.txt" not in stored


@pytest.mark.django_db
def test_after_a_day_a_key_can_be_used_anew_and_what_was_kept_goes(as_user: Any, candidate: Any) -> None:
    client = as_user("recruiter")
    push(client)
    IdempotentCall.objects.update(started_at=timezone.now() - KEPT - timedelta(minutes=1))
    other = push(client, title="Another one")
    assert other.json()["updated"] == 1
    upload(as_user(candidate))
    assert delete_old_calls(limit=10) == 0
    IdempotentCall.objects.update(started_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert (delete_old_calls(limit=1), delete_old_calls(limit=10)) == (1, 1)
