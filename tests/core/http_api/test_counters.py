"""Counts that all processes share: exactly as many are let in as allowed, in PostgreSQL and in Redis alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, connections
from django.utils import timezone

from cvmatch.core.cache.breaker import REDIS
from cvmatch.core.http_api.counters import KEPT, Asked, delete_old_counts, take, take_from_postgresql, take_from_redis
from cvmatch.core.http_api.limits import Limit, Usage
from cvmatch.core.models import ThrottleCount
from tests.core.http_api import redis_server

Take = Callable[[Sequence[Asked]], list[Usage]]
# Long enough that no window ends during a test, which would let more in.
LIMIT = Limit("default", 100, 86_400)


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    program = redis_server.find_program()
    if program is None:
        pytest.skip("neither redis-server nor valkey-server is installed")
    with redis_server.running(program) as url:
        yield url


@pytest.fixture
def redis(redis_url: str, settings: Any) -> None:
    use_redis(settings, redis_url)


def use_redis(settings: Any, url: str) -> None:
    settings.REDIS_URL = url
    settings.CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url}}
    caches["default"].clear()


@pytest.fixture(params=["postgresql", "redis"])
def take_(request: pytest.FixtureRequest, transactional_db: None) -> Take:
    if request.param == "postgresql":
        return take_from_postgresql
    request.getfixturevalue("redis")
    return take_from_redis


def from_eight_threads(work: Callable[[], list[bool]]) -> list[bool]:
    def one(_: int) -> list[bool]:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return [answer for answers in pool.map(one, range(8)) for answer in answers]


def test_exactly_as_many_are_let_in_as_allowed_however_many_ask_at_once(take_: Take) -> None:
    answers = from_eight_threads(lambda: [take_([Asked(LIMIT, "key:1")])[0].is_let_in for _ in range(40)])
    assert (len(answers), sum(answers)) == (320, 100)


def test_several_limits_are_counted_in_one_step_and_nobody_waits_for_each_other_for_ever(take_: Take) -> None:
    own, shared = Limit("default", 50, 86_400), Limit("address", 130, 86_400)

    def work() -> list[bool]:
        for _ in range(5):
            asked = [Asked(own, "key:1"), Asked(shared, "address:1")]
            take_(asked)
            take_(asked[::-1])
            take_([Asked(shared, "address:1"), Asked(own, "key:2")])
        return []

    from_eight_threads(work)
    last = take_([Asked(own, "key:1"), Asked(own, "key:2"), Asked(shared, "address:1")])
    assert [usage.hits for usage in last] == [50, 41, 121]


def test_callers_and_limits_do_not_mix(take_: Take) -> None:
    for who in ("key:1", "key:2", "user:1"):
        assert take_([Asked(LIMIT, who)])[0].hits == 1
    assert take_([Asked(Limit("bulk", 30, 86_400), "key:1")])[0].hits == 1
    assert take_([Asked(LIMIT, "key:1")])[0].hits == 2


def test_a_refused_call_counts_nothing(take_: Take) -> None:
    limit = Limit("default", 2, 86_400)
    usages = [take_([Asked(limit, "key:1")])[0] for _ in range(5)]
    assert [usage.is_let_in for usage in usages] == [True, True, False, False, False]
    assert usages[-1].hits == 2


def test_after_the_time_that_was_told_the_next_call_is_let_in(take_: Take) -> None:
    limit = Limit("default", 5, 1)
    asked = [Asked(limit, "key:1")]
    usage = take_(asked)[0]
    while usage.is_let_in:
        usage = take_(asked)[0]
    time.sleep(usage.wait_s)
    assert take_(asked)[0].is_let_in


def test_a_burst_at_the_end_of_a_window_is_not_followed_by_one_at_the_beginning_of_the_next(take_: Take) -> None:
    asked = [Asked(Limit("default", 20, 2), "key:1")]
    time.sleep((1.5 - time.time()) % 2)
    before = sum(take_(asked)[0].is_let_in for _ in range(25))
    time.sleep((0.1 - time.time()) % 2)
    after = sum(take_(asked)[0].is_let_in for _ in range(25))
    assert before == 20
    assert 0 < after <= 10  # of plain windows it would be 20 again


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_gone_is_replaced_by_the_database_and_left_alone_for_a_while(
    settings: Any,
) -> None:
    REDIS.close()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": settings.REDIS_URL}}
    assert take([Asked(LIMIT, "key:1")])[0].hits == 1
    assert REDIS.state == "open"
    assert take([Asked(LIMIT, "key:1")])[0].hits == 2
    assert ThrottleCount.objects.get().hits == 2
    REDIS.close()


@pytest.mark.django_db(transaction=True)
def test_redis_counts_where_it_is_set_up(redis: None) -> None:
    REDIS.close()
    assert take([Asked(LIMIT, "key:9")])[0].hits == 1
    assert not ThrottleCount.objects.exists()


@pytest.mark.django_db
def test_counts_go_when_their_windows_have_passed() -> None:
    take_from_postgresql([Asked(LIMIT, "key:1")])
    assert delete_old_counts(limit=10) == 0
    ThrottleCount.objects.update(last_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert delete_old_counts(limit=10) == 1


@pytest.mark.django_db
def test_the_table_of_counts_writes_no_log_of_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'core_throttlecount'")
        assert cursor.fetchone() == ("u",)
