"""Many requests at once come back in order, and what is stored already is not sent again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import islice

import pytest
from django.db import connection, transaction

from cvmatch.core.fetching import BudgetSpent, FetchFailed, Request, Window
from cvmatch.core.http import HttpFetch
from cvmatch.core.models import FetchValidator
from tests.fake_clock import FakeClock
from tests.source_server import Asked, SourceServer, answers, cut, echoes, send

Serve = Callable[..., SourceServer]
FetchAs = Callable[..., HttpFetch]


def pages(server: SourceServer, count: int) -> list[Request]:
    return [Request(server.url, params={"page": str(number)}) for number in range(count)]


def numbers(answers) -> list[int]:
    return [int(answer.json()["page"]) for answer in answers]


# Several at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("parallel", [1, 3])
def test_answers_come_in_the_order_of_the_requests(serve: Serve, fetch_as: FetchAs, parallel: int) -> None:
    def slow_first(handler, asked: Asked) -> None:
        time.sleep(0.2 if asked.params["page"] == "1" else 0)
        echoes(handler, asked)

    server = serve(slow_first)
    assert numbers(fetch_as(parallel=parallel).each(pages(server, 9))) == list(range(9))
    assert len(server.asked) == 9


@pytest.mark.django_db(transaction=True)
def test_so_many_are_asked_at_once_and_no_more_ahead(serve: Serve, fetch_as: FetchAs) -> None:
    now, most, lock = [0], [0], threading.Lock()

    def counting(handler, asked: Asked) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.1)
        with lock:
            now[0] -= 1
        echoes(handler, asked)

    server = serve(counting)
    found = fetch_as(parallel=3).each(pages(server, 20))
    assert numbers(islice(found, 2)) == [0, 1]
    time.sleep(0.5)
    assert len(server.asked) == 1 + 3
    assert numbers(found) == list(range(2, 20))
    assert most[0] == 3


@pytest.mark.django_db(transaction=True)
def test_threads_give_their_connections_back(serve: Serve, fetch_as: FetchAs) -> None:
    def backends() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])

    before = backends()
    list(fetch_as(parallel=4).each(pages(serve(echoes), 12)))
    until = time.monotonic() + 5
    while backends() > before and time.monotonic() < until:  # the server notices a moment later
        time.sleep(0.05)
    assert backends() == before


@pytest.mark.django_db(transaction=True)
def test_the_first_without_an_answer_ends_it_behind_those_before(serve: Serve, fetch_as: FetchAs) -> None:
    def third_is_gone(handler, asked: Asked) -> None:
        (answers(b"", 404) if asked.params["page"] == "2" else echoes)(handler, asked)

    server = serve(third_is_gone)
    found = fetch_as(parallel=3).each(pages(server, 20))
    assert numbers(islice(found, 2)) == [0, 1]
    with pytest.raises(FetchFailed, match="404"):
        next(found)
    assert len(server.asked) <= 2 + 3


@pytest.mark.django_db(transaction=True)
def test_whoever_stops_listening_stops_the_asking(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(echoes)
    found = fetch_as(parallel=2).each(pages(server, 50))
    assert numbers(islice(found, 2)) == [0, 1]
    found.close()
    asked = len(server.asked)
    assert asked <= 2 + 2
    time.sleep(0.2)
    assert len(server.asked) == asked


@pytest.mark.django_db(transaction=True)
def test_a_budget_that_ends_on_the_way_gives_what_it_allowed(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(echoes)
    found = fetch_as(parallel=3, windows=(Window(86_400, 7),)).each(pages(server, 20))
    assert len(server.asked) == 0  # nothing before somebody wants an answer
    assert numbers(islice(found, 4)) == [0, 1, 2, 3]
    with pytest.raises(BudgetSpent):
        list(found)
    assert len(server.asked) == 7


@pytest.mark.django_db(transaction=True)
def test_a_source_with_every_fault_is_read_whole(serve: Serve, fetch_as: FetchAs, clock: FakeClock) -> None:
    """Every fourth request fails in another way; each page arrives once, in order."""
    faults = [answers(b"", 500), answers(b"", 429, Retry_After="1"), cut, answers(b"", 503, Retry_After="2")]
    seen, lock = [0], threading.Lock()

    def play(handler, asked: Asked) -> None:
        with lock:
            seen[0] += 1
            number = seen[0]
        (faults[number // 4 % 4] if number % 4 == 0 else echoes)(handler, asked)

    server = serve(play)
    assert numbers(fetch_as(parallel=4, wait_s=600).each(pages(server, 100))) == list(range(100))
    assert len(server.asked) > 120


# Only what is newer


def versioned(handler, asked: Asked) -> None:
    """A server whose one page has version "1"."""
    if asked.headers.get("if-none-match") == '"1"':
        send(handler, b"", 304, ETag='"1"')
    else:
        send(handler, b"[1]", ETag='"1"', Last_Modified="Mon, 02 Mar 2026 08:00:00 GMT")


@pytest.mark.django_db
def test_only_what_was_remembered_is_asked_about(serve: Serve, fetch_as: FetchAs) -> None:
    server, fetch = serve(versioned), fetch_as()
    request = Request(server.url, params={"a": "1"})
    assert not fetch(request).unchanged
    assert not fetch(request).unchanged  # it may not be stored yet
    fetch.remember()
    again = fetch_as()(request)
    assert (again.unchanged, again.body) == (True, b"")
    assert server.asked[-1].headers["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    for other in (fetch_as("other"), fetch_as(conditional=False)):
        assert not other(request).unchanged
    assert not fetch_as()(Request(server.url, params={"a": "2"})).unchanged
    assert not fetch_as()(Request(server.url, params={"a": "1"}, payload={})).unchanged


@pytest.mark.django_db
def test_what_is_needed_whole_is_asked_for_whole(serve: Serve, fetch_as: FetchAs) -> None:
    server, fetch = serve(versioned), fetch_as()
    request = Request(server.url, headers={"Cache-Control": "no-cache"})
    assert not fetch(request).unchanged
    fetch.remember()
    assert not fetch_as()(request).unchanged


@pytest.mark.django_db
def test_it_is_remembered_with_what_is_stored_or_not_at_all(serve: Serve, fetch_as: FetchAs) -> None:
    server, fetch = serve(versioned), fetch_as()
    fetch(Request(server.url))
    with transaction.atomic():
        fetch.remember()
        transaction.set_rollback(True)
    assert not fetch_as()(Request(server.url)).unchanged


@pytest.mark.django_db
def test_a_newer_answer_makes_the_older_version_forgotten_at_once(serve: Serve, fetch_as: FetchAs) -> None:
    """Were a run to end in the middle of storing it, the older version would no longer be what is stored."""
    server = serve(versioned, answers([2], ETag='"2"'), versioned)
    fetch = fetch_as()
    fetch(Request(server.url))
    fetch.remember()
    assert fetch(Request(server.url)).json() == [2]
    assert not FetchValidator.objects.exists()
    assert not fetch_as()(Request(server.url)).unchanged


@pytest.mark.django_db
def test_after_a_week_the_whole_answer_is_asked_for(serve: Serve, fetch_as: FetchAs, clock: FakeClock) -> None:
    server, fetch = serve(versioned), fetch_as()
    fetch(Request(server.url))
    fetch.remember()
    clock.sleep(7 * 86_400 + 1)
    assert not fetch(Request(server.url)).unchanged


@pytest.mark.django_db(transaction=True)
def test_what_was_fetched_ahead_is_not_remembered(serve: Serve, fetch_as: FetchAs) -> None:
    server, fetch = serve(versioned), fetch_as(parallel=4)
    found = fetch.each(pages(server, 8))
    next(found)
    next(found)
    fetch.remember()
    found.close()
    assert FetchValidator.objects.count() == 2


@pytest.mark.django_db
def test_unchanged_is_only_said_where_it_was_asked(serve: Serve, fetch_as: FetchAs) -> None:
    with pytest.raises(FetchFailed, match="304"):
        fetch_as()(Request(serve(answers(b"", 304)).url))
