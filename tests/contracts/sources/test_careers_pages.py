"""Careers pages by iCIMS, Jobvite and Avature, which say their facts beside labels."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import FetchFailed, Request
from ingestion.sources import FetchedSource, Item, JobSource
from ingestion.sources.avature import AvatureSource
from ingestion.sources.icims import IcimsSource
from ingestion.sources.jobvite import JobviteSource
from jobs.values import Pay, Place
from tests.contracts.sources.scripted import (
    ScriptedFetch,
    own_payload,
    postings_in,
    rejections_in,
    shared_payload,
    titles_by_page,
)

SHAPES = "handmade_shapes/jobwatch__"
FROM_TEXT = ("pay found in the text",)
GONE = FetchFailed("Not found.", permanent=True)


def text_at(payload: bytes, path: str) -> str:
    """The text of the first element on a path, read by other means than the mapper's."""
    return " ".join(html.fromstring(payload.decode()).xpath(f"string(({path})[1])").split())


# --- iCIMS ----------------------------------------------------------------------------------------------------------
def test_a_page_by_icims_without_json_ld_is_mapped_field_by_field() -> None:
    seattle, portland = postings_in(IcimsSource(), own_payload("icims.html"))
    assert (seattle.external_id, portland.external_id, seattle.group_key) == ("2040", "2040#2", "2040")
    assert (seattle.title, seattle.company) == ("Ferry Captain", "Puget Ferries")
    assert (seattle.place, portland.place) == (Place("Seattle", "WA", "US"), Place("Portland", "OR", "US"))
    assert seattle.description.splitlines() == [
        "Overview",
        "Sail the ferry.",
        "Responsibilities",
        "- Steer",
        "- Dock",
        "Pay ranges from $42.50 to $51.75 per hour.",
    ]
    assert (seattle.pay, seattle.repairs) == (Pay(Decimal("42.50"), Decimal("51.75"), "USD", "HOUR"), FROM_TEXT)
    assert (seattle.employment_type, seattle.categories, seattle.remote) == ("full_time", ("Nautical",), False)
    assert seattle.posted_at == datetime(2026, 10, 7, tzinfo=UTC)
    assert seattle.url == "https://careers-puget.icims.com/jobs/2040/ferry-captain/job"


def test_a_recorded_page_by_icims_is_mapped_without_loss() -> None:
    payload = shared_payload(f"{SHAPES}icims_job.html")
    data = json.loads(html.fromstring(payload.decode()).xpath("string(//script[@type='application/ld+json'])"))
    (engineer,) = postings_in(IcimsSource(), payload)
    assert (engineer.title, engineer.url) == (data["title"], data["url"])
    assert engineer.company == data["hiringOrganization"]["name"]
    assert (engineer.place, engineer.remote) == (Place(country="US"), True)  # "US-Remote" beside the label
    assert engineer.posted_at == datetime(2026, 8, 12, 4, tzinfo=UTC)
    assert engineer.expires_at == datetime(2027, 8, 12, 4, tzinfo=UTC)
    assert engineer.pay == Pay(Decimal(150_000), Decimal(190_000), "USD")
    assert engineer.categories == (data["occupationalCategory"],)
    assert re.findall(r"\w+", engineer.description) == re.findall(r"\w+", re.sub(r"<[^>]*>", " ", data["description"]))


def test_the_recorded_list_by_icims_gives_the_beginning_of_every_job() -> None:
    found = []
    for number in (0, 1):
        payload = shared_payload(f"{SHAPES}icims_list_{number}.html")
        rows = postings_in(IcimsSource(), payload)
        assert {row.title for row in rows} == {
            " ".join(h.text_content().split()) for h in html.fromstring(payload.decode()).iter("h3")
        }
        assert all(row.is_snippet for row in rows)
        found += [(row.external_id, str(row.place), row.remote) for row in rows]
    assert found == [
        ("1001", "US", True),
        ("1002", "Boston, MA, US", False),
        ("1002#2", "Austin, TX, US", False),
        ("1003", "Bengaluru, KA, IN", False),
    ]


def test_a_closed_job_by_icims_is_none() -> None:
    assert rejections_in(IcimsSource(), shared_payload(f"{SHAPES}icims_closed.html")) == [
        (1, "The page shows no open job: Error: The requested job could not be found.")
    ]


