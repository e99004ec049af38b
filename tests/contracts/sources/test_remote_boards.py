"""Boards of many companies: Remotive, Remote OK, Himalayas, Working Nomads, Arbeitnow, The Muse."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pycountry
import pytest

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import FetchFailed, Request
from ingestion.sources import clean
from ingestion.sources.arbeitnow import ArbeitnowSource
from ingestion.sources.assembling import MAX_PLACES
from ingestion.sources.himalayas import HimalayasSource
from ingestion.sources.open_to import open_to
from ingestion.sources.remoteok import RemoteOkSource
from ingestion.sources.remotive import RemotiveSource
from ingestion.sources.themuse import TheMuseSource
from ingestion.sources.workingnomads import WorkingNomadsSource
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


# --- Where people may live ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wording", "places"),
    [
        ("Worldwide", []),
        ("Anywhere in the World", []),
        ("Europe, Worldwide", []),
        ("", []),
        ("USA", [Place(country="US")]),
        ("UK, Ireland", [Place(country="GB"), Place(country="IE")]),
        ("Americas, Europe, Israel", [Place(region="Americas"), Place(region="Europe"), Place(country="IL")]),
        ("Austin, TX", [Place(city="Austin", region="TX", country="US")]),
        ("Remote - US", [Place(country="US")]),
        ("🇫🇷 France, 🇪🇸 Spain", [Place(country="FR"), Place(country="ES")]),
    ],
)
def test_the_countries_that_people_may_live_in_are_places(wording: str, places: list[Place]) -> None:
    assert open_to(wording) == places


# --- Remotive -------------------------------------------------------------------------------------------------------
def test_remotive_maps_a_posting_field_by_field() -> None:
    canada, latin_america, illustrator = postings_in(RemotiveSource(), own_payload("remotive.json"))
    assert (canada.external_id, canada.group_key, latin_america.external_id) == ("11", "11", "11#2")
    assert (canada.title, canada.company, canada.description) == ("Technical Writer", "Inkwell", "Write & edit.")
    assert (canada.place, latin_america.place) == (Place(country="CA"), Place(region="LATAM"))
    assert canada.pay == Pay(Decimal(40), Decimal(55), "USD", "HOUR")
    assert (canada.employment_type, canada.remote) == ("contract", True)
    assert canada.categories == ("Writing", "docs", "markdown")
    assert canada.posted_at == datetime(2026, 5, 4, 9, 10, 11, tzinfo=UTC)
    assert canada.url == "https://remotive.com/remote-jobs/writing/technical-writer-11"
    assert canada.raw["legal_notice"] == "Name us and link to us."
    assert (illustrator.place, illustrator.pay) == (Place(), None)
    assert set(illustrator.repairs) == {"company unknown", "no description"}
    assert rejections_in(RemotiveSource(), own_payload("remotive.json")) == [NO_TITLE]


@pytest.mark.parametrize(
    "name", ["recorded_live/lubobali__remotive_jobs.json", "recorded_anonymised/remote_jobs_digest__remotive.json"]
)
def test_recorded_payloads_of_remotive_lose_nothing(name: str) -> None:
    payload = shared_payload(name)
    found = first_of_each(postings_in(RemotiveSource(), payload))
    rows = json.loads(payload)["jobs"]
    assert len(found) == len(rows)
    for posting, row in zip(found, rows, strict=True):
        assert (posting.title, posting.company, posting.url) == (row["title"], row["company_name"], row["url"])
        assert posting.posted_at == datetime.fromisoformat(row["publication_date"]).replace(tzinfo=UTC)
        assert posting.employment_type == row["job_type"]
        assert (posting.pay is None) == (row["salary"] == "")
        assert (posting.place == Place()) == (row["candidate_required_location"] == "Worldwide")
        assert {row["category"], *(tag.strip() for tag in row["tags"])} == set(posting.categories)
        assert words(posting.description) == words_of_html(row["description"])


def test_remotive_says_whom_it_pays_how_much() -> None:
    found = postings_in(RemotiveSource(), shared_payload("recorded_live/lubobali__remotive_jobs.json"))
    pays = {posting.company: posting.pay for posting in found}
    assert pays["garden3d"] == Pay(Decimal(150_000), Decimal(230_000), "USD", "YEAR")
    assert pays["A.Team"] == Pay(Decimal(90), Decimal(150), "USD", "HOUR")
    assert {posting.place.region or posting.place.country for posting in found if posting.company == "A.Team"} == {
        "Americas",
        "Europe",
        "IL",
    }


def test_remotive_is_asked_once_and_gives_one_page() -> None:
    fetch = ScriptedFetch(lambda request: own_payload("remotive.json"))
    source = RemotiveSource(category="writing")
    assert titles_by_page(source, fetch) == [("", ["Technical Writer", "Technical Writer", "Illustrator"])]
    assert [(request.url, dict(request.params)) for request in fetch.asked] == [
        ("https://remotive.com/api/remote-jobs", {"category": "writing"})
    ]


def test_a_board_that_has_nothing_new_gives_no_page() -> None:
    assert titles_by_page(RemotiveSource(), ScriptedFetch(unchanged)) == []


def test_a_page_for_people_instead_of_postings_is_a_failure_and_not_an_empty_board() -> None:
    with pytest.raises(FetchFailed, match=r"remotive\.com/api/remote-jobs answered with something that is no list"):
        list(RemotiveSource().pages(ScriptedFetch(lambda request: b"<html>We are down.</html>")))


# --- Remote OK ------------------------------------------------------------------------------------------------------
def test_remote_ok_maps_a_posting_field_by_field_and_mends_its_letters() -> None:
    europe, britain, taster = postings_in(RemoteOkSource(), own_payload("remoteok.json"))
    assert (europe.external_id, europe.title, europe.company) == ("9", "Sommelier", "Café Nord")
    assert europe.description == "We’re tasting évery day."
    assert (europe.place, britain.place) == (Place(region="Europe"), Place(country="GB"))
    assert europe.pay == Pay(Decimal(50_000), Decimal(65_000), "USD", "YEAR")
    assert (europe.employment_type, europe.level, europe.remote) == ("full_time", "senior", True)
    assert europe.categories == ("wine", "senior", "full time", "contract")
    assert europe.posted_at == datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)
    assert europe.url == "https://remoteok.com/remote-jobs/9"
    assert europe.repairs == ("text decoded anew",)
    assert europe.raw["legal_notice"] == "Link back to us."
    assert (taster.pay, taster.posted_at) == (None, datetime(2026, 5, 28, 20, 26, 41, tzinfo=UTC))


def test_the_terms_of_remote_ok_are_no_posting() -> None:
    assert rejections_in(RemoteOkSource(), own_payload("remoteok.json")) == [(3, "The posting has no title.")]


def test_recorded_payloads_of_remote_ok_lose_nothing() -> None:
    payload = shared_payload("recorded_anonymised/remote_jobs_digest__remoteok.json")
    _terms, *rows = json.loads(payload)
    for posting, row in zip(postings_in(RemoteOkSource(), payload), rows, strict=True):
        assert (posting.external_id, posting.title, posting.company) == (row["id"], row["position"], row["company"])
        assert posting.posted_at == datetime.fromtimestamp(row["epoch"], UTC)
        assert (posting.pay is not None) == (row["salary_max"] > 0)
        assert (posting.url, list(posting.categories)) == (row["url"], row["tags"])
        assert posting.place.country == clean.country_code(row["location"])
        assert words(posting.description) == words_of_html(row["description"])


# --- Himalayas ------------------------------------------------------------------------------------------------------
def test_himalayas_maps_a_posting_field_by_field() -> None:
    portugal, korea, surveyor = postings_in(HimalayasSource(), own_payload("himalayas.json"))
    assert portugal.external_id == "https://himalayas.app/companies/atlas-works/jobs/cartographer" == portugal.url
    assert (portugal.title, portugal.company, portugal.description) == (
        "Cartographer",
        "Atlas Works",
        "Draw maps of everything.",
    )
    assert (portugal.place, korea.place) == (Place(country="PT"), Place(country="KR"))
    assert portugal.pay == Pay(Decimal(4000), Decimal(5500), "EUR", "MONTH")
    assert (portugal.employment_type, portugal.level) == ("contract", "mid")
    assert portugal.categories == ("Design", "Map Making")
    assert portugal.posted_at == datetime.fromtimestamp(1780000000, UTC)
    assert portugal.expires_at == datetime.fromtimestamp(1785000000, UTC)
    assert (surveyor.external_id, surveyor.url) == ("2f6b", "https://himalayas.app/apply/2")
    assert (surveyor.description, surveyor.is_snippet, portugal.is_snippet) == ("Measure land.", True, False)
    assert surveyor.place == Place(country="NO")


def test_recorded_payloads_of_himalayas_lose_nothing() -> None:
    payload = shared_payload("recorded_anonymised/remote_jobs_digest__himalayas.json")
    for posting, row in zip(postings_in(HimalayasSource(), payload), json.loads(payload)["jobs"], strict=True):
        assert (posting.title, posting.company, posting.url) == (row["title"], row["companyName"], row["guid"])
        assert posting.posted_at == datetime.fromtimestamp(row["pubDate"], UTC)
        assert posting.expires_at == datetime.fromtimestamp(row["expiryDate"], UTC)
        assert [posting.place.country] == [clean.country_code(name) for name in row["locationRestrictions"]]
        assert posting.level == ("junior" if "Entry-level" in row["seniority"] else "mid")
        assert len(posting.categories) == len(row["categories"])
        assert words(posting.description) == words_of_html(row["description"])


def test_himalayas_is_read_along_its_cursors_and_goes_on_behind_a_stored_page() -> None:
    pages = {"": "c1", "c1": "c2", "c2": None}

    def script(request: Request) -> Any:
        cursor = request.params.get("cursor", "")
        return {"jobs": [{"title": f"Job {cursor or 'c0'}"}], "nextCursor": pages[cursor]}

    assert titles_by_page(HimalayasSource(), ScriptedFetch(script)) == [
        ("c1", ["Job c0"]),
        ("c2", ["Job c1"]),
        ("", ["Job c2"]),
    ]
    assert titles_by_page(HimalayasSource(), ScriptedFetch(script), after="c1") == [
        ("c2", ["Job c1"]),
        ("", ["Job c2"]),
    ]


def test_himalayas_is_read_no_further_than_the_days_that_are_asked_for() -> None:
    day = 86_400

    def script(request: Request) -> Any:
        number = int(request.params.get("cursor", "0"))
        posted = 1_780_000_000 - number * 3 * day
        return {
            "jobs": [{"title": f"Job {number}", "pubDate": posted}],
            "updatedAt": 1_780_000_000,
            "nextCursor": str(number + 1) if number < 9 else None,
        }

    assert len(titles_by_page(HimalayasSource(max_days_old="7"), ScriptedFetch(script))) == 4
    assert len(titles_by_page(HimalayasSource(max_days_old=""), ScriptedFetch(script))) == 10


def test_of_very_many_countries_the_first_are_taken_and_the_rest_is_said_to_be_left_out() -> None:
    countries = [country.name for country in list(pycountry.countries)[:70]]
    job = {
        "title": "Mapper",
        "companyName": "Atlas",
        "description": "Maps.",
        "guid": "1",
        "locationRestrictions": countries,
    }
    rows = postings_in(HimalayasSource(), json.dumps({"jobs": [job]}))
    assert len(rows) == MAX_PLACES
    assert {row.repairs for row in rows} == {("places left out",)}
    assert {row.group_key for row in rows} == {"1"}


# --- Working Nomads -------------------------------------------------------------------------------------------------
def test_working_nomads_maps_a_posting_field_by_field() -> None:
    germany, france, proofreader = postings_in(WorkingNomadsSource(), own_payload("workingnomads.json"))
    assert (germany.title, germany.company, germany.description) == ("Translator", "Babel", "Translate.")
    assert (germany.place, france.place) == (Place(country="DE"), Place(country="FR"))
    assert germany.categories == ("Writing", "french", "german", "subtitles")
    assert germany.posted_at == datetime(2026, 5, 5, 10, tzinfo=UTC)
    assert germany.external_id == germany.url == "https://www.workingnomads.com/job/go/501/"
    assert (proofreader.place, proofreader.remote) == (Place(), True)
    assert rejections_in(WorkingNomadsSource(), own_payload("workingnomads.json")) == [NO_TITLE]


def test_recorded_payloads_of_working_nomads_lose_nothing() -> None:
    payload = shared_payload("recorded_anonymised/remote_jobs_digest__workingnomads.json")
    found = postings_in(WorkingNomadsSource(), payload)
    rows = json.loads(payload)
    for posting, row in zip(first_of_each(found), rows, strict=True):
        assert (posting.title, posting.company, posting.url) == (row["title"], row["company_name"], row["url"])
        assert posting.posted_at == datetime.fromisoformat(row["pub_date"])
        assert posting.categories == (row["category_name"], *row["tags"].split(","))
        assert words(posting.description) == words_of_html(row["description"])
    assert [posting.place.country or posting.place.region for posting in found] == (
        ["EU", "US", "CA", "GB", "AU", "SG", "IE", "NO", "North America", ""]
    )


# --- Arbeitnow ------------------------------------------------------------------------------------------------------
def test_arbeitnow_maps_a_posting_field_by_field() -> None:
    cook, agent = postings_in(ArbeitnowSource(), own_payload("arbeitnow.json"))
    assert (cook.external_id, cook.title, cook.company) == ("koch-essen-1", "Koch (m/w/d)", "Ruhrküche")
    assert cook.place == Place(city="Essen", country="DE")
    assert (cook.employment_type, cook.level, cook.remote) == ("part_time", "mid", False)
    assert (cook.categories, cook.description) == (("Gastronomie",), "Kochen.")
    assert cook.posted_at == datetime.fromtimestamp(1780000000, UTC)
    assert cook.url == "https://www.arbeitnow.com/jobs/companies/ruhrkueche/koch-essen-1"
    assert (agent.place, agent.remote, agent.url) == (Place(city="Amsterdam", country="NL"), True, "")
    assert agent.repairs == ("no description",)


def test_arbeitnow_is_read_to_its_last_page() -> None:
    def script(request: Request) -> Any:
        number = int(request.params["page"])
        return {"data": [{"title": f"Job {number}"}], "links": {"next": "https://…" if number < 3 else None}}

    assert titles_by_page(ArbeitnowSource(), ScriptedFetch(script)) == [
        ("1", ["Job 1"]),
        ("2", ["Job 2"]),
        ("3", ["Job 3"]),
    ]
    assert titles_by_page(ArbeitnowSource(), ScriptedFetch(script), after="2") == [("3", ["Job 3"])]


def test_a_page_without_postings_ends_the_run() -> None:
    fetch = ScriptedFetch(lambda request: {"data": [], "links": {"next": "https://…"}})
    assert titles_by_page(ArbeitnowSource(), fetch) == [("1", [])]


# --- The Muse -------------------------------------------------------------------------------------------------------
def test_the_muse_maps_a_posting_field_by_field() -> None:
    guide, curator = postings_in(TheMuseSource(), own_payload("themuse.json"))
    assert (guide.external_id, guide.title, guide.company) == ("31", "Museum Guide", "Old Hall")
    assert (guide.place, guide.remote) == (Place(city="Boston", region="MA", country="US"), True)
    assert (guide.employment_type, guide.level) == ("internship", "intern")
    assert (guide.categories, guide.description) == (("Education", "Arts"), "Guide visitors.")
    assert guide.posted_at == datetime(2026, 5, 6, tzinfo=UTC)
    assert guide.url == "https://www.themuse.com/jobs/oldhall/museum-guide"
    assert (curator.external_id, curator.level) == ("https://www.themuse.com/jobs/x/curator", "lead")


def test_recorded_payloads_of_the_muse_lose_nothing() -> None:
    payload = shared_payload("handmade_shapes/jobscout__themuse.json")
    engineer, executive = postings_in(TheMuseSource(), payload)
    for posting, row in zip((engineer, executive), json.loads(payload)["results"], strict=True):
        assert (posting.title, posting.company, posting.url) == (
            row["name"],
            row["company"]["name"],
            row["refs"]["landing_page"],
        )
        assert posting.posted_at == datetime.fromisoformat(row["publication_date"])
        assert words(posting.description) == words_of_html(row["contents"])
    assert (engineer.remote, engineer.level, executive.remote, executive.level) == (True, "senior", False, "mid")
    assert (engineer.place, executive.place) == (Place(), Place(city="Austin", region="TX", country="US"))


def test_the_muse_is_read_to_its_last_page_with_the_key_kept_apart() -> None:
    fetch = ScriptedFetch(lambda request: {"results": [{"name": f"Job {request.params['page']}"}], "page_count": 2})
    source = TheMuseSource(level="Senior Level", api_key="secret")
    assert titles_by_page(source, fetch) == [("0", ["Job 0"]), ("1", ["Job 1"])]
    assert dict(fetch.asked[0].params) == {"page": "0", "level": "Senior Level"}
    assert fetch.asked[0].credentials[0].params == {"api_key": "secret"}
    assert "secret" not in repr(source)
    assert titles_by_page(source, fetch, after="0") == [("1", ["Job 1"])]


def test_a_board_that_never_ends_is_left() -> None:
    fetch = ScriptedFetch(lambda request: {"jobs": [{"title": "Job"}], "nextCursor": "same"})
    assert len(titles_by_page(HimalayasSource(), fetch)) == 2
    fetch = ScriptedFetch(lambda request: {"data": [{"title": "Job"}], "links": {"next": "https://…"}})
    assert [cursor for cursor, _titles in titles_by_page(ArbeitnowSource(), fetch, after="998")] == ["999", "1000"]


# --- All of them ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("source", [RemotiveSource, RemoteOkSource, HimalayasSource, ArbeitnowSource, TheMuseSource])
def test_boards_that_demand_to_be_named_say_how_and_where_the_link_leads(source: Any) -> None:
    assert source.about.attribution.startswith("Jobs by ")
    assert source.about.home.startswith("https://")


@pytest.mark.parametrize(
    "source", [RemotiveSource(), HimalayasSource(), ArbeitnowSource(), TheMuseSource(), WorkingNomadsSource()]
)
@pytest.mark.parametrize("payload", ["{}", "7", '{"jobs": 1}', "not json", "", "[" * 2000])
def test_what_is_no_list_of_postings_is_refused_as_a_whole(source: Any, payload: str) -> None:
    with pytest.raises(InvalidInput):
        postings_in(source, payload)


def first_of_each(postings: list[JobPosting]) -> list[JobPosting]:
    """One of the rows that a posting in several places became."""
    return [posting for posting in postings if posting.group_key in ("", posting.external_id)]
