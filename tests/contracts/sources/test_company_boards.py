"""Boards of one company each: Greenhouse, Lever, Ashby, Workable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import FetchFailed, Request
from ingestion.sources import FetchedSource, Rejected
from ingestion.sources.ashby import AshbySource
from ingestion.sources.greenhouse import GreenhouseSource
from ingestion.sources.lever import LeverSource
from ingestion.sources.payloads import IN_FULL
from ingestion.sources.workable import WorkableSource
from jobs.values import JobPosting, Pay, Place
from tests.contracts.sources.scripted import (
    ScriptedFetch,
    own_payload,
    postings_in,
    rejections_in,
    shared_payload,
    titles_by_page,
    unchanged,
    words,
    words_of_html,
)

NO_TITLE = (2, "The posting has no title.")


def first_of_each(postings: list[JobPosting]) -> list[JobPosting]:
    """The posting in its first place."""
    return [posting for posting in postings if posting.group_key in {"", posting.external_id}]


def in_places(postings: list[JobPosting], external_id: str) -> list[Place]:
    return [posting.place for posting in postings if posting.external_id.partition("#")[0] == external_id]


# --- Greenhouse -----------------------------------------------------------------------------------------------------
def test_greenhouse_maps_a_posting_field_by_field() -> None:
    bergen, canada, deckhand, diver = postings_in(GreenhouseSource(), own_payload("greenhouse.json"))
    assert (bergen.external_id, bergen.group_key, canada.external_id) == ("4401", "4401", "4401#2")
    assert (bergen.title, bergen.company) == ("Tide Modeller", "Harbour Labs")
    assert bergen.description == "What you do\nModel tides & currents.\nPay in Canada\nAnd a bonus."
    assert (bergen.place, canada.place) == (Place("Bergen", country="NO"), Place(country="CA"))
    assert (bergen.hybrid, bergen.remote, canada.hybrid, canada.remote) == (True, False, False, True)
    assert (bergen.employment_type, bergen.level) == ("full_time", "senior")
    assert bergen.categories == ("Science", "Modelling")
    assert bergen.pay == Pay(Decimal(95_000), Decimal(120_000), "CAD", "YEAR")
    assert bergen.posted_at == datetime(2026, 2, 3, 15, tzinfo=UTC)
    assert bergen.expires_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert (bergen.url, bergen.repairs) == ("https://job-boards.greenhouse.io/harbour/jobs/4401", ())
    assert deckhand.place == Place("Bergen", "Vestland", "NO")
    assert deckhand.pay == Pay(Decimal(21), Decimal(25), "USD", "HOUR")
    assert set(deckhand.repairs) == {"salary period guessed", "company unknown"}
    assert (diver.place, diver.remote) == (Place("Oslo", country="NO"), True)
    assert diver.pay == Pay(Decimal(700_000), Decimal(800_000), "NOK", "YEAR")
    assert rejections_in(GreenhouseSource(), own_payload("greenhouse.json")) == [NO_TITLE]


def test_a_company_is_named_by_whoever_connects_the_board_where_the_board_does_not() -> None:
    found = postings_in(GreenhouseSource(company="Fjord Ltd"), own_payload("greenhouse.json"))
    assert [posting.company for posting in found] == ["Harbour Labs", "Harbour Labs", "Fjord Ltd", "Fjord Ltd"]


def test_a_workplace_that_is_named_beside_the_towns_holds_for_all_of_them() -> None:
    row = {"id": 1, "title": "Cook", "location": {"name": "Oslo, Norway; Bergen, Norway; Remote"}}
    found = postings_in(GreenhouseSource(), json.dumps({"jobs": [row]}))
    assert [(posting.place.city, posting.remote) for posting in found] == [("Oslo", True), ("Bergen", True)]


def test_several_ranges_of_pay_are_one_from_the_lowest_to_the_highest() -> None:
    ranges = [
        {"min_cents": low * 100, "max_cents": high * 100, "currency_type": "USD"}
        for low, high in ((90_000, 95_000), (80_000, 85_000))
    ]
    (posting,) = postings_in(
        GreenhouseSource(), json.dumps({"jobs": [{"id": 1, "title": "Cook", "pay_input_ranges": ranges}]})
    )
    assert posting.pay == Pay(Decimal(80_000), Decimal(95_000), "USD", "YEAR")


@pytest.mark.parametrize(
    "name",
    [
        "recorded_live/lubobali__greenhouse_jobs.json",
        "recorded_anonymised/remote_jobs_digest__greenhouse.json",
        "handmade_shapes/openroles__greenhouse.json",
    ],
)
def test_recorded_payloads_of_greenhouse_lose_nothing(name: str) -> None:
    payload = shared_payload(name)
    found = postings_in(GreenhouseSource(), payload)
    rows = json.loads(payload)["jobs"]
    assert len(first_of_each(found)) == len(rows)
    for posting, row in zip(first_of_each(found), rows, strict=True):
        assert (posting.external_id, posting.title, posting.url) == (str(row["id"]), row["title"], row["absolute_url"])
        assert posting.company == row.get("company_name", "")
        assert posting.posted_at == datetime.fromisoformat(row.get("first_published") or row["updated_at"])
        assert posting.categories == tuple(part["name"] for part in row.get("departments", []))
        assert words(posting.description) == words_of_html(words_escaped(row["content"]))
        named = [part.split(",")[0] for part in row["location"]["name"].replace(" | ", "; ").split("; ")]
        places = in_places(found, posting.external_id)
        assert len(places) == len(named)
        for place, words_of_place in zip(places, named, strict=True):
            assert place.city == words_of_place or place.region == words_of_place or words_of_place.startswith("Remote")


def words_escaped(content: str) -> str:
    return (
        content
        if "<" in content
        else content.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    )


def test_the_workplace_and_country_of_recorded_postings_are_read() -> None:
    found = postings_in(GreenhouseSource(), shared_payload("recorded_live/lubobali__greenhouse_jobs.json"))
    assert [
        (posting.place.country, posting.remote) for posting in found if posting.title.startswith("Anthropic Fellows")
    ] == [
        ("GB", False),
        ("CA", False),
        ("US", True),
        ("US", False),
    ]
    assert {posting.title: posting.remote for posting in found}["Country Lead, Data Center Security"]


# --- Lever ----------------------------------------------------------------------------------------------------------
def test_lever_maps_a_posting_field_by_field() -> None:
    nelson, hobart, cider = postings_in(LeverSource(company="Pomona"), own_payload("lever.json"))
    assert (nelson.external_id, nelson.group_key, hobart.external_id) == ("b7-1", "b7-1", "b7-1#2")
    assert (nelson.title, nelson.company) == ("Orchard Keeper", "Pomona")
    assert nelson.description.splitlines() == [
        "We grow apples.",
        "You prune.",
        "You bring & like",
        "- Ladders",
        "- Rain",
        "Paid by the week.",
        "Write to us.",
    ]
    assert (nelson.place, hobart.place) == (Place("Nelson", country="NZ"), Place("Hobart", country="AU"))
    assert (nelson.hybrid, nelson.remote, nelson.employment_type, nelson.level) == (True, False, "part_time", "junior")
    assert nelson.categories == ("Growing", "Trees")
    assert nelson.pay == Pay(Decimal("28.5"), Decimal(33), "NZD", "HOUR")
    assert nelson.posted_at == datetime.fromtimestamp(1_772_000_000, UTC)
    assert (nelson.url, nelson.repairs) == ("https://jobs.lever.co/pomona/b7-1", ())
    assert (cider.place, cider.remote, cider.description) == (
        Place(country="GB"),
        True,
        "Press & wait.\n£30k to £34k a year",
    )
    assert cider.pay == Pay(Decimal(30_000), Decimal(34_000), "GBP", "YEAR")
    assert rejections_in(LeverSource(), own_payload("lever.json")) == [
        NO_TITLE,
        (4, "The posting is not open: it is closed."),
    ]


def test_opening_and_body_are_kept_where_no_field_has_both() -> None:
    row = {"id": "1", "text": "Cook", "opening": "<p>Hello.</p>", "descriptionBodyPlain": "Cook & taste."}
    (posting,) = postings_in(LeverSource(), json.dumps([row]))
    assert posting.description == "Hello.\nCook & taste."


def test_a_recorded_payload_of_lever_loses_nothing() -> None:
    payload = shared_payload("handmade_shapes/openroles__lever.json")
    found = postings_in(LeverSource(), payload)
    (row,) = json.loads(payload)
    assert [posting.place.city for posting in found] == row["categories"]["allLocations"]
    posting = found[0]
    assert (posting.title, posting.url, posting.external_id) == (row["text"], row["hostedUrl"], row["id"])
    assert posting.posted_at == datetime.fromtimestamp(row["createdAt"] / 1000, UTC)
    assert posting.pay == Pay(Decimal(row["salaryRange"]["min"]), Decimal(row["salaryRange"]["max"]), "GBP", "YEAR")
    assert (posting.remote, posting.employment_type, posting.categories) == (True, "full_time", ("Data",))
    sections = [row["descriptionPlain"], row["lists"][0]["text"], row["lists"][0]["content"], row["additionalPlain"]]
    assert words(posting.description) == words_of_html(" ".join(sections))


def lever_board(request: Request) -> Any:
    skip, limit = int(request.params["skip"]), int(request.params["limit"])
    return [{"id": str(number), "text": f"Job {number}"} for number in range(skip, min(skip + limit, 205))]


def test_lever_is_asked_page_by_page_until_one_is_not_full_and_goes_on_behind_a_cursor() -> None:
    fetch = ScriptedFetch(lever_board)
    pages = titles_by_page(LeverSource(site="pomona"), fetch)
    assert [(cursor, len(titles)) for cursor, titles in pages] == [("100", 100), ("200", 100), ("300", 5)]
    assert {request.url for request in fetch.asked} == {"https://api.lever.co/v0/postings/pomona"}
    assert titles_by_page(LeverSource(site="pomona"), ScriptedFetch(lever_board), after="200") == pages[2:]


def test_a_company_that_lever_keeps_in_europe_is_asked_there() -> None:
    fetch = ScriptedFetch(lambda request: [])
    list(LeverSource(site="pomona", region="eu").pages(fetch))
    assert [request.url for request in fetch.asked] == ["https://api.eu.lever.co/v0/postings/pomona"]


# --- Ashby ----------------------------------------------------------------------------------------------------------
def test_ashby_maps_a_posting_field_by_field() -> None:
    venice, lyon, europe, grinder = postings_in(AshbySource(company="Vetro"), own_payload("ashby.json"))
    assert (venice.external_id, venice.group_key, europe.external_id) == ("9d-1", "9d-1", "9d-1#3")
    assert (venice.title, venice.company, venice.description) == ("Glass Blower", "Vetro", "The furnace\nBlow & shape.")
    assert venice.place == Place("Venezia", "Veneto", "IT", "30141")
    assert (lyon.place, europe.place) == (Place("Lyon", country="FR"), Place(region="European Union"))
    assert (venice.remote, venice.hybrid, venice.employment_type) == (False, False, "contract")
    assert venice.categories == ("Workshop", "Hot")
    assert venice.pay == Pay(Decimal(40), Decimal(55), "EUR", "HOUR")
    assert venice.posted_at == datetime(2026, 6, 1, 6, tzinfo=UTC)
    assert venice.expires_at == datetime(2026, 8, 2, tzinfo=UTC)
    assert (venice.url, venice.repairs) == ("https://jobs.ashbyhq.com/vetro/9d-1", ())
    assert (grinder.place, grinder.remote, grinder.employment_type) == (Place(), True, "internship")
    assert grinder.pay == Pay(Decimal(60_000), Decimal(70_000), "USD", "YEAR")
    assert rejections_in(AshbySource(), own_payload("ashby.json")) == [
        NO_TITLE,
        (3, "The posting is not listed on the board."),
    ]


@pytest.mark.parametrize(
    "name", ["recorded_anonymised/remote_jobs_digest__ashby.json", "handmade_shapes/openroles__ashby.json"]
)
def test_recorded_payloads_of_ashby_lose_nothing(name: str) -> None:
    payload = shared_payload(name)
    found = postings_in(AshbySource(), payload)
    rows = [row for row in json.loads(payload)["jobs"] if row["isListed"]]
    assert len(first_of_each(found)) == len(rows)
    for posting, row in zip(first_of_each(found), rows, strict=True):
        assert (posting.external_id, posting.title, posting.url) == (row["id"], row["title"], row["jobUrl"])
        assert (posting.remote, posting.employment_type) == (row["workplaceType"] == "Remote", "full_time")
        assert posting.posted_at == datetime.fromisoformat(row["publishedAt"])
        assert {row["department"], row.get("team", row["department"])} == set(posting.categories)
        assert words(posting.description) == words_of_html(row.get("descriptionHtml", row["descriptionPlain"]))
        addresses = [
            row["address"]["postalAddress"],
            *(other["address"]["postalAddress"] for other in row["secondaryLocations"]),
        ]
        assert [place.city for place in in_places(found, row["id"])] == [
            part.get("addressLocality", "") for part in addresses
        ]
        assert bool(posting.pay) == bool(row["compensation"]["compensationTierSummary"])


def test_the_pay_of_recorded_postings_is_that_over_all_tiers() -> None:
    found = postings_in(AshbySource(), shared_payload("recorded_anonymised/remote_jobs_digest__ashby.json"))
    assert [posting.pay for posting in first_of_each(found)] == [
        Pay(Decimal(215_000), Decimal(310_000), "CAD", "YEAR"),
        Pay(Decimal(250_000), Decimal(535_000), "CAD", "YEAR"),
        None,
    ]


def test_a_saved_page_of_a_board_gives_what_it_holds_and_one_of_no_board_is_refused() -> None:
    data = {
        "organization": {"name": "Vetro", "hostedJobsPageSlug": "vetro"},
        "jobBoard": {"jobPostings": [{"id": "9", "title": "Cook", "locationName": "Lyon, France"}]},
    }
    page = f"<html><script>window.__appData = {json.dumps(data)};</script></html>"
    (posting,) = postings_in(AshbySource(), page)
    assert (posting.company, posting.url, posting.place) == (
        "Vetro",
        "https://jobs.ashbyhq.com/vetro/9",
        Place("Lyon", country="FR"),
    )
    assert postings_in(AshbySource(), shared_payload("handmade_shapes/jobwatch__ashby_board_live.html")) == []
    with pytest.raises(InvalidInput, match="names no company"):
        postings_in(AshbySource(), shared_payload("handmade_shapes/jobwatch__ashby_board_offline.html"))


# --- Workable -------------------------------------------------------------------------------------------------------
def test_workable_maps_a_posting_field_by_field() -> None:
    porto, vigo, packer = postings_in(WorkableSource(), own_payload("workable.json"))
    assert (porto.external_id, porto.group_key, vigo.external_id) == ("AA11", "AA11", "AA11#2")
    assert (porto.title, porto.company) == ("Glaze Chemist", "Kiln Street")
    assert porto.description == "Mix & fire.\nRequirements\n- Chemistry\nBenefits\nA wheel."
    assert (porto.place, vigo.place) == (Place("Porto", "Porto District", "PT"), Place("Vigo", country="ES"))
    assert (porto.hybrid, porto.remote, porto.employment_type, porto.level) == (True, False, "full_time", "mid")
    assert porto.categories == ("Laboratory", "Science", "Ceramics")
    assert porto.pay == Pay(Decimal(2400), Decimal(3000), "EUR", "MONTH")
    assert porto.posted_at == datetime(2026, 5, 6, tzinfo=UTC)
    assert (porto.url, porto.repairs) == ("https://apply.workable.com/j/AA11", ())
    assert (packer.place, packer.remote, packer.url) == (Place(), True, "https://apply.workable.com/j/AA13")
    assert rejections_in(WorkableSource(), own_payload("workable.json")) == [NO_TITLE]


def test_a_recorded_payload_of_workable_loses_nothing() -> None:
    payload = shared_payload("handmade_shapes/openroles__workable.json")
    found = postings_in(WorkableSource(), payload)
    document = json.loads(payload)
    for posting, row in zip(found, document["jobs"], strict=True):
        assert (posting.title, posting.company, posting.external_id) == (
            row["title"],
            document["name"],
            row["shortcode"],
        )
        assert posting.place == Place(row.get("city", ""), row.get("state", ""), "GB")
        assert posting.posted_at == datetime.fromisoformat(row["published_on"]).replace(tzinfo=UTC)
        assert posting.url == row["application_url"]
        assert (posting.remote, posting.hybrid) == (row["telecommuting"], row["workplace_type"] == "hybrid")
        assert words(posting.description) == words_of_html(row.get("description", ""))


SETO = {"country": "Japan", "countryCode": "JP", "city": "Seto", "region": "Aichi"}
LISTED = {
    "id": 5, "shortcode": "BB1", "title": "Thrower", "remote": False, "workplace": "on_site", "state": "published",
    "isInternal": False, "type": "part", "published": "2026-07-01T00:00:00.000Z", "department": ["Wheel"], "location": SETO,
    "locations": [{**SETO, "hidden": False}],
}  # fmt: skip


def careers_page(request: Request) -> Any:
    if "/widget/" in request.url:
        return {"name": "Kiln Street", "jobs": []}
    if request.url.endswith("/v3/accounts/kiln/jobs"):
        second = {**LISTED, "shortcode": "BB2", "title": "Trimmer"}
        return (
            {"total": 2, "results": [second]}
            if request.payload.get("token")
            else {"total": 2, "results": [LISTED], "nextPage": "t2"}
        )
    if request.url.endswith("/BB2"):
        return FetchFailed("gone", permanent=True)
    return {**LISTED, "description": "<p>Throw.</p>", "requirements": "<p>Hands.</p>", "benefits": ""}


def test_a_board_whose_widget_is_empty_is_read_from_its_careers_page_with_each_posting() -> None:
    fetch = ScriptedFetch(careers_page)
    source = WorkableSource(account="kiln", company="Kiln Street")
    assert isinstance(source, FetchedSource)
    first, second = source.pages(fetch)
    assert (first.cursor, second.cursor) == ("t2", "")
    (item,) = first.rows
    (posting,) = source.postings(item)  # type: ignore[arg-type]
    assert isinstance(posting, JobPosting)
    assert (posting.title, posting.company, posting.employment_type) == ("Thrower", "Kiln Street", "part_time")
    assert posting.place == Place("Seto", "Aichi", "JP")
    assert posting.description == "Throw.\nRequirements\nHands."
    assert posting.url == "https://apply.workable.com/kiln/j/BB1"
    assert second.rows == (Rejected(1, "The posting was taken down."),)


def test_the_careers_page_is_read_on_from_its_own_cursor() -> None:
    fetch = ScriptedFetch(careers_page)
    assert len(list(WorkableSource(account="kiln").pages(fetch, after="t2"))) == 1
    assert [request.payload for request in fetch.asked] == [{"query": "", "token": "t2"}, None]


def test_a_posting_that_is_not_open_to_everybody_is_rejected() -> None:
    rows = [{**LISTED, "state": "closed"}, {**LISTED, "isInternal": True}]
    reasons = [reason for _, reason in rejections_in(WorkableSource(), json.dumps({"results": rows}))]
    assert reasons == [f"The posting is not open to everybody: it is {state}." for state in ("closed", "internal")]


# --- All of them ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "address"),
    [
        (GreenhouseSource(board="a"), "https://boards-api.greenhouse.io/v1/boards/a/jobs"),
        (AshbySource(board="a"), "https://api.ashbyhq.com/posting-api/job-board/a"),
        (WorkableSource(account="a"), "https://apply.workable.com/api/v1/widget/accounts/a"),
    ],
)
def test_a_board_in_one_answer_is_asked_once(source: Any, address: str) -> None:
    kind = type(source).__name__.removesuffix("Source").lower()
    fetch = ScriptedFetch(lambda request: own_payload(f"{kind}.json"))
    ((cursor, titles),) = titles_by_page(source, fetch)
    assert cursor == ""
    assert len(titles) >= 3
    assert [request.url for request in fetch.asked] == [address]


@pytest.mark.parametrize("source", [GreenhouseSource(board="a"), AshbySource(board="a")])
def test_a_board_without_anything_new_gives_no_page(source: Any) -> None:
    assert titles_by_page(source, ScriptedFetch(unchanged)) == []


def test_what_comes_in_pages_is_asked_for_in_full() -> None:
    fetch = ScriptedFetch(lambda request: [])
    list(LeverSource(site="pomona").pages(fetch))
    assert [request.headers for request in fetch.asked] == [IN_FULL]
