"""Searches over the postings of many employers: Adzuna, USAJOBS."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cvmatch.core.fetching import FetchFailed, Request
from ingestion.sources.adzuna import AdzunaSource
from ingestion.sources.usajobs import UsaJobsSource
from jobs.values import Pay, Place
from tests.contracts.sources.scripted import (
    ScriptedFetch,
    own_payload,
    postings_in,
    rejections_in,
    shared_payload,
    titles_by_page,
)

NO_TITLE = (2, "The posting has no title.")


# --- Adzuna ---------------------------------------------------------------------------------------------------------
def test_adzuna_maps_a_posting_field_by_field() -> None:
    baker, roofer, driver = postings_in(AdzunaSource(), own_payload("adzuna.json"))
    assert (baker.external_id, baker.title, baker.company) == ("70001", "Baker for the early shift", "Brot & Co")
    assert (baker.description, baker.is_snippet) == ("We bake bread from four in the morning and…", True)
    assert baker.place == Place("Bristol", "South West England", "GB", latitude=51.4545, longitude=-2.5879)
    assert baker.employment_type == "part_time"
    assert baker.categories == ("Hospitality & Catering Jobs",)
    assert baker.pay == Pay(Decimal(31_000), Decimal("34500.5"), "GBP", "YEAR")
    assert baker.posted_at == datetime(2026, 3, 1, 6, 7, 8, tzinfo=UTC)
    assert (baker.url, baker.repairs) == ("https://www.adzuna.co.uk/jobs/details/70001?utm_medium=api", ())
    assert (roofer.place, roofer.employment_type) == (Place(region="Texas", country="US"), "contract")
    assert roofer.pay == Pay(Decimal(50_000), Decimal(60_000), "USD", "YEAR", estimated=True)
    assert set(roofer.repairs) == {"salary bounds swapped", "company unknown", "no description"}
    assert driver.place == Place("Berlin", country="DE")
    assert driver.pay == Pay(Decimal(38_000), Decimal(38_000), "EUR", "YEAR", estimated=True)
    assert rejections_in(AdzunaSource(), own_payload("adzuna.json")) == [NO_TITLE]


def test_a_recorded_payload_of_adzuna_loses_nothing() -> None:
    payload = shared_payload("recorded_live/lubobali__adzuna_search.json")
    rows = json.loads(payload)["results"]
    for posting, row in zip(postings_in(AdzunaSource(), payload), rows, strict=True):
        assert (posting.external_id, posting.title, posting.url) == (row["id"], row["title"], row["redirect_url"])
        assert (posting.company, posting.description) == (row["company"]["display_name"], row["description"])
        assert [posting.place.country, posting.place.region, posting.place.city] == [
            row["location"]["area"][n] for n in (0, 1, -1)
        ]
        assert (posting.place.latitude, posting.place.longitude) == (row["latitude"], row["longitude"])
        assert posting.posted_at == datetime.fromisoformat(row["created"])
        assert posting.categories == (row["category"]["label"],)
        low, high = (Decimal(str(row.get(name, row["salary_max"]))) for name in ("salary_min", "salary_max"))
        assert posting.pay == Pay(low, high, "USD", "YEAR", estimated=row["salary_is_predicted"] == "1")
        assert posting.employment_type == row.get("contract_time", "")


def test_a_currency_that_the_places_do_not_tell_is_that_of_the_country_that_was_asked() -> None:
    payload = json.dumps({"count": 1, "results": [{"id": 1, "title": "Cook", "salary_min": 20_000}]})
    (posting,) = postings_in(AdzunaSource(country="ch"), payload)
    assert posting.pay == Pay(Decimal(20_000), None, "CHF", "YEAR")


class Adzuna:
    """A service with so many postings, 50 a page."""

    def __init__(self, count: int, broken: int = 0) -> None:
        self.count, self.broken = count, broken

    def __call__(self, request: Request) -> Any:
        page = int(request.url.rpartition("/")[2])
        if page == self.broken:
            return b"<html>Adzuna API</html>"
        numbers = range((page - 1) * 50, min(page * 50, self.count))
        return {"count": self.count, "results": [{"id": str(n), "title": f"Job {n}"} for n in numbers]}


def test_adzuna_is_asked_for_each_page_to_the_last_one_in_order() -> None:
    fetch = ScriptedFetch(Adzuna(1234))
    pages = titles_by_page(AdzunaSource(country="de"), fetch)
    assert [cursor for cursor, _ in pages] == [f"{number}:1234" for number in range(1, 26)]
    assert [title for _, titles in pages for title in titles] == [f"Job {n}" for n in range(1234)]
    assert len(fetch.asked) == 25
    assert fetch.asked[0].url == "https://api.adzuna.com/v1/api/jobs/de/search/1"


def test_a_run_goes_on_behind_the_last_page_that_it_stored() -> None:
    whole = titles_by_page(AdzunaSource(), ScriptedFetch(Adzuna(700)))
    assert titles_by_page(AdzunaSource(), ScriptedFetch(Adzuna(700)), after=whole[3][0]) == whole[4:]
    assert titles_by_page(AdzunaSource(), ScriptedFetch(Adzuna(700)), after=whole[13][0]) == []


def test_an_empty_page_is_the_end_whatever_the_count_says() -> None:
    def fewer(request: Request) -> Any:
        return {**Adzuna(120)(request), "count": 5000}

    assert [cursor for cursor, _ in titles_by_page(AdzunaSource(), ScriptedFetch(fewer))] == [
        "1:5000",
        "2:5000",
        "3:5000",
    ]


def test_pages_before_one_that_fails_are_given() -> None:
    pages = AdzunaSource().pages(ScriptedFetch(Adzuna(700, broken=3)))
    assert [next(pages).cursor, next(pages).cursor] == ["1:700", "2:700"]
    with pytest.raises(FetchFailed, match="search/3 answered with something that is no list"):
        next(pages)


def test_adzuna_is_asked_what_the_connection_says_with_each_of_its_keys() -> None:
    source = AdzunaSource("gb", ("one:k1", "two:k2"), "nurse", "Leeds", "healthcare-nursing-jobs", "7", "salary")
    fetch = ScriptedFetch(Adzuna(1))
    list(source.pages(fetch))
    assert dict(fetch.asked[0].params) == {
        "what": "nurse",
        "where": "Leeds",
        "category": "healthcare-nursing-jobs",
        "max_days_old": "7",
        "sort_by": "salary",
        "results_per_page": "50",
        "content-type": "application/json",
    }
    assert [(key.name, dict(key.params)) for key in fetch.asked[0].credentials] == [
        ("one", {"app_id": "one", "app_key": "k1"}),
        ("two", {"app_id": "two", "app_key": "k2"}),
    ]
    assert "k1" not in repr(fetch.asked[0])


# --- USAJOBS --------------------------------------------------------------------------------------------------------
def test_usajobs_maps_a_posting_field_by_field() -> None:
    maine, naples, student = postings_in(UsaJobsSource(), own_payload("usajobs.json"))
    assert (maine.external_id, maine.group_key, naples.external_id) == ("810001", "810001", "810001#2")
    assert (maine.title, maine.company) == ("Lighthouse Keeper", "Bureau of Lamps")
    assert maine.place == Place("Portland", "Maine", "US", latitude=43.6591, longitude=-70.2553)
    assert naples.place == Place("Naples", country="IT", latitude=40.8333, longitude=14.25)
    assert maine.description.splitlines()[:4] == ["Summary", "Keep the light.", "Duties", "- Trim wicks."]
    for said in ("- U.S. citizen", "Sea legs.", "One year of lamps.", "By a sailor.", "Windy.", "Apply online."):
        assert said in maine.description.splitlines()
    assert (maine.employment_type, maine.remote, maine.categories) == ("part_time", False, ("Beacons",))
    assert maine.pay == Pay(Decimal("21.5"), Decimal(25), "USD", "HOUR")
    assert maine.posted_at == datetime(2026, 1, 10, tzinfo=UTC)
    assert maine.expires_at == datetime(2026, 1, 31, 23, 59, 59, 997_000, tzinfo=UTC)
    assert (maine.url, maine.repairs) == ("https://www.usajobs.gov/job/810001", ())
    assert (student.company, student.employment_type) == ("Department of Coasts", "internship")
    assert (student.place, student.remote) == (Place(country="US"), True)
    assert student.pay == Pay(Decimal(750), Decimal(850), "USD", "WEEK")
    assert student.expires_at == datetime(2026, 2, 16, tzinfo=UTC)
    assert rejections_in(UsaJobsSource(), own_payload("usajobs.json")) == [NO_TITLE]


def usajobs(request: Request) -> Any:
    page = int(request.params["Page"])
    found = {"MatchedObjectId": str(page), "MatchedObjectDescriptor": {"PositionTitle": f"Clerk {page}"}}
    return {"SearchResult": {"SearchResultItems": [found], "UserArea": {"NumberOfPages": "3"}}}


def test_usajobs_is_asked_for_each_page_with_its_key_and_goes_on_behind_a_cursor() -> None:
    source = UsaJobsSource(email="me@example.com", key="secret", keyword="clerk", days="30")
    fetch = ScriptedFetch(usajobs)
    pages = titles_by_page(source, fetch)
    assert pages == [("1", ["Clerk 1"]), ("2", ["Clerk 2"]), ("3", ["Clerk 3"])]
    assert titles_by_page(source, ScriptedFetch(usajobs), after="2") == pages[2:]
    (credential,) = fetch.asked[0].credentials
    assert dict(credential.headers) == {"Authorization-Key": "secret", "User-Agent": "me@example.com"}
    assert {"Keyword": "clerk", "DatePosted": "30", "ResultsPerPage": "500"}.items() <= fetch.asked[0].params.items()


def test_a_search_that_finds_nothing_gives_no_page() -> None:
    empty = {"SearchResult": {"SearchResultCount": 0, "SearchResultItems": [], "UserArea": {"NumberOfPages": "0"}}}
    assert titles_by_page(UsaJobsSource(), ScriptedFetch(lambda request: empty)) == []
