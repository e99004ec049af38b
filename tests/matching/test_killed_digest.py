"""Whoever is killed while people are told of matches leaves nothing untold, and tells nothing twice.

The stage is worked in a copy of this process that is killed with SIGKILL; e-mails go to a mail server that keeps them.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cvmatch.core.models import Status, User, Webhook, WebhookDelivery
from matching.alerts.subscribing import Cadence, Kind, subscribe
from matching.models import Alert, AlertDigest, AlertSubscription
from matching.stages import send_alerts
from tests.killing import killed, started, was_killed
from tests.mail_server import MailServer
from tests.matching.test_alerts import listed, read_cv
from tests.support import make_job, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 10
    settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "", False, False
    yield server
    server.close()


@pytest.fixture
def new() -> list[int]:
    """A list with one job that somebody is to be told of at once, by e-mail and by webhook."""
    mara = make_user("mara")
    User.objects.filter(pk=mara.pk).update(email="mara@example.com")
    cv = read_cv(mara)
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    Webhook.objects.create(user=mara, url="https://example.com/x", events=["alert.matches"], secret="")
    return [listed(cv, (make_job(), "80")).pk]


def untell() -> None:
    for model in (Alert, AlertDigest, WebhookDelivery):
        model.objects.all().delete()
    AlertSubscription.objects.update(due_at=timezone.now() + timedelta(days=1))


def go_on(new: list[int]) -> None:
    """What the next worker does once the lease of the dead one has lapsed."""
    AlertDigest.objects.filter(status=Status.PROCESSING).update(lease_until=timezone.now() - timedelta(seconds=1))
    send_alerts(10, new)


def told() -> tuple[int, int, int, list[str]]:
    """Lines on the page, digests, deliveries of webhooks, and how the e-mails stand."""
    states = list(AlertDigest.objects.values_list("status", flat=True))
    return Alert.objects.count(), len(states), WebhookDelivery.objects.count(), states


def test_a_digest_that_is_killed_at_any_statement_is_told_once_everywhere(post: MailServer, new: list[int]) -> None:
    killed_at, goes_on = 0, True
    while goes_on:
        killed_at += 1
        untell()
        post.taken.clear()
        goes_on = killed(lambda: send_alerts(10, new), at=killed_at)
        go_on(new)
        go_on(new)
        assert told() == (1, 1, 1, [Status.COMPLETED]), f"killed at statement {killed_at}"
        assert len(post.taken) == 1, f"killed at statement {killed_at}"
    assert killed_at > 10, "so many statements there are at least"


def test_only_between_the_answer_of_the_server_and_the_commit_an_e_mail_comes_twice_and_under_the_same_number(
    post: MailServer, new: list[int]
) -> None:
    is_known, victim = threading.Event(), []

    def kill() -> None:
        assert is_known.wait(10)
        os.kill(victim.pop(), signal.SIGKILL)
        post.before_it_answers = lambda: None

    post.before_it_answers = kill
    victim.append(child := started(lambda: send_alerts(10, new)))
    is_known.set()
    assert was_killed(child)
    assert [row.status for row in AlertDigest.objects.all()] == [Status.PROCESSING]
    go_on(new)
    assert told() == (1, 1, 1, [Status.COMPLETED])
    first, second = (message["Message-ID"] for message in post.taken)
    assert first == second, "mail programs show it once"


def test_several_workers_at_once_tell_the_same_once(post: MailServer, new: list[int]) -> None:
    together = threading.Barrier(4)

    def work() -> None:
        together.wait(10)
        try:
            send_alerts(10, new)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        for done in [workers.submit(work) for _ in range(4)]:
            done.result()
    go_on(new)
    assert told() == (1, 1, 1, [Status.COMPLETED])
    assert len(post.taken) == 1
