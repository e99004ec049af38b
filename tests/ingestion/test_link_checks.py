"""Links of postings are followed a few a day: what is gone counts against its source, and is closed when it stays gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import tenacity.nap
from django.utils import timezone

from cvmatch.core.fetching import Request
from cvmatch.core.http import HttpFetch
from ingestion.link_checks import check_links, note_link
from ingestion.models import LinkCheck, Source
from ingestion.source_facts import source_facts
from ingestion.sources.links import Found, follow
from ingestion.stages import check_links as stage
from jobs.models import Job
from jobs.services import upsert_jobs
from jobs.values import JobPosting
from tests.board import SPEC
from tests.source_server import Asked, SourceServer, send

pytestmark = pytest.mark.django_db(transaction=True)

ROBOTS = b"User-agent: *\nDisallow: /private/\n"
STATES = {"gone": 404, "over": 410, "forbidden": 403, "broken": 500}


def site(handler: Any, asked: Asked) -> None:
    """``/works/…`` and so on: the first part of a path says what is there."""
    kind = asked.path.split("/")[1]
    if asked.path == "/robots.txt":
        send(handler, ROBOTS)
    elif kind == "moved":
        send(handler, b"", 302, Location="/")
    elif kind == "elsewhere":
        send(handler, b"", 301, Location="/works/1")
    elif kind == "getonly" and asked.method == "HEAD":
        send(handler, b"", 405)
    elif kind == "headless" and asked.method == "HEAD":
        send(handler, b"", 501)
    elif kind == "shy" and asked.method == "HEAD":
        send(handler, b"", 404)
    else:
        send(handler, b"" if asked.method == "HEAD" else b"A page.", STATES.get(kind, 200))


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SourceServer]:
    """The site; attempts do not wait, and a minute has room for all."""
    monkeypatch.setattr(tenacity.nap, "time", SimpleNamespace(sleep=lambda seconds: None))
    settings.FETCH = {**settings.FETCH, "allow_private": True}
    settings.JOB_LINKS = {"a_day": 20, "per_minute": 1000}
    settings.JOB_SOURCES = {**settings.JOB_SOURCES, "board": SPEC}
    served = SourceServer(site)
    yield served
    served.close()


def connect(name: str = "search", kind: str = "adzuna") -> Source:
    return Source.objects.create(name=name, kind=kind)


def post(server: SourceServer, *paths: str, source: str = "search") -> list[Job]:
    upsert_jobs(source=source, postings=[JobPosting(path, path, "Text", url=f"{server.url}/{path}") for path in paths])
    return list(Job.objects.filter(source=source, external_id__in=paths).order_by("pk"))


def outcomes() -> dict[str, str]:
    return dict(LinkCheck.objects.values_list("job__external_id", "outcome"))


def a_day_passes() -> None:
    for check in LinkCheck.objects.all():
        check.checked_at -= timedelta(days=1)
        check.gone_since = check.gone_since and check.gone_since - timedelta(days=1)
        check.save()


@pytest.mark.parametrize(
    ("path", "found", "methods"),
    [
        ("works/1", "works", "HEAD"),
        ("elsewhere/1", "works", "HEAD HEAD"),
        ("getonly/1", "works", "HEAD GET"),
        ("headless/1", "works", "HEAD GET"),
        ("shy/1", "works", "HEAD GET"),
        ("gone/1", "gone", "HEAD GET"),
        ("over/1", "gone", "HEAD GET"),
        ("moved/1", "astray", "HEAD HEAD"),
        ("forbidden/1", "unknown", "HEAD GET"),
        ("broken/1", "unknown", "HEAD HEAD HEAD"),
        ("private/1", "unknown", ""),
    ],
)
def test_a_link_is_followed_to_its_end(server: SourceServer, path: str, found: str, methods: str) -> None:
    with HttpFetch("links:here", allow_private=True, parallel=1) as fetch:
        assert follow(fetch, f"{server.url}/{path}", {}) == found
    assert " ".join(asked.method for asked in server.asked if asked.path != "/robots.txt") == methods


def test_every_outcome_of_a_link_can_be_kept() -> None:
    assert set(Found) == set(LinkCheck.Outcome.values)


def test_only_headers_are_asked_for_where_they_are_enough(server: SourceServer) -> None:
    with HttpFetch("links:here", allow_private=True) as fetch:
        assert fetch(Request(f"{server.url}/works/1", headers_only=True)).body == b""


def test_some_links_of_each_source_are_followed_each_day(server: SourceServer, settings: Any) -> None:
    settings.JOB_LINKS["a_day"] = 3
    for name in ("one", "two"):
        connect(name)
        post(server, *(f"works/{number}" for number in range(8)), source=name)
    connect("paused")
    Source.objects.filter(name="paused").update(is_paused=True)
    post(server, "works/1", source="paused")
    post(server, "works/1", source="pushed")
    assert stage(limit=100).done == 6
    assert stage(limit=100).done == 0
    assert set(LinkCheck.objects.values_list("job__source", flat=True)) == {"one", "two"}
    assert sum(asked.path == "/robots.txt" for asked in server.asked) == 1
    a_day_passes()
    assert stage(limit=4).more
    assert stage(limit=4).done == 2


def test_nothing_is_asked_where_no_links_are_to_be_followed(server: SourceServer, settings: Any) -> None:
    settings.JOB_LINKS["a_day"] = 0
    connect()
    post(server, "works/1")
    assert stage(limit=100).done == 0
    assert server.asked == []


def test_a_server_is_asked_so_often_in_a_minute_and_the_rest_comes_later(server: SourceServer, settings: Any) -> None:
    settings.JOB_LINKS["per_minute"] = 4
    connect()
    post(server, *(f"works/{number}" for number in range(10)))
    assert stage(limit=100).done == 3  # one request was for robots.txt
    assert len(server.asked) == 4


def test_what_is_gone_twice_a_day_apart_is_closed(server: SourceServer) -> None:
    connect()
    post(server, "gone/1", "moved/1", "works/1")
    assert check_links(limit=100).closed == 0
    assert outcomes() == {"gone/1": "gone", "moved/1": "astray", "works/1": "works"}
    assert check_links(limit=100).links == 0
    a_day_passes()
    assert check_links(limit=100).closed == 1
    assert set(Job.objects.active().values_list("external_id", flat=True)) == {"moved/1", "works/1"}


def test_a_source_that_sees_everything_closes_its_postings_itself(server: SourceServer) -> None:
    connect("acme", kind="greenhouse")
    post(server, "gone/1", source="acme")
    for _ in range(3):
        check_links(limit=100)
        a_day_passes()
    assert Job.objects.active().count() == 1


def test_a_page_that_came_back_or_could_not_be_told_is_judged_anew(server: SourceServer) -> None:
    connect()
    (job,) = post(server, "gone/1")
    now = timezone.now()
    assert note_link(job, Found.GONE, now=now) == 0
    assert note_link(job, Found.WORKS, now=now + timedelta(hours=30)) == 0
    assert note_link(job, Found.GONE, now=now + timedelta(hours=60)) == 0
    assert note_link(job, Found.UNKNOWN, now=now + timedelta(hours=90)) == 0
    assert note_link(job, Found.GONE, now=now + timedelta(hours=70)) == 0  # not yet a day
    assert note_link(job, Found.GONE, now=now + timedelta(hours=120)) == 1


def test_a_second_look_comes_before_a_first_one(server: SourceServer, settings: Any) -> None:
    settings.JOB_LINKS["a_day"] = 1
    connect()
    gone, *_ = post(server, "gone/1", *(f"works/{number}" for number in range(30)))
    before = timezone.now() - timedelta(hours=25)
    note_link(gone, Found.GONE, now=before)
    assert check_links(limit=100).closed == 1


def test_broken_links_count_against_a_source_once_there_are_enough(server: SourceServer) -> None:
    jobs = post(server, *(f"works/{number}" for number in range(24)))
    now = timezone.now()
    found = [Found.GONE] * 3 + [Found.ASTRAY] * 2 + [Found.WORKS] * 14
    for job, what in zip(jobs, found, strict=False):
        note_link(job, what, now=now)
    note_link(jobs[20], Found.UNKNOWN, now=now)
    note_link(jobs[21], Found.WORKS, now=now - timedelta(days=31))
    assert source_facts()["search"].broken_links is None
    note_link(jobs[19], Found.WORKS, now=now)
    assert source_facts("search")["search"].broken_links == pytest.approx(5 / 20)