def icims_list(number: int, count: int) -> bytes:
    link = f"https://careers-acme.icims.com/jobs/{number}/cook/job?in_iframe=1"
    heading = f"<h2 class='iCIMS_SubHeader'>Search Results Page {number} of {count}</h2>"
    return f"{heading}<a class='iCIMS_Anchor' href='{link}'>Cook</a>".encode()


def icims(request: Request) -> Any:
    if request.url.endswith("/jobs/search"):
        return icims_list(int(request.params["pr"]) + 1, 3)
    number = request.url.split("/")[4]
    return GONE if number == "2" else f"<h1 class='iCIMS_Header'>Cook {number}</h1>".encode()


def test_a_portal_by_icims_is_read_list_by_list_and_job_by_job() -> None:
    source, fetch = IcimsSource(portal="careers-acme", company="Acme"), ScriptedFetch(icims)
    pages = titles_by_page(source, fetch)
    assert [titles for _cursor, titles in pages] == [["Cook 1"], [], ["Cook 3"]]
    assert [request.params.get("pr") for request in fetch.asked] == ["0", None, "1", None, "2", None]
    assert titles_by_page(source, fetch, after=pages[1][0]) == pages[2:]
    assert titles_by_page(source, fetch, after=pages[2][0]) == []
    (row,) = next(iter(source.pages(fetch))).rows
    assert isinstance(row, Item)
    (posting,) = source.postings(row)
    assert getattr(posting, "url", "") == "https://careers-acme.icims.com/jobs/1/cook/job"


# --- Jobvite --------------------------------------------------------------------------------------------------------
def test_a_page_by_jobvite_is_mapped_field_by_field() -> None:
    portland, boise = postings_in(JobviteSource(), own_payload("jobvite.html"))
    assert (portland.external_id, boise.external_id) == ("oQ1wErT2", "oQ1wErT2#2")
    assert (portland.title, portland.company) == ("Book Binder", "Quill Press")
    assert (portland.place, boise.place) == (Place("Portland", "Oregon", "US"), Place("Boise", "Idaho", "US"))
    assert (portland.categories, portland.employment_type, portland.hybrid) == (("Production",), "full_time", True)
    assert portland.description == "Bind books & mend them.\n- Sew\nThe salary range is $48,000 - $55,000 a year."
    assert (portland.pay, portland.repairs) == (Pay(Decimal(48_000), Decimal(55_000), "USD"), FROM_TEXT)
    assert portland.url == "https://jobs.jobvite.com/quill/job/oQ1wErT2"


def test_a_recorded_page_by_jobvite_is_mapped_without_loss() -> None:
    payload = shared_payload(f"{SHAPES}jobvite_job.html")
    rows = postings_in(JobviteSource(), payload)
    assert {(row.title, row.company) for row in rows} == {(text_at(payload, "//h2"), "Initech")}
    assert [row.place for row in rows] == [Place("Austin", "Texas", "US"), Place(country="US")]
    assert all(row.remote and row.categories == ("Engineering",) for row in rows)
    body = text_at(payload, "//div[@class='jv-job-detail-description']").removeprefix("Description")
    assert re.findall(r"\w", rows[0].description) == re.findall(r"\w", body)
    assert rows[0].pay == Pay(Decimal(150_000), Decimal(190_000), "USD")
    assert rows[0].url.encode().removeprefix(b"https://jobs.jobvite.com") in payload


def test_the_recorded_list_by_jobvite_gives_title_category_and_place_of_every_job() -> None:
    rows = postings_in(JobviteSource(), shared_payload(f"{SHAPES}jobvite_list.html"))
    assert [(row.external_id, row.title, row.categories, str(row.place), row.remote) for row in rows] == [
        ("oAbC1dEf", "Senior Platform Engineer", ("Engineering",), "", False),  # "2 Locations"
        ("oGhI2jKl", "Data Analyst & Reporting", ("Finance",), "US", True),
        ("oMnO3pQr", "Account Executive", ("Sales",), "Boston, Massachusetts, US", False),
    ]
    assert {row.repairs for row in rows} == {("no description",)}


