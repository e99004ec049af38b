"""How often one may call: by key, user and address, told in every answer, the same for all processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from cvmatch.core.auth import create_key
from cvmatch.core.http_api.throttling import address_of
from cvmatch.core.models import ApiKey, ThrottleCount
from tests.support import make_user

JOBS = "/api/v1/jobs"
# No window of a day ends during a test.
FEW = {"default": "3/day", "bulk": "2/day", "anonymous": "2/day", "address": "50/day"}


@pytest.fixture
def few(settings: Any) -> None:
    settings.THROTTLE = FEW


def client_of(user: Any, **more: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {create_key(user=user, name='script', **more)}"})


@pytest.mark.django_db
def test_every_answer_says_what_is_left(few: None, candidate: Any) -> None:
    client = client_of(candidate)
    first, missing = client.get(JOBS), client.get(f"{JOBS}/1")
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"], missing["RateLimit-Remaining"]) == ("3", "2", "1")
    assert 0 < int(first["RateLimit-Reset"]) <= 86_400
    assert first["RateLimit-Policy"] == '"default";q=3;w=86400, "address";q=50;w=86400'
    assert first["RateLimit"].startswith('"default";r=2;t=')
    assert missing.status_code == 404


@pytest.mark.django_db
def test_the_call_that_is_too_much_is_refused_and_told_when_to_come_again(few: None, candidate: Any) -> None:
    client = client_of(candidate)
    answers = [client.get(JOBS) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    refused = answers[-1]
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "/docs/errors#throttled"
    assert refused["RateLimit-Remaining"] == "0"
    assert int(refused["Retry-After"]) > 0


@pytest.mark.django_db
def test_what_one_key_used_up_is_still_there_for_another_and_for_the_session(few: None, candidate: Any) -> None:
    first, second, session = client_of(candidate), client_of(candidate), Client()
    session.force_login(candidate)
    for _ in range(4):
        last = first.get(JOBS)
    assert last.status_code == 429
    assert [client.get(JOBS).status_code for client in (second, session)] == [200, 200]


@pytest.mark.django_db
def test_who_does_much_at_once_may_call_less_often(few: None) -> None:
    client = client_of(make_user("robot", role="service"))
    answers = [client.post(JOBS, [], content_type="application/json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit-Policy"].startswith('"bulk";q=2')
    assert client.get(JOBS).status_code == 200


@pytest.mark.django_db
def test_strangers_count_by_address_and_so_do_wrong_keys(few: None) -> None:
    guesses = [Client(headers={"Authorization": f"Bearer cvm_{number}"}) for number in range(2)]
    assert [client.get(JOBS).status_code for client in (*guesses, Client())] == [401, 401, 429]
    assert Client(REMOTE_ADDR="192.0.2.7").get(JOBS).status_code == 401


@pytest.mark.django_db
def test_an_address_as_a_whole_has_a_limit_too(settings: Any, candidate: Any, other_candidate: Any) -> None:
    settings.THROTTLE = {"address": "3/day"}
    clients = [client_of(candidate), client_of(other_candidate)] * 2
    assert [client.get(JOBS).status_code for client in clients] == [200, 200, 200, 429]


@pytest.mark.django_db
def test_a_key_can_have_a_quota_for_the_day(candidate: Any) -> None:
    client = client_of(candidate)
    ApiKey.objects.update(daily_limit=2)
    answers = [client.get(JOBS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert '"daily";q=2;w=86400' in answers[0]["RateLimit-Policy"]
    assert "(daily)" in answers[-1].json()["detail"]


@pytest.mark.django_db
def test_addresses_are_not_kept_as_they_are(candidate: Any) -> None:
    client_of(candidate, expires_at=timezone.now() + timedelta(days=1)).get(JOBS)
    kept = set(ThrottleCount.objects.values_list("subject", flat=True))
    assert len(kept) == 2
    assert not any("127.0.0.1" in subject for subject in kept)


@pytest.mark.django_db
def test_limits_that_are_off_do_not_count(settings: Any, candidate: Any) -> None:
    settings.THROTTLE = dict.fromkeys(FEW, "off")
    answer = client_of(candidate).get(JOBS)
    assert answer.status_code == 200
    assert "RateLimit" not in answer
    assert not ThrottleCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_exactly_as_many_calls_as_allowed_pass_from_eight_threads(settings: Any) -> None:
    settings.THROTTLE = {"default": "30/day", "address": "off"}
    key = create_key(user=make_user(), name="script")

    def calls(_: int) -> list[int]:
        client = Client(headers={"Authorization": f"Bearer {key}"})
        try:
            return [client.get(JOBS).status_code for _ in range(10)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = [status for answers in pool.map(calls, range(8)) for status in answers]
    assert (statuses.count(200), statuses.count(429)) == (30, 50)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.1"),  # anyone can write that header
        (1, "10.0.0.9, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.9, 198.51.100.1, 203.0.113.5", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.1"),  # fewer than there must be: not by way of the proxies
        (1, "nonsense", "nonsense"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_only_what_trusted_proxies_wrote_says_where_a_call_comes_from(
    rf: Any, settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get(JOBS, headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
    assert address_of(request) == address
