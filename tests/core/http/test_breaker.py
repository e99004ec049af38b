"""A source that only fails is left alone for a while, by all processes, and one request finds out when that is over."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from cvmatch.core.fetching import FetchFailed, Request
from cvmatch.core.http import HttpFetch
from cvmatch.core.http.breaker import Breaker
from cvmatch.core.http.clock import DatabaseClock
from cvmatch.core.http.failures import Passing, Refused
from cvmatch.core.http.figures import BreakerState, list_breakers
from cvmatch.core.models import FetchBreaker, User
from tests.fake_clock import FakeClock
from tests.source_server import SourceServer, answers
from tests.support import make_user, start_manage

Serve = Callable[..., SourceServer]
FetchAs = Callable[..., HttpFetch]


def fails(breaker: Breaker, error: FetchFailed | None = None) -> None:
    error = error or Passing("The server answered 500.")
    with pytest.raises(type(error)), breaker.guard():
        raise error


def rests(breaker: Breaker) -> bool:
    try:
        breaker.check()
    except FetchFailed:
        return True
    return False


@pytest.mark.django_db
def test_it_opens_after_failures_in_a_row_and_says_for_how_long(clock: FakeClock) -> None:
    breaker = Breaker("adzuna", clock, failures=3, rest_s=60)
    fails(breaker)
    fails(breaker)
    with breaker.guard():
        pass
    fails(breaker)
    fails(breaker)
    assert not rests(breaker)
    fails(breaker)
    with pytest.raises(FetchFailed) as raised:
        breaker.check()
    expected = "“adzuna” failed 3 times in a row and is asked again in 60 s. Last: The server answered 500."
    assert (raised.value.message, raised.value.details) == (expected, {"wait_s": 60})
    assert not rests(Breaker("greenhouse", clock))


@pytest.mark.django_db
@pytest.mark.parametrize("error", [Refused("too many"), FetchFailed("nothing there", permanent=True)])
def test_a_server_that_refuses_is_well(clock: FakeClock, error: FetchFailed) -> None:
    breaker = Breaker("adzuna", clock, failures=2)
    for _ in range(5):
        fails(breaker, error)
    assert not rests(breaker)


@pytest.mark.django_db
def test_after_the_rest_one_is_let_through_and_decides(clock: FakeClock) -> None:
    breaker = Breaker("adzuna", clock, failures=1, rest_s=60, trial_s=30)
    fails(breaker)
    clock.sleep(60)
    with breaker.guard(), pytest.raises(FetchFailed, match="asked again"), breaker.guard():
        pass
    assert not rests(breaker)
    fails(breaker)
    clock.sleep(60)
    fails(breaker)  # the one that is let through
    assert rests(breaker)
    clock.sleep(59)
    assert rests(breaker)
    clock.sleep(1)
    assert not rests(breaker)


@pytest.mark.django_db
def test_what_was_asked_before_the_rest_decides_nothing_after_it(clock: FakeClock) -> None:
    breaker, error = Breaker("adzuna", clock, failures=1, rest_s=60), Passing("late")
    succeeding, failing = breaker.guard(), breaker.guard()
    succeeding.__enter__()
    failing.__enter__()
    fails(breaker)
    until = FetchBreaker.objects.get().open_until
    clock.sleep(30)
    succeeding.__exit__(None, None, None)
    failing.__exit__(Passing, error, None)
    row = FetchBreaker.objects.get()
    assert (row.open_until, row.failures) == (until, 1)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_let_through() -> None:
    breaker = Breaker("adzuna", DatabaseClock(), failures=1, rest_s=0, trial_s=60)
    fails(breaker)
    start, end = Barrier(8), Barrier(8)

    def enter(_: int) -> bool:
        start.wait(10)
        try:
            with breaker.guard():
                end.wait(10)
                return True
        except FetchFailed:
            end.wait(10)
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, range(8))) == 1
    assert list_breakers() == [BreakerState("adzuna", "closed", 0, None, "")]


DIE = """
import os, signal
from cvmatch.core.http.breaker import Breaker
from cvmatch.core.http.clock import DatabaseClock
with Breaker("adzuna", DatabaseClock(), trial_s=1.5).guard():
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_with_the_trial_does_not_leave_it_stuck() -> None:
    breaker = Breaker("adzuna", DatabaseClock(), failures=1, rest_s=0, trial_s=1.5)
    fails(breaker)
    process = start_manage("shell", "-v", "0", "-c", DIE)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert FetchBreaker.objects.get().trial is not None
    time.sleep(1.6)
    with breaker.guard():
        pass
    assert list_breakers()[0].state == "closed"


@pytest.mark.django_db
def test_pages_see_its_state(clock: FakeClock) -> None:
    breaker = Breaker("adzuna", clock, failures=2, rest_s=60)
    assert list_breakers(clock) == []
    fails(breaker)
    assert list_breakers(clock) == [BreakerState("adzuna", "closed", 1, None, "The server answered 500.")]
    fails(breaker)
    (state,) = list_breakers(clock)
    assert (state.state, state.failures, (state.until - clock.now()).total_seconds()) == ("open", 2, 60)
    clock.sleep(60)
    assert list_breakers(clock)[0].state == "half-open"
    with breaker.guard():
        assert list_breakers(clock)[0].state == "half-open"
    assert list_breakers(clock)[0].state == "closed"


@pytest.mark.django_db
def test_metrics_show_its_state(client: Client) -> None:
    fails(Breaker("adzuna", DatabaseClock(), failures=1))
    client.force_login(make_user("admin", User.Role.ADMIN))
    assert b'cvmatch_source_breaker{source="adzuna",state="open"} 1.0' in client.get("/metrics").content


@pytest.mark.django_db
def test_a_source_that_is_down_is_soon_not_asked_any_more(serve: Serve, fetch_as: FetchAs, clock: FakeClock) -> None:
    server = serve(*[answers(b"", 500)] * 8, answers([1]))
    fetch = fetch_as()
    for _ in range(4):
        with pytest.raises(FetchFailed):
            fetch(Request(server.url))
    assert len(server.asked) == 8
    clock.sleep(60)
    assert fetch(Request(server.url)).json() == [1]
    assert list_breakers(clock)[0].state == "closed"
