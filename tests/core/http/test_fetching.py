"""Another server is asked until it answers, as often as it may be, and never told more than it should know."""

from __future__ import annotations

import gzip
import json
import logging
import traceback
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db import connection, transaction

from cvmatch.core.fetching import Answer, BudgetSpent, Credential, FetchFailed, Request, Window
from cvmatch.core.http import HttpFetch
from cvmatch.core.models import FetchGrant, FetchKey
from tests.source_server import SourceServer, answers, cut, echoes, hangs, redirects, trickles

pytestmark = pytest.mark.django_db

Serve = Callable[..., SourceServer]
FetchAs = Callable[..., HttpFetch]
SECRET = "s3cr3t-0f-th3-t3sts"


def keys(*names: str) -> tuple[Credential, ...]:
    return tuple(Credential(name, params={"app_key": f"{SECRET}-{name}"}) for name in names)


def failure_of(fetch: HttpFetch, request: Request) -> FetchFailed:
    with pytest.raises(FetchFailed) as raised:
        fetch(request)
    return raised.value


# Answers and attempts


def test_an_answer_comes_whole_and_with_its_address(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(echoes)
    answer = fetch_as()(Request(f"{server.url}/jobs?country=de", params={"page": "2"}))
    assert answer.json() == {"country": "de", "page": "2"}
    assert answer.url == f"{server.url}/jobs?country=de&page=2"
    assert server.asked[0].headers["user-agent"] == "cvmatch"


def test_a_payload_is_sent_as_json(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(answers([1]))
    assert fetch_as()(Request(server.url, payload={"q": "cook"})).json() == [1]
    assert (server.asked[0].method, json.loads(server.asked[0].body)) == ("POST", {"q": "cook"})


@pytest.mark.parametrize("bad", [answers(b"", 500), answers(b"", 503), answers(b"", 408), cut])
def test_what_may_pass_is_tried_three_times_with_growing_waits(serve: Serve, fetch_as: FetchAs, clock, bad) -> None:
    server = serve(bad, bad, answers({"ok": True}))
    assert fetch_as()(Request(server.url)).json() == {"ok": True}
    first, second = clock.slept
    assert 2 <= first <= 4 < 6 <= second <= 8


def test_after_the_third_failure_the_error_says_what_happened(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(answers(b"", 502))
    error = failure_of(fetch_as(), Request(f"{server.url}/jobs"))
    assert error.message == f"{server.url}/jobs answered 502. It is asked again later."
    assert not error.permanent
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "Check what the source was told"),
        (401, "It may need a key"),
        (404, "There is nothing there"),
        (451, "Check"),
    ],
)
def test_what_cannot_succeed_is_tried_once(serve: Serve, fetch_as: FetchAs, status: int, advice: str) -> None:
    server = serve(answers(b"<html>", status))
    error = failure_of(fetch_as(), Request(server.url))
    assert error.permanent
    assert advice in error.message
    assert len(server.asked) == 1


