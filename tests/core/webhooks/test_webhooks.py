"""Webhooks as those who receive them see them: a local server records what comes and answers well or badly."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import Status, User, Webhook, WebhookDelivery, WebhookEvent
from cvmatch.core.webhooks import (
    create_webhook,
    delete_old_deliveries,
    enable_webhook,
    get_webhook,
    redeliver,
    send_test,
    tell,
)
from cvmatch.core.webhooks.delivering import deliver_webhooks
from ingestion.models import CV
from ingestion.services import receive_cv
from matching.asking import ask_for_content
from matching.models import MatchTask, Prediction
from matching.services import request_matches
from tests.source_server import Asked, Play, SourceServer, answers, hangs, redirects
from tests.support import CV_TEXT, make_cv, make_job, make_user, start_manage, work_until_idle

Served = Callable[..., SourceServer]


@pytest.fixture
def served(settings: Any) -> Iterator[Served]:
    """A server that plays what it is told; webhooks may call it though it is on this machine."""
    settings.WEBHOOKS = {**settings.WEBHOOKS, "allow_private": True, "timeout_s": 2.0}
    servers: list[SourceServer] = []

    def serve(*plays: Play) -> SourceServer:
        servers.append(SourceServer(*plays))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


def hook_to(server: SourceServer, user: User, *events: WebhookEvent) -> tuple[Webhook, str]:
    return create_webhook(user=user, url=f"{server.url}/hook", events=events or list(WebhookEvent))


def is_signed(asked: Asked, secret: str) -> bool:
    """As a receiver checks it, written from the specification."""
    key = base64.b64decode(secret.split("_", 1)[1])
    content = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.{asked.body.decode()}"
    expected = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in asked.headers["webhook-signature"].split(" ")


def due() -> None:
    WebhookDelivery.objects.filter(status=Status.FAILED).update(retry_at=timezone.now())


@pytest.mark.django_db
def test_an_event_is_sent_signed_with_the_secret_of_its_webhook(served: Served) -> None:
    server = served(answers(b"", 204))
    hook, secret = hook_to(server, make_user())
    delivery = send_test(hook)
    deliver_webhooks(limit=10)
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.headers["content-type"]) == ("POST", "/hook", "application/json")
    assert is_signed(asked, secret)
    assert not is_signed(asked, "whsec_" + base64.b64encode(b"another secret of 24 byt").decode())
    assert asked.headers["webhook-id"] == f"msg_{delivery.message_id.hex}"
    assert abs(int(asked.headers["webhook-timestamp"]) - time.time()) < 30
    body = json.loads(asked.body)
    assert (body["type"], body["data"]) == ("webhook.test", {"webhook_id": hook.pk})
    delivery.refresh_from_db()
    assert (delivery.status, delivery.response_status) == (Status.COMPLETED, 204)
    assert delivery.latency_ms is not None


@pytest.mark.django_db
def test_the_secret_is_not_kept_in_the_open(served: Served) -> None:
    hook, secret = hook_to(served(), make_user())
    kept = str(Webhook.objects.filter(pk=hook.pk).values().get())
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept


@pytest.mark.django_db
def test_what_failed_is_tried_again_under_the_same_id_after_a_wait_that_doubles(served: Served) -> None:
    server = served(answers(b"no", 500), answers(b"no", 500), answers(b"", 200))
    hook, secret = hook_to(server, make_user())
    delivery = send_test(hook)
    waits = []
    for _ in range(2):
        deliver_webhooks(limit=10)
        delivery.refresh_from_db()
        assert (delivery.status, delivery.error) == (Status.FAILED, "The server answered 500.")
        assert delivery.response_status == 500
        waits.append(round((delivery.retry_at - timezone.now()).total_seconds() / 60))  # type: ignore[operator]
        assert deliver_webhooks(limit=10).claimed == 0, "it waits for its time"
        due()
    assert waits == [1, 2]
    assert deliver_webhooks(limit=10).done == 1
    assert len({asked.headers["webhook-id"] for asked in server.asked}) == 1
    assert all(is_signed(asked, secret) for asked in server.asked)
    hook.refresh_from_db()
    assert hook.failing_since is None, "it is well again"


@pytest.mark.django_db
@pytest.mark.parametrize(("asked_for", "minutes"), [("600", 10), ("5", 1), ("soon", 1), ("9999999", 360)])
def test_a_server_that_asks_for_time_gets_it_up_to_six_hours(asked_for: str, minutes: int, served: Served) -> None:
    hook, _ = hook_to(served(answers(b"", 503, **{"Retry-After": asked_for})), make_user())
    delivery = send_test(hook)
    deliver_webhooks(limit=10)
    delivery.refresh_from_db()
    assert delivery.retry_at is not None
    assert round((delivery.retry_at - timezone.now()).total_seconds() / 60) == minutes


@pytest.mark.django_db
def test_the_waits_grow_to_six_hours_and_end_after_twelve_attempts(served: Served) -> None:
    hook, _ = hook_to(served(answers(b"", 503)), make_user())
    delivery = send_test(hook)
    waits = []
    for _ in range(12):
        deliver_webhooks(limit=10)
        delivery.refresh_from_db()
        if delivery.retry_at:
            waits.append(round((delivery.retry_at - timezone.now()).total_seconds() / 60))
        due()
        if delivery.attempts == 12:
            assert delivery.retry_at is None
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


@pytest.mark.parametrize(
    ("play", "said"),
    [
        (hangs(10), "There was no answer within 0.5 seconds."),
        (redirects("http://127.0.0.1:1/elsewhere"), "The server answered 302."),
        (answers(b"", 400), "The server answered 400."),
    ],
)
@pytest.mark.django_db
def test_no_answer_a_redirect_and_a_refusal_are_failures(play: Play, said: str, served: Served, settings: Any) -> None:
    settings.WEBHOOKS = {**settings.WEBHOOKS, "timeout_s": 0.5}
    server = served(play)
    delivery = send_test(hook_to(server, make_user())[0])
    deliver_webhooks(limit=10)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == (Status.FAILED, said)
    assert len(server.asked) == 1, "redirects are not followed"


@pytest.mark.django_db
def test_a_server_that_hangs_holds_no_other_webhook_up(served: Served) -> None:
    slow, quick = served(hangs(10)), served(answers(b"", 200))
    user = make_user()
    for server in (slow, slow, quick):
        send_test(hook_to(server, user)[0])
    begun = time.monotonic()
    report = deliver_webhooks(limit=10)
    assert (report.done, report.failed) == (1, 2)
    assert time.monotonic() - begun < 3.5, "both time-outs of 2 s at once"


@pytest.mark.django_db
def test_a_server_that_says_gone_switches_its_webhook_off(served: Served) -> None:
    server = served(answers(b"", 410), answers(b"", 200))
    user = make_user()
    hook, _ = hook_to(server, user)
    gone, next_one = send_test(hook), None
    deliver_webhooks(limit=10)
    hook.refresh_from_db()
    gone.refresh_from_db()
    assert not hook.is_active
    assert "410" in hook.off_reason
    assert gone.retry_at is None
    tell(WebhookEvent.CV_READ, to=User.objects.all(), data=lambda _: {})
    assert WebhookDelivery.objects.count() == 1, "what is off is told of nothing"
    next_one = send_test(hook)
    deliver_webhooks(limit=10)
    next_one.refresh_from_db()
    assert next_one.status == Status.COMPLETED, "a test goes out all the same"
    assert enable_webhook(hook).is_active


@pytest.mark.django_db
def test_what_waited_for_a_webhook_that_was_switched_off_is_not_sent(served: Served) -> None:
    server = served(answers(b"", 200))
    user = make_user()
    hook, _ = hook_to(server, user)
    tell(WebhookEvent.CV_READ, to=User.objects.all(), data=lambda _: {"cv_id": 1})
    Webhook.objects.update(is_active=False)
    deliver_webhooks(limit=10)
    assert server.asked == []
    assert WebhookDelivery.objects.get().error == "The webhook is off."
    enable_webhook(hook)
    redeliver(hook=hook, pk=WebhookDelivery.objects.get().pk)
    deliver_webhooks(limit=10)
    assert len(server.asked) == 1


@pytest.mark.django_db
def test_after_five_days_without_a_success_a_webhook_is_switched_off_and_says_why(served: Served) -> None:
    hook, _ = hook_to(served(answers(b"", 500)), make_user())
    delivery = send_test(hook)
    deliver_webhooks(limit=10)
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=4))
    due()
    deliver_webhooks(limit=10)
    hook.refresh_from_db()
    assert hook.is_active
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=6))
    due()
    deliver_webhooks(limit=10)
    hook.refresh_from_db()
    delivery.refresh_from_db()
    assert not hook.is_active
    assert hook.off_reason == "Every delivery of the last 5 days failed. The last: The server answered 500."


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_it_sends_is_followed_by_one_that_sends_the_same_message(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CVMATCH_WEBHOOK_PRIVATE", "on")
    server = served(hangs(20), answers(b"", 200))
    send_test(hook_to(server, make_user())[0])
    process = start_manage("run_stage", "deliver_webhooks")
    try:
        until = time.monotonic() + 60
        while not server.asked and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        process.kill()
        process.communicate()
    assert len(server.asked) == 1
    assert deliver_webhooks(limit=10).claimed == 0, "its lease holds"
    WebhookDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert deliver_webhooks(limit=10).done == 1
    first, second = server.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://10.1.2.3/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/hook",
        "https://printer.local/hook",
        "https://me:secret@example.com/hook",
        "ftp://example.com/hook",
        "example.com/hook",
        "https:///hook",
        "https://example.com/a b",
        "https://example.com/" + "a" * 500,
    ],
)
@pytest.mark.django_db
def test_an_address_that_is_not_called_makes_no_webhook(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_webhook(user=make_user(), url=url, events=[WebhookEvent.CV_READ])
    assert refused.value.details == {"field": "url"}
    assert not Webhook.objects.exists()


@pytest.mark.django_db
def test_a_name_that_leads_into_the_network_is_not_called(served: Served, settings: Any) -> None:
    server = served(answers(b"", 200))
    hook, _ = hook_to(server, make_user())
    settings.WEBHOOKS = {**settings.WEBHOOKS, "allow_private": False}
    Webhook.objects.update(url=f"http://localhost:{server.port}/hook")
    send_test(hook)
    deliver_webhooks(limit=10)
    assert server.asked == []
    assert WebhookDelivery.objects.get().error == "The address leads into a network and is not called."


@pytest.mark.django_db
def test_nobody_has_more_than_ten_webhooks(served: Served) -> None:
    server, user = served(), make_user()
    for _ in range(10):
        hook_to(server, user)
    with pytest.raises(InvalidInput, match="10 webhooks"):
        hook_to(server, user)


@pytest.mark.django_db
def test_only_its_user_finds_a_webhook_and_its_deliveries(served: Served) -> None:
    hook, _ = hook_to(served(), make_user())
    other = make_user("tom")
    with pytest.raises(NotFound):
        get_webhook(other, hook.pk)
    theirs, _ = hook_to(served(), other)
    with pytest.raises(NotFound):
        redeliver(hook=theirs, pk=send_test(hook).pk)


@pytest.mark.django_db
def test_a_message_that_arrived_is_sent_again_under_its_old_id_when_its_user_says_so(served: Served) -> None:
    server = served(answers(b"", 200))
    hook, _ = hook_to(server, make_user())
    delivery = send_test(hook)
    assert redeliver(hook=hook, pk=delivery.pk).status == Status.PENDING, "it is on its way"
    deliver_webhooks(limit=10)
    redeliver(hook=hook, pk=delivery.pk)
    deliver_webhooks(limit=10)
    assert len({asked.headers["webhook-id"] for asked in server.asked}) == 1
    assert len(server.asked) == 2


@pytest.mark.django_db
def test_deliveries_are_kept_for_thirty_days(served: Served) -> None:
    hook, _ = hook_to(served(), make_user())
    old, new = send_test(hook), send_test(hook)
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    assert delete_old_deliveries(limit=10) == 1
    assert list(WebhookDelivery.objects.all()) == [new]


@pytest.mark.django_db
def test_a_candidate_is_told_that_the_cv_is_read_and_its_matches_are_ready_and_nothing_of_what_it_says(
    served: Served,
) -> None:
    server, user = served(answers(b"", 200)), make_user()
    hook_to(server, user)
    hook_to(served(answers(b"", 200)), make_user("tom"))
    make_job()
    cv = make_cv(user=user)
    work_until_idle()
    prediction = Prediction.objects.get(cv=cv)
    told = {body["type"]: body["data"] for body in (json.loads(asked.body) for asked in server.asked)}
    assert told == {
        "cv.read": {"cv_id": cv.pk, "address": f"/api/v1/cvs/{cv.pk}"},
        "match.ready": {
            "prediction_id": prediction.pk,
            "cv_id": cv.pk,
            "address": f"/api/v1/predictions/{prediction.pk}",
        },
    }
    assert WebhookDelivery.objects.count() == 2, "nobody else was told"
    sent = b" ".join(asked.body for asked in server.asked).decode()
    assert not any(word in sent for word in ("Mara", "Lindqvist", "Python", "Data Engineer"))


@pytest.mark.django_db
def test_whoever_asked_for_a_text_is_told_of_the_task_alone(served: Served) -> None:
    server, user = served(answers(b"", 200)), make_user("recruiter", User.Role.RECRUITER)
    hook_to(server, user)
    make_job()
    task = ask_for_content(
        user=user, content=CV_TEXT.encode(), filename="text.txt", kind=MatchTask.Kind.TEXT, filters={}
    )
    work_until_idle()
    assert [json.loads(asked.body)["data"] for asked in server.asked] == [
        {"task_id": str(task.pk), "address": f"/api/v1/match/{task.pk}"}
    ]


@pytest.mark.django_db
def test_a_jobs_candidates_are_told_to_the_recruiter_who_asked(served: Served) -> None:
    server, user = served(answers(b"", 200)), make_user("recruiter", User.Role.RECRUITER)
    job = make_job()
    make_cv()
    work_until_idle()
    hook_to(server, user, WebhookEvent.MATCH_READY)
    request_matches(job=job, requested_by=user)
    work_until_idle()
    [data] = [json.loads(asked.body)["data"] for asked in server.asked]
    assert data["job_id"] == job.pk


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_is_told_once(served: Served) -> None:
    server, user = served(answers(b"", 200)), make_user()
    hook_to(server, user)
    cv = receive_cv(content=b"%PDF-1.4\nnothing", filename="cv.pdf", uploaded_by=user, interactive=True)
    work_until_idle()
    assert CV.objects.get(pk=cv.pk).status == Status.FAILED
    assert [json.loads(asked.body)["type"] for asked in server.asked] == ["cv.failed"]


@pytest.mark.django_db
def test_an_event_is_told_only_if_what_it_tells_is_kept(served: Served) -> None:
    user = make_user()
    hook_to(served(), user)

    with transaction.atomic():
        tell(WebhookEvent.CV_READ, to=User.objects.filter(pk=user.pk), data=lambda _: {"cv_id": 1})
        assert WebhookDelivery.objects.exists()
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()