def test_a_site_by_jobvite_is_read_with_the_lists_behind_its_first_and_each_job_once() -> None:
    lists = {
        "/acme/jobs": "<p class=jv-wrapper><a href='/acme/job/oAAAAAAA?nl=1'>A</a>"
        "<a href='/acme/search?c=Sales&p=0'>Show more</a><a href='/x'>x</a>",
        "/acme/search?c=Sales&p=0": "<p class=jv-wrapper><a href='/acme/job/oAAAAAAA'>A</a><a href='/acme/job/oBBBBBBB'>B</a>"
        "<a href='/acme/search?c=Sales&p=0'>again</a><a href='/acme/job/oBBBBBBB/apply'>Apply</a>",
    }

    def script(request: Request) -> bytes:
        path = request.url.removeprefix("https://jobs.jobvite.com")
        found = (
            lists.get(path)
            or f"<h2 class=jv-header>Job {path[-1]}</h2><div class=jv-job-detail-description>Do it.</div>"
        )
        return found.encode()

    fetch = ScriptedFetch(script)
    pages = titles_by_page(JobviteSource(site="acme"), fetch)
    assert pages == [
        ("https://jobs.jobvite.com/acme/job/oAAAAAAA", ["Job A"]),
        ("https://jobs.jobvite.com/acme/job/oBBBBBBB", ["Job B"]),
    ]
    assert len(fetch.asked) == 4
    assert titles_by_page(JobviteSource(site="acme"), fetch, after=pages[0][0]) == pages[1:]


@pytest.mark.parametrize(
    "source", [IcimsSource(portal="acme"), JobviteSource(site="acme"), AvatureSource(portal="https://a.example")]
)
def test_a_page_that_is_no_list_ends_the_run_and_closes_nothing(source: FetchedSource) -> None:
    down = ScriptedFetch(lambda request: b"<html><h1>Down for maintenance</h1></html>")
    with pytest.raises(FetchFailed, match="no list of postings"):
        list(source.pages(down))


# --- Avature --------------------------------------------------------------------------------------------------------
def test_a_page_by_avature_is_mapped_field_by_field() -> None:
    ottawa, montreal = postings_in(AvatureSource(), own_payload("avature.html"))
    assert (ottawa.external_id, montreal.external_id) == ("515", "515#2")
    assert (ottawa.title, ottawa.company) == ("Lock Keeper", "Tidewater Canals")
    assert (ottawa.place, montreal.place) == (Place("Ottawa", "Ontario", "CA"), Place("Montreal", "Quebec", "CA"))
    assert (ottawa.categories, ottawa.employment_type, ottawa.hybrid) == (("Waterways",), "part_time", True)
    assert ottawa.posted_at == datetime(2026, 9, 4, tzinfo=UTC)
    assert (ottawa.pay, ottawa.repairs) == (Pay(Decimal(52_000), Decimal(61_000), "CAD"), FROM_TEXT)
    assert "Open the locks." in ottawa.description
    assert "Uniform: Blue <light>" in ottawa.description
    assert "Nobody sees this" not in ottawa.description
    assert ottawa.url == "https://careers.tidewater.example/en_US/careers/JobDetail/Lock-Keeper/515"


def test_a_recorded_page_by_avature_is_mapped_without_loss() -> None:
    payload = shared_payload(f"{SHAPES}avature_job.html")
    (engineer,) = postings_in(AvatureSource(), payload)
    assert engineer.title == text_at(payload, "//h2")
    assert engineer.url == text_at(payload, "//meta[@property='og:url']/@content")
    assert engineer.external_id == engineer.url.rpartition("/")[2]
    assert (engineer.place, engineer.remote) == (Place("Golden", "Colorado", "US"), True)
    assert (engineer.employment_type, engineer.categories) == ("full_time", ("Engineering",))
    assert engineer.posted_at == datetime(2026, 9, 30, tzinfo=UTC)
    assert engineer.pay == Pay(Decimal(140_000), Decimal(210_000), "USD")
    for part in (
        "Initech runs an internal platform team",
        "Kubernetes, Terraform, CI/CD pipelines",
        "PAY TRANSPARENCY",
    ):
        assert part in engineer.description


