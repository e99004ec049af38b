"""No span of a window ever holds more requests than allowed, whoever asks at the same time."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvmatch.core.fetching import Request, Window
from cvmatch.core.http.budget import Budget
from cvmatch.core.http.clock import DatabaseClock
from cvmatch.core.http.figures import list_budgets, possible
from cvmatch.core.http.keys import Key
from cvmatch.core.models import FetchGrant
from tests.fake_clock import FakeClock
from tests.source_server import SourceServer, answers
from tests.support import start_manage

in_database = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
windows_of = st.lists(st.builds(Window, st.integers(1, 300), st.integers(1, 6)), min_size=1, max_size=3)


def new_key() -> Key:
    return Key(uuid.uuid4().hex, "main")


def most_in_a_span(times: list[float], seconds: float) -> int:
    """The largest number of times in any span of so many seconds, its end not counted."""
    return max((sum(begin <= at < begin + seconds for at in times) for begin in times), default=0)


@pytest.mark.django_db
@given(windows=windows_of, pauses=st.lists(st.floats(0, 200), min_size=1, max_size=25), patient=st.booleans())
@in_database
def test_no_span_of_a_window_holds_too_many(windows: list[Window], pauses: list[float], patient: bool) -> None:
    clock, key, times = FakeClock(), new_key(), list[float]()
    budget = Budget("adzuna", windows, clock)
    for pause in pauses:
        taken = budget.take([key])
        if not isinstance(taken, Key) and patient:
            clock.sleep(taken)
            taken = budget.take([key])
            assert isinstance(taken, Key)  # it was told truly how long to wait
        if isinstance(taken, Key):
            times.append(clock.now().timestamp())
        clock.sleep(pause)
    assert all(most_in_a_span(times, window.seconds) <= window.requests for window in windows)


@pytest.mark.django_db
@given(windows=windows_of, before=st.integers(0, 6), hours=st.floats(0, 0.5))
@in_database
def test_the_forecast_is_what_can_be_had(windows: list[Window], before: int, hours: float) -> None:
    clock, key = FakeClock(), new_key()
    budget = Budget("adzuna", windows, clock)
    grants = [clock.now() for _ in range(before) if isinstance(budget.take([key]), Key)]
    until = clock.now() + timedelta(hours=hours)
    told, had = possible(grants, windows, clock.now(), until), 0
    while had <= 30 and clock.now() < until:
        taken = budget.take([key])
        if isinstance(taken, Key):
            had += 1
        else:
            clock.sleep(taken)
    assert told == had if had <= 30 else told > 30


@pytest.mark.parametrize("window", [Window(0, 1), Window(32 * 86_400, 1), Window(60, 0)])
def test_windows_that_cannot_be_kept_are_refused(window: Window) -> None:
    with pytest.raises(ValueError, match="31 days"):
        Budget("adzuna", [window], FakeClock())


@pytest.mark.django_db
def test_requests_of_long_ago_are_forgotten() -> None:
    clock, key = FakeClock(), new_key()
    budget = Budget("adzuna", [Window(60, 5)], clock)
    budget.take([key])
    clock.sleep(33 * 86_400)
    budget.take([key])
    assert FetchGrant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_threads_that_ask_at_once_get_what_is_left_and_no_more() -> None:
    keys, clock = [new_key(), new_key()], DatabaseClock()
    budget = Budget("adzuna", [Window(3600, 5)], clock)

    def take(_: int) -> Key | float:
        try:
            return budget.take(keys)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(take, range(24)))
    assert sorted(key.fingerprint for key in taken if isinstance(key, Key)) == sorted(
        key.fingerprint for key in keys for _ in range(5)
    )
    assert all(3595 < wait <= 3601 for wait in taken if not isinstance(wait, Key))


ASK = """
from cvmatch.core.fetching import Request, Window
from cvmatch.core.http import HttpFetch
windows = [Window(1, 4), Window(3, 6)]
with HttpFetch("source-{number}", windows=windows, allow_private=True, parallel=3, wait_s=60) as fetch:
    assert len(list(fetch.each([Request("{url}", params={{"page": str(n)}}) for n in range(7)]))) == 7
"""


@contextmanager
def processes(url: str, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    started = [start_manage("shell", "-v", "0", "-c", ASK.format(number=n, url=url)) for n in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


@pytest.mark.django_db(transaction=True)
def test_processes_with_several_threads_keep_one_budget(serve: Callable[..., SourceServer]) -> None:
    """As the server sees it, which is what counts."""
    server = serve(answers([1]))
    with processes(server.url, 2) as started:
        for process in started:
            _, errors = process.communicate(timeout=90)
            assert process.returncode == 0, errors
    times = sorted(asked.at for asked in server.asked)
    assert len(times) == 14
    assert most_in_a_span(times, 1) <= 4
    assert most_in_a_span(times, 3) <= 6


@pytest.mark.django_db(transaction=True)
def test_figures_say_what_is_used_what_is_left_and_what_will_be(fetch_as, clock, serve) -> None:
    server = serve(answers([1]))
    windows = (Window(60, 25), Window(86_400, 250), Window(604_800, 1000), Window(2_592_000, 2500))
    fetch = fetch_as(windows=windows)
    for _ in range(20):
        fetch(Request(server.url))
    clock.sleep(600)  # now 9:10 on 2 March
    (budget,) = list_budgets("adzuna", windows, clock)
    assert [(use.window.seconds, use.used, use.left) for use in budget.uses] == [
        (60, 0, 25),
        (86_400, 20, 230),
        (604_800, 20, 980),
        (2_592_000, 20, 2480),
    ]
    assert budget.last_day == 20
    assert (budget.today.until.isoformat(), budget.month.until.isoformat()) == (
        "2026-03-03T00:00:00+00:00",
        "2026-04-01T00:00:00+00:00",
    )
    assert (budget.today.possible, budget.today.expected, budget.today.left) == (230, 12, 218)
    # The month's window holds it at 2,500 until it has moved past today's requests, which is after the month's end.
    assert (budget.month.possible, budget.month.expected) == (2480, 592)
    assert list_budgets("other", windows, clock) == []


def test_a_forecast_spreads_over_the_windows_of_a_month() -> None:
    clock = FakeClock()
    windows = (Window(60, 25), Window(86_400, 250), Window(604_800, 1000), Window(2_592_000, 2500))
    days = [clock.now() + timedelta(days=n) for n in (0, 1, 4, 8, 30)]
    counts = [possible([], windows, begin, until) for begin, until in [(days[0], day) for day in days]]
    assert counts == [0, 250, 1000, 1250, 2500]
    assert all(a <= b for a, b in pairwise(counts))


def test_a_closed_key_counts_from_when_it_opens() -> None:
    clock = FakeClock()
    begin: datetime = clock.now() + timedelta(seconds=100)
    assert possible([], [Window(60, 1)], begin, clock.now() + timedelta(seconds=180)) == 2