def test_a_key_that_is_refused_is_named(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(answers(b"", 403))
    assert "“main”" in failure_of(fetch_as(), Request(server.url, credentials=keys("main"))).message


@pytest.mark.parametrize("url", ["ftp://example.com/x", "file:///etc/passwd", "jobs", "", "http://", "http://[::1"])
def test_only_addresses_of_the_web_are_asked(fetch_as: FetchAs, url: str) -> None:
    assert failure_of(fetch_as(), Request(url)).permanent


def test_a_server_that_is_silent_or_not_there_is_given_up(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(hangs(2))
    assert "did not answer in time (0.3 s)" in failure_of(fetch_as(timeout_s=0.3), Request(server.url)).message
    gone = serve()
    gone.close()
    assert "cannot be reached: [Errno 111]" in failure_of(fetch_as(), Request(gone.url)).message


@pytest.mark.parametrize("piece", [b"X-Slow: 1\r\n", b"\r\n" + b"x"])
def test_an_answer_that_only_trickles_ends_with_its_time(serve: Serve, fetch_as: FetchAs, piece: bytes) -> None:
    server = serve(trickles(piece, 0.1, 100))
    began = datetime.now(UTC)
    assert "in time" in failure_of(fetch_as(timeout_s=0.5), Request(server.url)).message
    assert datetime.now(UTC) - began < timedelta(seconds=4)  # three attempts of half a second


# Size


def test_a_compressed_answer_is_unpacked(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(answers(gzip.compress(b"[1, 2]"), Content_Encoding="gzip"))
    assert fetch_as()(Request(server.url)).json() == [1, 2]


@pytest.mark.parametrize("play", [answers(b"x" * 2000), answers(gzip.compress(b"x" * 2000), Content_Encoding="gzip")])
def test_an_answer_that_is_too_long_is_refused(serve: Serve, fetch_as: FetchAs, play) -> None:
    error = failure_of(fetch_as(most_bytes=1999), Request(serve(play).url))
    assert error.permanent
    assert "CVMATCH_FETCH_MAX_MB" in error.message
    assert len(fetch_as(most_bytes=2000)(Request(serve(play).url)).body) == 2000


def test_a_small_answer_never_unpacks_to_a_large_one_in_memory(serve: Serve, fetch_as: FetchAs) -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    server, fetch = serve(answers(bomb, Content_Encoding="gzip")), fetch_as(most_bytes=1_000_000)
    tracemalloc.start()
    try:
        assert failure_of(fetch, Request(server.url)).permanent
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("body", [gzip.compress(b"[1, 2]" * 50)[:-9], b"not gzip"], ids=["cut short", "not gzip"])
def test_a_damaged_body_is_asked_for_again(serve: Serve, fetch_as: FetchAs, body: bytes) -> None:
    server = serve(answers(body, Content_Encoding="gzip"), answers([1]))
    assert fetch_as()(Request(server.url)).json() == [1]


def test_an_encoding_that_was_not_asked_for_is_refused(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(answers(b"x", Content_Encoding="br"))
    assert failure_of(fetch_as(), Request(server.url)).permanent
    assert server.asked[0].headers["accept-encoding"] == "gzip"


# Redirects


def test_redirects_are_followed_on_the_same_server_with_the_key(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(redirects("/there?page=3"), echoes)
    answer = fetch_as()(Request(f"{server.url}/here", credentials=keys("main")))
    assert answer.json() == {"page": "3", "app_key": f"{SECRET}-main"}
    assert answer.url == f"{server.url}/there?page=3"


def test_another_server_never_gets_the_key(serve: Serve, fetch_as: FetchAs) -> None:
    other = serve(echoes)
    repeated = f"{other.url}/x?page=1&app_key={SECRET}-main"
    server = serve(redirects(repeated, 307))
    headers = {"Accept": "application/json", "Authorization-Key": SECRET, "Cookie": SECRET}
    credential = Credential("main", params={"app_key": f"{SECRET}-main"}, headers={"X-Api-Key": SECRET})
    answer = fetch_as()(Request(server.url, headers=headers, credentials=(credential,)))
    assert answer.json() == {"page": "1"}
    assert server.asked[0].headers["x-api-key"] == SECRET
    assert SECRET not in str(other.asked)
    assert other.asked[0].headers["accept"] == "application/json"


def test_redirects_end(serve: Serve, fetch_as: FetchAs) -> None:
    enough = serve(*[redirects("/next")] * 5, answers([1]))
    assert fetch_as()(Request(enough.url)).json() == [1]
    endless = serve(redirects("/next"))
    assert "more than 5 times" in failure_of(fetch_as(), Request(endless.url)).message
    assert len(endless.asked) == 6


@pytest.mark.parametrize("location", ["ftp://example.com/", "file:///etc/passwd", "javascript:1", "data:,x"])
def test_redirects_lead_only_into_the_web(serve: Serve, fetch_as: FetchAs, location: str) -> None:
    assert failure_of(fetch_as(), Request(serve(redirects(location)).url)).permanent


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_a_redirect_says_whether_the_payload_goes_along(
    serve: Serve, fetch_as: FetchAs, status: int, method: str
) -> None:
    server = serve(redirects("/there", status), answers([1]))
    fetch_as()(Request(server.url, payload={"q": 1}))
    assert server.asked[1].method == method
    assert bool(server.asked[1].body) == (method == "POST")


def test_cookies_are_not_kept(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(answers([1], Set_Cookie="id=1"))
    fetch = fetch_as()
    fetch(Request(server.url))
    fetch(Request(server.url))
    assert "cookie" not in server.asked[1].headers


# Keys, budgets, Retry-After


def test_a_key_that_gets_too_many_requests_rests_and_the_next_is_tried_at_once(serve: Serve, fetch_as, clock) -> None:
    server = serve(answers(b"", 429, Retry_After="7"), echoes)
    request = Request(server.url, credentials=keys("one", "two"))
    fetch = fetch_as()
    assert fetch(request).json() == {"app_key": f"{SECRET}-two"}
    assert clock.slept == []
    assert FetchKey.objects.get(name="one").closed_until == clock.now() + timedelta(seconds=7)
    clock.sleep(7)
    assert fetch(request).json() == {"app_key": f"{SECRET}-one"}


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_waited_for(serve: Serve, fetch_as: FetchAs, clock, as_date: bool) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=12), usegmt=True) if as_date else "12"
    for status in (429, 503):
        server = serve(answers(b"", status, Retry_After=at), answers([1]))
        clock.slept.clear()
        assert fetch_as(f"source-{status}")(Request(server.url)).json() == [1]
        assert clock.slept == [pytest.approx(12, abs=1.5)]


@pytest.mark.parametrize(("status", "kind"), [(429, BudgetSpent), (503, FetchFailed)])
def test_a_wait_that_is_too_long_is_left_to_the_caller(serve: Serve, fetch_as: FetchAs, clock, status, kind) -> None:
    server = serve(answers(b"", status, Retry_After="3600"))
    error = failure_of(fetch_as(), Request(server.url))
    assert isinstance(error, kind)
    assert error.details["wait_s"] == 3600
    assert (len(server.asked), clock.slept) == (1, [])


def test_a_refusal_without_a_time_is_tried_again_and_then_left(serve: Serve, fetch_as: FetchAs, clock) -> None:
    server = serve(answers(b"", 429))
    assert failure_of(fetch_as(), Request(server.url)).details["wait_s"] == 10
    assert (len(server.asked), clock.slept) == (3, [10, 10])


def test_requests_wait_for_the_budget_of_their_key(serve: Serve, fetch_as: FetchAs, clock) -> None:
    server = serve(echoes)
    fetch = fetch_as(windows=(Window(10, 2), Window(3600, 3)))
    for _ in range(3):
        fetch(Request(server.url, credentials=keys("main")))
    assert clock.slept == [11]  # a window, and a second for the way there
    error = failure_of(fetch, Request(server.url, credentials=keys("main")))
    assert isinstance(error, BudgetSpent)
    assert error.details["wait_s"] == 3601 - 11
    assert len(server.asked) == 3


def test_the_key_with_most_left_goes_first(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(echoes)
    fetch = fetch_as(windows=(Window(60, 4),))
    one, two = keys("one", "two")
    fetch(Request(server.url, credentials=(one,)))
    fetch(Request(server.url, credentials=(one,)))
    for _ in range(3):
        fetch(Request(server.url, credentials=(one, two)))
    used = [asked.params["app_key"][-3:] for asked in server.asked]
    assert used[:4] == ["one", "one", "two", "two"]


def test_two_sources_with_one_key_share_its_budget(serve: Serve, fetch_as: FetchAs) -> None:
    server, windows = serve(echoes), (Window(60, 1),)
    request = Request(server.url, credentials=keys("main"))
    fetch_as("adzuna-de", windows=windows)(request)
    assert isinstance(failure_of(fetch_as("adzuna-gb", windows=windows), request), BudgetSpent)
    assert FetchKey.objects.get().sources == ["adzuna-de", "adzuna-gb"]


def test_without_a_key_requests_count_for_the_server(serve: Serve, fetch_as: FetchAs) -> None:
    server = serve(echoes)
    fetch = fetch_as(windows=(Window(86_400, 1),))
    fetch(Request(f"{server.url}/a"))
    assert isinstance(failure_of(fetch, Request(f"{server.url}/b")), BudgetSpent)
    assert FetchKey.objects.get().name == "127.0.0.1"


# Secrets


@pytest.mark.parametrize(
    "play",
    [
        answers(SECRET.encode(), 400),
        answers(b"", 429, X_Echo=SECRET, Retry_After="999"),
        answers(b"", 500),
        cut,
        redirects(f"http://127.0.0.1:9/{{}}?app_key={SECRET}-main"),
        redirects("ftp://example.com/"),
        answers(b"x" * 3000),
        answers(b"x", Content_Encoding="gzip"),
    ],
)
def test_no_error_or_log_line_holds_a_key(serve: Serve, fetch_as: FetchAs, caplog, capsys, play) -> None:
    server = serve(play)
    caplog.set_level(logging.DEBUG)
    headers = Credential("main", params={"app_key": f"{SECRET}-main"}, headers={"Authorization": SECRET})
    fetch, request = fetch_as(most_bytes=2000), Request(server.url, credentials=(headers,))
    error = failure_of(fetch, request)
    told = "".join(traceback.format_exception(error)) + repr(error.details) + repr(request) + repr(fetch)
    out = capsys.readouterr()
    assert SECRET not in told + caplog.text + out.out + out.err
    assert SECRET not in str(list(FetchKey.objects.values()))


def test_a_key_with_characters_that_do_not_belong_there_is_not_shown(fetch_as: FetchAs, serve: Serve) -> None:
    credential = Credential("main", headers={"X-Key": f"{SECRET}\r\nX: 1"})
    error = failure_of(fetch_as(), Request(serve().url, credentials=(credential,)))
    assert error.permanent
    assert SECRET not in "".join(traceback.format_exception(error))


def test_what_is_counted_stays_counted(fetch_as: FetchAs, serve: Serve, monkeypatch) -> None:
    """Asking inside somebody's transaction could be rolled back, so it is refused."""
    for atomic in connection.atomic_blocks:
        monkeypatch.setattr(atomic, "_from_testcase", False)
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        fetch_as(windows=(Window(60, 1),))(Request(serve().url))
    assert not FetchGrant.objects.exists()


def test_answers_that_are_no_json_say_so() -> None:
    with pytest.raises(FetchFailed, match="not JSON"):
        Answer("https://example.com/x?app_key=1", b"<html>").json()