def test_the_recorded_feed_by_avature_gives_title_address_and_day_of_every_job() -> None:
    payload = shared_payload(f"{SHAPES}avature_feed.xml")
    rows = postings_in(AvatureSource(company="Initech"), payload)
    items = etree.fromstring(payload).findall(".//item")
    assert [(row.title, row.url) for row in rows] == [(item.findtext("title"), item.findtext("link")) for item in items]
    assert [row.external_id for row in rows] == ["22360", "27182", "31415"]
    assert [row.posted_at.date().isoformat() for row in rows if row.posted_at] == [
        "2026-05-26",
        "2026-07-28",
        "2026-09-30",
    ]
    assert [row.remote for row in rows] == [False, True, False]
    assert {(row.company, row.repairs) for row in rows} == {("Initech", ("no description",))}


def test_a_recorded_sitemap_by_avature_names_the_pages_of_jobs_only() -> None:
    found = rejections_in(AvatureSource(), shared_payload(f"{SHAPES}avature_sitemap.xml"))
    assert [reason.rpartition("/")[2] for _position, reason in found] == ["14142", "16180", "27182", "29979", "31415"]


def test_a_portal_by_avature_is_read_by_its_sitemap_in_its_own_language() -> None:
    home = "https://jobs.acme.example/en_US/careers"
    urls = [
        f"{home}/JobDetail/Cook/1",
        f"{home}/JobDetail",
        f"{home}/Login",
        f"{home.replace('en_US', 'de_DE')}/JobDetail/Koch/1",
    ]
    sitemap = f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>".encode()

    def script(request: Request) -> Any:
        if request.url == f"{home}/sitemap.xml":
            return sitemap
        return GONE if "robots" in request.url else own_payload("avature.html")

    fetch = ScriptedFetch(script)
    assert titles_by_page(AvatureSource(portal=home), fetch) == [(urls[0], ["Lock Keeper", "Lock Keeper"])]
    assert titles_by_page(AvatureSource(portal=f"{home}/"), fetch, after=urls[0]) == []


# --- Anything at all ------------------------------------------------------------------------------------------------
SOURCES: tuple[JobSource, ...] = (IcimsSource(), JobviteSource(), AvatureSource())
PARTS = (
    "<h1 class=iCIMS_Header>|x|</h1>|<li class=iCIMS_JobCardItem>|<a class=iCIMS_Anchor href='/jobs/1/x/job'>|</a>|<dt>|"
    "<dt>ID</dt>|<span class=field-label>|<div class=iCIMS_InfoMsg_Job>|</div>|<h2 class=jv-header>|<br>|"
    "<p class=jv-job-detail-meta>|<a href='/a/job/oAAAAAAA'>|<a href='http://[/job/oAAAAAAA'>|<div class=jv-job-list-location>|"
    "<div class=jv-job-detail-description>|<div class='article--details'>|<div class=article__content__view__field>|"
    "<div class=article__content__view__field__value>|<meta property=og:title content=x>|<html>|<rss>|<item>|"
    '<script type=application/ld+json>{"@type":"JobPosting","title":3}</script>'
).split("|")


@settings(deadline=None)  # the first place that is read loads a gazetteer
@given(parts=st.lists(st.sampled_from(PARTS), max_size=14))
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_odd_pages_are_read_or_refused(source: JobSource, parts: list[str]) -> None:
    try:
        rows = list(source.items(io.BytesIO("".join(parts).encode())))
    except InvalidInput:
        return
    assert all(list(source.postings(row)) for row in rows if isinstance(row, Item))


PAIRS = st.lists(
    st.lists(
        st.text(max_size=9) | st.sampled_from(["Title", "Location", "Salary", "ID", "Date", "Remote"]) | st.none(),
        max_size=3,
    )
)
JOBS = st.dictionaries(
    st.sampled_from(["title", "jobLocation", "url", "employmentType"]), st.none() | st.text(max_size=9) | PAIRS
)


@settings(deadline=None)
@given(
    raw=st.fixed_dictionaries(
        {}, optional={"fields": PAIRS | st.integers(), "job": JOBS | st.text(), "listed": st.booleans()}
    )
)
def test_odd_values_never_raise(raw: dict[str, Any]) -> None:
    for source in SOURCES:
        assert list(source.postings(Item(1, raw)))
