"""The thread "Who is hiring?": what its comments say in their first line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import FetchFailed, Request
from ingestion.sources.hackernews import HackerNewsSource
from jobs.values import JobPosting, Pay, Place
from tests.contracts.sources.scripted import (
    ScriptedFetch,
    own_payload,
    postings_in,
    rejections_in,
    shared_payload,
    titles_by_page,
)

NO_HEADER = "The comment does not begin with a line of company | position | place."


def posting_of(header: str) -> JobPosting:
    payload = {"title": "Ask HN: Who is hiring?", "children": [{"id": 1, "text": f"{header}<p>More."}]}
    (posting, *_places) = postings_in(HackerNewsSource(), json.dumps(payload))
    return posting


def test_a_comment_is_mapped_field_by_field() -> None:
    lyon, europe, kite = postings_in(HackerNewsSource(), own_payload("hackernews.json"))
    assert (lyon.external_id, lyon.title, lyon.company) == ("401", "Senior Textile Engineer", "Loom & Thread")
    assert (lyon.place, europe.place) == (Place(city="Lyon", country="FR"), Place(region="EU"))
    assert (lyon.remote, lyon.employment_type) == (True, "full_time")
    assert lyon.pay == Pay(Decimal(55_000), Decimal(70_000), "EUR", "YEAR")
    assert lyon.posted_at == datetime(2026, 5, 1, 15, 2, tzinfo=UTC)
    assert lyon.url == "https://news.ycombinator.com/item?id=401"
    assert lyon.description.endswith("We weave.\nApply: https://loom.example/jobs")
    assert (kite.title, kite.repairs, kite.place) == (
        "Several positions",
        ("title unknown",),
        Place(city="Oslo", country="NO"),
    )
    assert kite.remote is False


def test_what_is_no_posting_is_left_out_with_its_reason() -> None:
    assert rejections_in(HackerNewsSource(), own_payload("hackernews.json")) == [
        (2, NO_HEADER),
        (3, "There is no comment, or it was deleted."),
    ]


@pytest.mark.parametrize(
    ("header", "title", "company"),
    [
        ("Acme | Backend Engineer | Berlin | ONSITE", "Backend Engineer", "Acme"),
        ("Acme (YC S21) | Remote (US) | Product Designer", "Product Designer", "Acme"),
        ("Acme | https://acme.example | Full-time | Remote | Multiple roles", "Multiple roles", "Acme"),
        ("Acme | Series B, $40M raised | Data Scientist | NYC", "Data Scientist", "Acme"),
        ("Acme | Head of Sales (Remote) | £80k-£95k", "Head of Sales (Remote)", "Acme"),
        ("Acme | Luthier | Cremona, Italy", "Luthier", "Acme"),
        ("Acme | Interns welcome | Remote | Python Developer", "Python Developer", "Acme"),
        ("Acme - Senior Backend Engineer - Remote - Full time", "Senior Backend Engineer", "Acme"),
    ],
)
def test_the_position_is_found_wherever_it_stands(header: str, title: str, company: str) -> None:
    assert (posting_of(header).title, posting_of(header).company) == (title, company)


@pytest.mark.parametrize(
    ("header", "remote", "hybrid", "employment_type"),
    [
        ("Acme | Engineer | REMOTE | Full-Time", True, False, "full_time"),
        ("Acme | Engineer | Hybrid in Paris | Contract", False, True, "contract"),
        ("Acme | Engineer | Paris, no remote | internship", False, False, "internship"),
        ("Acme | Engineer | ONSITE (Paris) | FT", False, False, "full_time"),
    ],
)
def test_the_kind_of_work_is_read_from_the_first_line(
    header: str, remote: bool, hybrid: bool, employment_type: str
) -> None:
    posting = posting_of(header)
    assert (posting.remote, posting.hybrid, posting.employment_type) == (remote, hybrid, employment_type)


def test_short_names_of_towns_are_known() -> None:
    posting = posting_of("Acme | Engineer | NYC / London | Hybrid")
    assert posting.place == Place(city="New York", region="NY", country="US")


def test_what_a_company_has_raised_is_no_pay() -> None:
    assert posting_of("Acme | Engineer | $40M raised, $2M ARR").pay is None
    assert posting_of("Acme | Engineer | $160k-$200k + equity").pay == Pay(
        Decimal(160_000), Decimal(200_000), "USD", "YEAR"
    )
    assert posting_of("Acme | Engineer | Tokyo | ¥8M - ¥14M").pay == Pay(
        Decimal(8_000_000), Decimal(14_000_000), "JPY", "YEAR"
    )
    assert posting_of("Acme | Engineer | $40M | Paris").pay is None
    assert posting_of("Acme | Engineer | Paris | $150k").pay == Pay(Decimal(150_000), Decimal(150_000), "USD", "YEAR")


def test_recorded_threads_lose_nothing() -> None:
    payload = shared_payload("recorded_anonymised/remote_jobs_digest__hn_item.json")
    acme, beta = postings_in(HackerNewsSource(), payload)
    first, second, _deleted = json.loads(payload)["children"]
    assert (acme.external_id, acme.company, acme.title) == ("1", "Acme Remote Inc", "Backend Engineer")
    assert (acme.remote, acme.employment_type, acme.place) == (True, "full_time", Place())
    assert (beta.external_id, beta.company, beta.title) == ("2", "Beta Labs", "Frontend Engineer")
    assert (beta.place.city, beta.remote) == ("Berlin", False)
    assert acme.posted_at == beta.posted_at == datetime.fromtimestamp(json.loads(payload)["created_at_i"], UTC)
    assert [acme.description, beta.description] == [
        row["text"].replace("<p>", "\n").replace("</p>", "") for row in (first, second)
    ]
    search = shared_payload("recorded_anonymised/remote_jobs_digest__hn_search.json")
    assert [reason for _position, reason in rejections_in(HackerNewsSource(), search)] == [
        "This is a thread and not a posting in one."
    ] * 3


def test_a_single_comment_is_read_and_the_answers_to_it_are_not() -> None:
    comment = {
        "id": 5,
        "type": "comment",
        "text": "Acme | Luthier | Cremona, Italy",
        "children": [{"id": 6, "text": "A | B | C"}],
    }
    assert [row.external_id for row in postings_in(HackerNewsSource(), json.dumps(comment))] == ["5"]


def test_the_newest_thread_of_who_is_hiring_is_read() -> None:
    threads = [
        "Ask HN: Who wants to be hired? (May 2026)",
        "Ask HN: Who is hiring? (May 2026)",
        "Ask HN: Who is hiring? (April 2026)",
    ]

    def script(request: Request) -> Any:
        if request.url.endswith("/items/8"):
            return own_payload("hackernews.json")
        return {"hits": [{"objectID": str(number), "title": title} for number, title in enumerate(threads, start=7)]}

    (page,) = titles_by_page(HackerNewsSource(), ScriptedFetch(script))
    assert page == ("", ["Senior Textile Engineer", "Senior Textile Engineer", "Several positions"])


def test_a_search_without_a_thread_is_a_failure() -> None:
    with pytest.raises(FetchFailed, match="knows no thread"):
        list(HackerNewsSource().pages(ScriptedFetch(lambda request: {"hits": []})))


def test_the_thread_of_those_who_look_for_work_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not one of those who are hiring"):
        postings_in(HackerNewsSource(), json.dumps({"title": "Ask HN: Who wants to be hired?", "children": []}))
