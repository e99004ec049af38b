"""Companies whose open jobs come in one answer: Personio, Recruitee, JazzHR, Teamtailor, and Amazon's own search."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import FetchFailed, Request
from ingestion.sources.amazon import AmazonSource
from ingestion.sources.jazzhr import JazzHrSource
from ingestion.sources.personio import PersonioSource
from ingestion.sources.recruitee import RecruiteeSource
from ingestion.sources.teamtailor import TeamtailorSource
from jobs.values import Pay, Place
from tests.contracts.sources.scripted import (
    ScriptedFetch,
    own_payload,
    postings_in,
    rejections_in,
    shared_payload,
    titles_by_page,
    words,
    words_of_html,
)

NO_TITLE = (2, "The posting has no title.")


# --- Personio -------------------------------------------------------------------------------------------------------
def test_personio_maps_a_position_field_by_field() -> None:
    source = PersonioSource(account="nordlicht", company="Nordlicht")
    hamburg, bremen, kiel, intern = postings_in(source, own_payload("personio.xml"))
    assert [row.place.city for row in (hamburg, bremen, kiel)] == ["Hamburg", "Bremen", "Kiel"]
    assert [row.hybrid for row in (hamburg, bremen, kiel)] == [False, False, True]
    assert (hamburg.title, hamburg.company) == ("Brauer & Mälzer", "Nordlicht Brauerei GmbH")
    assert hamburg.description == "Deine Aufgaben\nDu braust.\nDein Profil\n- Gesellenbrief"
    assert "script" not in hamburg.description_html
    assert hamburg.pay == Pay(Decimal(2800), Decimal(3400), "EUR", "MONTH")
    assert (hamburg.employment_type, hamburg.level) == ("part_time", "junior")
    assert hamburg.categories == ("Produktion", "Fachkräfte", "production", "brewing")
    assert hamburg.posted_at == datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert hamburg.url == "https://nordlicht.jobs.personio.de/job/90210"
    assert (intern.company, intern.employment_type, intern.level) == ("Nordlicht", "internship", "intern")
    assert intern.repairs == ("no description",)
    assert rejections_in(source, own_payload("personio.xml")) == [NO_TITLE]


def test_recorded_feeds_of_personio_lose_nothing() -> None:
    payload = shared_payload("handmade_shapes/openroles__personio.xml")
    planner, engineer = postings_in(PersonioSource(account="acme", company="Acme"), payload)
    rows = etree.fromstring(payload).findall("position")
    for posting, row in zip((planner, engineer), rows, strict=True):
        assert (posting.external_id, posting.title, posting.company) == (
            row.findtext("id"),
            row.findtext("name"),
            "Acme",
        )
        assert posting.posted_at == datetime.strptime(row.findtext("createdAt") or "", "%Y-%m-%dT%H:%M:%S%z")
        assert row.findtext("department") in posting.categories
        told = [
            part for block in row.iter("jobDescription") for part in (block.findtext("name"), block.findtext("value"))
        ]
        assert words(posting.description) == [word for part in told for word in words_of_html(part or "")]
    assert (planner.place, planner.employment_type, planner.level) == (Place(city="Leeds"), "full_time", "mid")
    assert (engineer.place, engineer.remote, engineer.employment_type) == (Place(country="GB"), True, "contract")


def test_personio_is_asked_once_for_the_language_and_domain() -> None:
    fetch = ScriptedFetch(lambda request: own_payload("personio.xml"))
    source = PersonioSource(account="nordlicht", domain="com", language="de")
    assert [cursor for cursor, _titles in titles_by_page(source, fetch)] == [""]
    assert [(request.url, dict(request.params)) for request in fetch.asked] == [
        ("https://nordlicht.jobs.personio.com/xml", {"language": "de"})
    ]


# --- Recruitee ------------------------------------------------------------------------------------------------------
def test_recruitee_maps_an_offer_field_by_field() -> None:
    utrecht, antwerp, bookkeeper = postings_in(RecruiteeSource(), own_payload("recruitee.json"))
    assert (utrecht.external_id, utrecht.title, utrecht.company) == ("7001", "Florist", "Bloemenhal")
    assert utrecht.place == Place(city="Utrecht", region="Utrecht", country="NL", postal_code="3511 AB")
    assert (antwerp.place, antwerp.group_key) == (Place(city="Antwerpen", country="BE"), "7001")
    assert utrecht.description == "Bind bouquets.\n- An eye for colour"
    assert utrecht.pay == Pay(Decimal("14.50"), Decimal(17), "EUR", "HOUR")
    assert (utrecht.employment_type, utrecht.level, utrecht.remote, utrecht.hybrid) == (
        "part_time",
        "junior",
        False,
        False,
    )
    assert utrecht.categories == ("Shops", "retail and sales", "flowers", "weekend")
    assert (utrecht.posted_at, utrecht.expires_at) == (datetime(2026, 4, 1, 7, tzinfo=UTC), None)
    assert utrecht.url == "https://bloemenhal.recruitee.com/o/florist"
    assert (bookkeeper.title, bookkeeper.description) == ("Bookkeeper", "Keep books.")
    assert (bookkeeper.place, bookkeeper.remote, bookkeeper.pay) == (Place(country="BE"), True, None)
    assert rejections_in(RecruiteeSource(), own_payload("recruitee.json")) == [
        NO_TITLE,
        (3, "The offer is not open: it is internal."),
    ]


def test_recorded_offers_of_recruitee_lose_nothing() -> None:
    payload = shared_payload("handmade_shapes/openroles__recruitee.json")
    leeds, elsewhere = postings_in(RecruiteeSource(company="Acme"), payload)
    offer, _draft = json.loads(payload)["offers"]
    assert (leeds.external_id, leeds.title, leeds.company) == (str(offer["id"]), offer["title"], "Acme")
    assert (leeds.place, elsewhere.place) == (Place(city="Leeds", region="England", country="GB"), Place(country="GB"))
    assert (leeds.hybrid, leeds.remote, leeds.employment_type) == (True, False, "full_time")
    assert leeds.pay == Pay(Decimal(offer["salary"]["min"]), Decimal(offer["salary"]["max"]), "GBP", "YEAR")
    assert leeds.posted_at == datetime(2026, 10, 5, 8, tzinfo=UTC)
    assert leeds.expires_at == datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert (leeds.url, leeds.categories) == (offer["careers_url"], (offer["department"],))
    assert words(leeds.description) == words_of_html(offer["description"] + offer["requirements"])
    assert rejections_in(RecruiteeSource(), payload) == [(2, "The offer is not open: it is draft.")]


def test_a_single_offer_of_recruitee_is_read_too() -> None:
    offer = json.loads(own_payload("recruitee.json"))["offers"][0]
    assert [row.place.city for row in postings_in(RecruiteeSource(), json.dumps({"offer": offer}))] == [
        "Utrecht",
        "Antwerpen",
    ]


def test_older_offers_say_remote_in_the_name_of_their_place() -> None:
    offer = {"id": 1, "title": "Clerk", "locations": [{"name": "Remote, Spain", "country": "Spain", "city": ""}]}
    (clerk,) = postings_in(RecruiteeSource(), json.dumps({"offers": [offer]}))
    assert (clerk.remote, clerk.place) == (True, Place(country="ES"))


def test_offers_that_name_their_place_in_words_only_keep_its_town() -> None:
    offer = {"id": 1, "title": "Clerk", "location": "Riyadh, Riyadh Province, Saudi Arabia", "country_code": "SA"}
    (clerk,) = postings_in(RecruiteeSource(), json.dumps({"offers": [offer]}))
    assert (clerk.place.city, clerk.place.country) == ("Riyadh", "SA")


def test_recruitee_is_asked_for_the_offers_of_the_account() -> None:
    fetch = ScriptedFetch(lambda request: own_payload("recruitee.json"))
    assert titles_by_page(RecruiteeSource(account="bloemenhal"), fetch) == [("", ["Florist", "Florist", "Bookkeeper"])]
    assert fetch.asked[0].url == "https://bloemenhal.recruitee.com/api/offers/"


# --- JazzHR ---------------------------------------------------------------------------------------------------------
def test_jazzhr_maps_a_job_field_by_field() -> None:
    (welder,) = postings_in(JazzHrSource(), own_payload("jazzhr.xml"))
    assert (welder.external_id, welder.title, welder.company) == (
        "job_20260407081500_AAAABBBBCCCCDDDD",
        "Welder",
        "Harbor Tools",
    )
    assert welder.place == Place(city="Savannah", region="GA", country="US", postal_code="31401")
    assert (welder.employment_type, welder.level, welder.categories) == ("part_time", "mid", ("Yard",))
    assert (welder.description, welder.posted_at) == ("Weld hulls.", datetime(2026, 4, 7, 8, 15, tzinfo=UTC))
    assert welder.url == "https://harbortools.applytojob.com/apply/AAAA/Welder"
    assert rejections_in(JazzHrSource(), own_payload("jazzhr.xml")) == [
        NO_TITLE,
        (3, "The job is not open: it is draft."),
    ]


def test_recorded_feeds_of_jazzhr_lose_nothing() -> None:
    payload = shared_payload("handmade_shapes/openroles__jazzhr.xml")
    (analyst,) = postings_in(JazzHrSource(), payload)
    feed = etree.fromstring(payload)
    row = feed.find("job")
    assert (analyst.external_id, analyst.title) == (row.findtext("id"), row.findtext("title"))
    assert (analyst.company, analyst.url) == (feed.findtext("company"), row.findtext("url"))
    assert analyst.place == Place(city=row.findtext("city"), country="GB", postal_code=row.findtext("postalcode"))
    assert (analyst.employment_type, analyst.level, analyst.categories) == (
        "full_time",
        "mid",
        (row.findtext("department"),),
    )
    assert words(analyst.description) == words_of_html(row.findtext("description"))
    assert rejections_in(JazzHrSource(), payload) == [(2, "The job is not open: it is closed.")]


def test_jazzhr_is_asked_for_the_feed_of_the_account() -> None:
    fetch = ScriptedFetch(lambda request: own_payload("jazzhr.xml"))
    assert titles_by_page(JazzHrSource(account="harbortools"), fetch) == [("", ["Welder"])]
    assert fetch.asked[0].url == "https://app.jazz.co/feeds/export/jobs/harbortools"


# --- Teamtailor -----------------------------------------------------------------------------------------------------
def test_teamtailor_maps_a_job_field_by_field() -> None:
    bergen, aarhus, seller = postings_in(TeamtailorSource(), own_payload("teamtailor.xml"))
    assert (bergen.external_id, bergen.title) == ("00000000-0000-4000-8000-000000000005", "Kayak Builder")
    assert (bergen.company, TeamtailorSource(company="Fjord AS").company) == ("Fjord Kayaks", "Fjord AS")
    assert bergen.place == Place(city="Bergen", country="NO", postal_code="5003")
    assert aarhus.place == Place(city="Aarhus", country="DK")
    assert (bergen.description, bergen.categories) == ("Build boats.", ("Workshop", "Craft"))
    assert bergen.posted_at == datetime(2026, 5, 4, 6, tzinfo=UTC)
    assert bergen.url == "https://careers.fjordkayaks.example/jobs/5-kayak-builder"
    assert (bergen.remote, bergen.hybrid, seller.remote, seller.place) == (False, False, True, Place())
    assert rejections_in(TeamtailorSource(), own_payload("teamtailor.xml")) == [NO_TITLE]


def test_recorded_feeds_of_teamtailor_lose_nothing() -> None:
    payload = shared_payload("handmade_shapes/openroles__teamtailor.xml")
    analyst, engineer = postings_in(TeamtailorSource(), payload)
    for posting, row in zip((analyst, engineer), etree.fromstring(payload).iter("item"), strict=True):
        assert (posting.external_id, posting.title, posting.url) == tuple(map(row.findtext, ("guid", "title", "link")))
        assert words(posting.description) == words_of_html(row.findtext("description"))
        assert row.findtext("{*}department") in posting.categories
        assert posting.company == "Acme"
    assert analyst.place == Place(city="Leeds", country="GB", postal_code="LS1 1AA")
    assert analyst.posted_at == datetime(2026, 10, 6, 8, 30, tzinfo=UTC)
    assert (analyst.hybrid, analyst.remote, engineer.hybrid, engineer.remote) == (True, False, False, True)


def test_the_json_feed_of_teamtailor_is_read_too() -> None:
    told = {
        "@type": "JobPosting",
        "hiringOrganization": {"name": "Fjord AS"},
        "description": "<p>Build boats.</p>",
        "datePosted": "2026-05-04",
        "jobLocation": [{"address": {"addressLocality": "Bergen", "addressCountry": "NO"}}],
        "baseSalary": {"currency": "NOK", "value": {"minValue": 500000, "maxValue": 600000, "unitText": "YEAR"}},
    }
    item = {"id": "5", "title": "Kayak Builder", "url": "https://fjord.example/jobs/5", "_jobposting": told}
    (posting,) = postings_in(TeamtailorSource(), json.dumps({"title": "Fjord", "items": [item]}))
    assert (posting.external_id, posting.title, posting.company) == ("5", "Kayak Builder", "Fjord AS")
    assert (posting.place, posting.url) == (Place(city="Bergen", country="NO"), "https://fjord.example/jobs/5")
    assert posting.pay == Pay(Decimal(500_000), Decimal(600_000), "NOK", "YEAR")
    assert posting.raw["id"] == "5"


def feed_of(first: int, count: int) -> bytes:
    items = "".join(f"<item><title>Job {number}</title></item>" for number in range(first, first + count))
    return f"<rss><channel><title>Acme</title>{items}</channel></rss>".encode()


def test_teamtailor_is_read_to_the_first_page_that_is_not_full() -> None:
    def script(request: Request) -> bytes:
        read = int(request.params.get("offset", 0))
        return feed_of(read, 200 if read < 400 else 3)

    pages = titles_by_page(TeamtailorSource(host="jobs.acme.example"), ScriptedFetch(script))
    assert [(cursor, len(titles)) for cursor, titles in pages] == [("200", 200), ("400", 200), ("600", 3)]
    assert pages[2][1] == ["Job 400", "Job 401", "Job 402"]
    rest = titles_by_page(TeamtailorSource(host="jobs.acme.example"), ScriptedFetch(script), after="400")
    assert rest == pages[2:]


def test_a_feed_that_knows_no_pages_is_read_once() -> None:
    fetch = ScriptedFetch(lambda request: feed_of(0, 200))
    assert len(titles_by_page(TeamtailorSource(host="jobs.acme.example"), fetch)) == 1


# --- Amazon ---------------------------------------------------------------------------------------------------------
def test_amazon_maps_a_job_field_by_field_with_the_pay_of_each_place() -> None:
    akron, utah, intern = postings_in(AmazonSource(), own_payload("amazon.json"))
    assert (akron.external_id, akron.title, akron.company) == ("1", "Robot Technician", "Fictional Fulfilment LLC")
    assert (akron.place, utah.place) == (
        Place(city="Akron", region="Ohio", country="US"),
        Place(region="Utah", country="US"),
    )
    assert (akron.remote, utah.remote) == (False, True)
    assert akron.pay == Pay(Decimal(50_000), Decimal(70_000), "USD", "YEAR")
    assert utah.pay == Pay(Decimal(48_000), Decimal(66_000), "USD", "YEAR")
    assert (akron.employment_type, akron.categories) == ("full_time", ("Maintenance", "robots"))
    assert akron.posted_at == datetime(2026, 5, 9, tzinfo=UTC)
    assert akron.expires_at == datetime(2026, 6, 2, tzinfo=UTC)
    assert akron.url == "https://www.amazon.jobs/en/jobs/1/robot-technician"
    assert (
        "Repair robots & belts.\nBasic qualifications\n- Two hands\nPreferred qualifications\n- A third one"
        in akron.description
    )
    assert (intern.employment_type, intern.level, intern.place) == (
        "internship",
        "intern",
        Place(city="London", country="GB"),
    )
    assert intern.posted_at is None


def test_recorded_searches_of_amazon_lose_nothing() -> None:
    payload = shared_payload("handmade_shapes/jobwatch__amazon_search.json")
    found = postings_in(AmazonSource(), payload)
    rows = [(row, json.loads(place)) for row in json.loads(payload) for place in row["locations"]]
    for posting, (row, place) in zip(found, rows, strict=True):
        assert (posting.title, posting.company) == (row["title"], row["company_name"])
        assert posting.posted_at == datetime.strptime(" ".join(row["posted_date"].split()), "%B %d, %Y").replace(
            tzinfo=UTC
        )
        assert posting.url.endswith(row["job_path"])
        assert posting.place.country == place["normalizedCountryCode"][:2]
        assert posting.place.region == place.get("normalizedStateName", "")
        assert posting.remote == (place["type"] == "VIRTUAL")
        told = " ".join(row[name] for name in ("description", "basic_qualifications", "preferred_qualifications"))
        assert [word for word in words_of_html(told) if word not in words(posting.description)] == []
    pays = [(posting.place.city, posting.pay and (posting.pay.minimum, posting.pay.maximum)) for posting in found]
    assert pays == [
        ("Seattle", (Decimal(168_100), Decimal(227_400))),
        ("New York", (Decimal(184_900), Decimal(250_200))),
        ("Mountain View", (Decimal(193_300), Decimal(261_500))),
        ("", (Decimal(159_300), Decimal(202_400))),
        ("", (Decimal(175_100), Decimal(236_900))),
        ("London", None),
    ]


def test_amazon_is_read_a_hundred_at_a_time() -> None:
    def script(request: Request) -> Any:
        return {"hits": 250, "jobs": [{"title": f"Job {request.params['offset']}"}]}

    fetch = ScriptedFetch(script)
    source = AmazonSource(country="GBR", search="robots")
    pages = titles_by_page(source, fetch)
    assert pages == [("100", ["Job 0"]), ("200", ["Job 100"]), ("300", ["Job 200"])]
    assert fetch.asked[0].params["normalized_country_code[]"] == "GBR"
    assert titles_by_page(source, ScriptedFetch(script), after="200") == pages[2:]


def test_a_search_that_amazon_would_not_give_in_full_is_not_begun() -> None:
    fetch = ScriptedFetch(lambda request: {"hits": 10_000, "jobs": [{"title": "Job"}]})
    with pytest.raises(FetchFailed, match="Narrow it"):
        list(AmazonSource().pages(fetch))


# --- All of them ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("source", [PersonioSource(), JazzHrSource(), TeamtailorSource()])
@pytest.mark.parametrize(
    "payload", ["", "{}", "<html></html>", "<jobs", '<!DOCTYPE a [<!ENTITY b "c">]><rss>&b;</rss>']
)
def test_what_is_no_feed_is_refused_as_a_whole(source: Any, payload: str) -> None:
    with pytest.raises(InvalidInput):
        postings_in(source, payload)
