"""Services that list jobs and tell about each in an answer of its own: Rippling, Workday, SmartRecruiters."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import FetchFailed, Request
from ingestion.sources import FetchedSource, Rejected
from ingestion.sources.rippling import RipplingSource
from ingestion.sources.smartrecruiters import SmartRecruitersSource
from ingestion.sources.workday import WorkdaySource
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

NO_TITLE = "The posting has no title."
SITE = "https://rockco.wd3.myworkdayjobs.com/en-US/Careers"
GONE = FetchFailed("404 Not Found", permanent=True)
DOWN = FetchFailed("503 Service Unavailable")


# --- Rippling -------------------------------------------------------------------------------------------------------
def test_rippling_maps_a_job_field_by_field_with_the_pay_and_workplace_of_each_place() -> None:
    denver, austin, driver = postings_in(RipplingSource(), own_payload("rippling.json"))
    assert (denver.external_id, denver.title, denver.company) == ("r-1", "Baker", "Crust Co")
    assert denver.place == Place(city="Denver", region="Colorado", country="US")
    assert austin.place == Place(city="Austin", region="Texas", country="US")
    assert denver.pay == Pay(Decimal(19), Decimal(24), "USD", "HOUR")
    assert austin.pay == Pay(Decimal(17), Decimal(21), "USD", "HOUR")
    assert (denver.hybrid, austin.hybrid, driver.remote) == (False, True, True)
    assert (denver.employment_type, denver.categories) == ("part_time", ("Production", "Bakery"))
    assert denver.description == "Crust bakes.\nBake bread."
    assert denver.posted_at == datetime(2026, 5, 7, 14, tzinfo=UTC)
    assert denver.url == "https://ats.rippling.com/crust/jobs/r-1"
    assert (driver.external_id, driver.place, driver.categories) == ("r-3", Place(country="US"), ("Fleet",))
    assert rejections_in(RipplingSource(), own_payload("rippling.json")) == [(3, NO_TITLE)]


def test_recorded_answers_of_rippling_lose_nothing() -> None:
    listed = postings_in(RipplingSource(), shared_payload("handmade_shapes/openroles__rippling_list.json"))
    rows = json.loads(shared_payload("handmade_shapes/openroles__rippling_list.json"))["items"]
    for posting, row in zip(listed, rows, strict=True):
        assert (posting.external_id, posting.title, posting.url) == (row["id"], row["name"], row["url"])
        assert posting.categories == (row["department"]["name"],)
    assert [posting.place for posting in listed] == [
        Place(city="Leeds", region="England", country="GB"),
        Place(country="GB"),
    ]
    assert [(posting.remote, posting.hybrid) for posting in listed] == [(False, True), (True, False)]
    payload = shared_payload("handmade_shapes/openroles__rippling_job.json")
    (told,) = postings_in(RipplingSource(), payload)
    row = json.loads(payload)
    assert (told.external_id, told.title, told.place.city) == (row["uuid"], row["name"], "Leeds")
    assert told.posted_at == datetime.fromisoformat(row["createdOn"])
    assert (told.pay, told.employment_type) == (Pay(Decimal(45_000), Decimal(52_000), "GBP", "YEAR"), "full_time")
    assert words(told.description) == words_of_html(" ".join(row["description"].values()))


def test_several_ranges_of_pay_for_one_place_are_one_from_the_lowest_to_the_highest() -> None:
    bands = [
        {"rangeStart": low, "rangeEnd": high, "currency": currency, "frequency": "ANNUAL"}
        for low, high, currency in ((90_000, 110_000, "USD"), (100_000, 130_000, "USD"), (70_000, 80_000, "EUR"))
    ]
    (posting,) = postings_in(RipplingSource(), json.dumps([{"id": "1", "name": "Chef", "payRangeDetails": bands}]))
    assert posting.pay == Pay(Decimal(90_000), Decimal(130_000), "USD", "YEAR")


def rippling_answer(request: Request) -> Any:
    if "pageSize" in request.params:
        number = int(request.params["page"])
        return {"items": [{"id": f"{number}-{n}", "name": f"Job {number}-{n}"} for n in range(2)], "totalPages": 2}
    return {
        "uuid": request.url.rpartition("/")[2],
        "companyName": "Acme",
        "description": {"role": "<p>Work.</p>"},
        "locations": [],
    }


def test_rippling_asks_for_each_job_of_a_page_and_keeps_what_the_list_said() -> None:
    fetch = ScriptedFetch(rippling_answer)
    source = RipplingSource(board="acme")
    assert titles_by_page(source, fetch) == [("0", ["Job 0-0", "Job 0-1"]), ("1", ["Job 1-0", "Job 1-1"])]
    assert fetch.asked[1].url == "https://api.rippling.com/platform/api/ats/v2/board/acme/jobs/0-0"
    (row, _second) = next(source.pages(ScriptedFetch(rippling_answer))).rows
    assert not isinstance(row, Rejected)
    (posting,) = source.postings(row)
    assert (posting.title, posting.company, posting.description) == ("Job 0-0", "Acme", "Work.")  # type: ignore[union-attr]
    assert titles_by_page(source, ScriptedFetch(rippling_answer), after="0") == [("1", ["Job 1-0", "Job 1-1"])]


# --- Workday --------------------------------------------------------------------------------------------------------
def test_workday_maps_a_posting_field_by_field() -> None:
    perth, remote, chemist = postings_in(WorkdaySource(site=SITE), own_payload("workday.json"))
    assert (perth.external_id, perth.title, perth.company) == ("JR-77-1", "Geologist", "Rockco Pty Ltd")
    assert (perth.place, remote.place) == (Place(city="Perth", country="AU"), Place(country="AU"))
    assert (perth.remote, remote.remote) == (False, True)
    assert (perth.description, perth.employment_type) == ("Study rocks.", "part_time")
    assert (perth.posted_at, perth.expires_at) == (datetime(2026, 5, 8, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    assert perth.url == f"{SITE}/job/Perth/Geologist_JR-77-1"
    assert (chemist.external_id, chemist.place) == ("JR-79", Place(city="Lyon", country="FR"))
    assert (chemist.url, chemist.employment_type) == (f"{SITE}/job/Lyon/Chemist_JR-79", "full_time")
    assert rejections_in(WorkdaySource(), own_payload("workday.json")) == [
        (2, NO_TITLE),
        (3, "The posting's address leads away from the careers site."),
    ]


def test_recorded_answers_of_workday_lose_nothing() -> None:
    listing = shared_payload("handmade_shapes/openroles__workday_list.json")
    planner, analyst = postings_in(WorkdaySource(), listing)
    assert [(row.external_id, row.title) for row in (planner, analyst)] == [
        ("R1", "Demand Planner"),
        ("R2", "Logistics Analyst"),
    ]
    assert (planner.place, analyst.place) == (Place(city="Manchester"), Place())
    assert [position for position, _reason in rejections_in(WorkdaySource(), listing)] == [3]
    payload = shared_payload("handmade_shapes/openroles__workday_job.json")
    leeds, remote = postings_in(WorkdaySource(), payload)
    told = json.loads(payload)["jobPostingInfo"]
    assert (leeds.title, leeds.place, remote.place) == (
        told["title"],
        Place(city="Leeds", country="GB"),
        Place(country="GB"),
    )
    assert (leeds.remote, remote.remote, leeds.employment_type) == (False, True, "full_time")
    assert leeds.posted_at == datetime(2026, 9, 20, tzinfo=UTC)
    assert words(leeds.description) == words_of_html(told["jobDescription"])


def test_what_workday_calls_its_kind_of_workplace_holds_for_all_places() -> None:
    info = {"title": "Clerk", "location": "Leeds", "additionalLocations": ["York"], "remoteType": "Hybrid"}
    found = postings_in(WorkdaySource(), json.dumps({"jobPostingInfo": info}))
    assert [(row.place.city, row.hybrid) for row in found] == [("Leeds", True), ("York", True)]


def test_pay_that_only_the_text_names_is_read_and_marked() -> None:
    told = "<p>The pay range for this role is $90,000 - $120,000 per year.</p>"
    info = {"title": "Clerk", "location": "Toronto, Canada", "jobDescription": told}
    (clerk,) = postings_in(WorkdaySource(), json.dumps({"jobPostingInfo": info}))
    assert clerk.pay == Pay(Decimal(90_000), Decimal(120_000), "CAD", "YEAR")
    assert "pay found in the text" in clerk.repairs


def test_a_posting_that_workday_does_not_show_any_more_is_not_open() -> None:
    payload = json.dumps({"jobPostingInfo": {"title": "Clerk", "posted": False}})
    assert rejections_in(WorkdaySource(), payload) == [(1, "The posting is not open: it is not posted.")]


def workday_answer(total: int) -> Callable[[Request], Any]:
    def script(request: Request) -> Any:
        if request.payload is None:
            return {"jobPostingInfo": {"title": request.url.rpartition("/")[2], "jobDescription": "<p>Work.</p>"}}
        offset = request.payload["offset"]
        names = [f"Job_{number}" for number in range(offset, min(offset + 20, total))]
        rows = [{"title": name, "externalPath": f"/job/X/{name}"} for name in names]
        return {"total": total if offset == 0 else 0, "jobPostings": rows}

    return script


def test_workday_is_read_twenty_at_a_time_and_goes_on_behind_a_stored_page() -> None:
    fetch = ScriptedFetch(workday_answer(45))
    pages = titles_by_page(WorkdaySource(site=SITE, search="rocks"), fetch)
    assert [(cursor, len(titles)) for cursor, titles in pages] == [("20", 20), ("40", 20), ("60", 5)]
    assert fetch.asked[0].url == "https://rockco.wd3.myworkdayjobs.com/wday/cxs/rockco/Careers/jobs"
    assert fetch.asked[0].payload == {"appliedFacets": {}, "limit": 20, "offset": 0, "searchText": "rocks"}
    assert fetch.asked[1].url == "https://rockco.wd3.myworkdayjobs.com/wday/cxs/rockco/Careers/job/X/Job_0"
    assert titles_by_page(WorkdaySource(site=SITE), ScriptedFetch(workday_answer(45)), after="40") == pages[2:]
    assert titles_by_page(WorkdaySource(site=SITE), ScriptedFetch(workday_answer(0))) == []


def test_sites_that_share_a_host_are_found_too() -> None:
    fetch = ScriptedFetch(workday_answer(1))
    titles_by_page(WorkdaySource(site="https://wd5.myworkdaysite.com/recruiting/rockco/Jobs"), fetch)
    assert fetch.asked[0].url == "https://wd5.myworkdaysite.com/wday/cxs/rockco/Jobs/jobs"


@pytest.mark.parametrize(
    ("site", "total", "reason"),
    [(SITE, 2000, "Narrow it by a search"), ("https://example.com/jobs", 1, "none of Workday's")],
)
def test_what_workday_would_not_give_in_full_is_not_begun(site: str, total: int, reason: str) -> None:
    with pytest.raises(FetchFailed, match=reason):
        list(WorkdaySource(site=site).pages(ScriptedFetch(workday_answer(total))))


# --- SmartRecruiters ------------------------------------------------------------------------------------------------
def test_smartrecruiters_maps_a_posting_field_by_field() -> None:
    driver, dispatcher = postings_in(SmartRecruitersSource(), own_payload("smartrecruiters.json"))
    assert (driver.external_id, driver.title, driver.company) == ("743999000000001", "Train Driver", "Rail Co")
    assert driver.place == Place("Leipzig", "SN", "DE", "04109", 51.34, 12.37)
    assert (driver.remote, driver.hybrid, driver.employment_type, driver.level) == (False, True, "full_time", "junior")
    assert driver.categories == ("Operations", "Driving", "Rail")
    assert (
        driver.description == "Company Description\nRails.\nJob Description\nDrive trains.\nQualifications\n- Licence"
    )
    assert driver.posted_at == datetime(2026, 5, 9, 6, 30, tzinfo=UTC)
    assert driver.url == "https://jobs.smartrecruiters.com/RailCo1/743999000000001-train-driver"
    assert dispatcher.url == "https://jobs.smartrecruiters.com/RailCo1/743999000000004"
    assert (dispatcher.place, dispatcher.remote) == (Place(country="AT"), True)
    assert rejections_in(SmartRecruitersSource(), own_payload("smartrecruiters.json")) == [
        (2, NO_TITLE),
        (3, "The posting is not open: it has expired."),
    ]


def test_recorded_pages_of_smartrecruiters_lose_nothing() -> None:
    payload = shared_payload("handmade_shapes/jobwatch__smartrecruiters_posting.html")
    (posting,) = postings_in(SmartRecruitersSource(), payload)
    assert posting.external_id == "744000100000001"
    assert (posting.title, posting.company) == ("Data Platform Solution Engineer – Applied Data", "Initech")
    assert posting.place == Place("Santa Clara", "California", "US", "95054")
    assert (posting.remote, posting.hybrid, posting.employment_type) == (True, False, "full_time")
    assert posting.categories == ("Information Technology And Services",)
    assert posting.pay == Pay(Decimal(201_300), Decimal(352_300), "USD", "YEAR")
    assert posting.repairs == ("pay found in the text",)
    assert posting.posted_at == datetime(2026, 10, 7, 16, 45, 52, 725_000, tzinfo=UTC)
    assert posting.url.endswith("/Initech/744000100000001-data-platform-solution-engineer-applied-data")
    told = payload.decode().partition('itemprop="description">')[2].partition('<div class="video-disclaimer">')[0]
    assert words(posting.description) == words_of_html(told.rpartition('<section class="job-section">')[0])


def test_a_page_of_smartrecruiters_that_says_it_has_expired_is_not_open() -> None:
    payload = shared_payload("handmade_shapes/jobwatch__smartrecruiters_expired.html")
    assert rejections_in(SmartRecruitersSource(), payload) == [(1, "The posting is not open: it has expired.")]


def test_a_posting_for_the_company_alone_is_not_public() -> None:
    payload = json.dumps({"id": "1", "name": "Clerk", "visibility": "INTERNAL"})
    assert rejections_in(SmartRecruitersSource(), payload) == [(1, "The posting is not public: it is internal.")]


def test_ids_tell_what_labels_say_in_another_language_and_the_whole_place_what_its_parts_leave_out() -> None:
    row = {
        "id": "1",
        "name": "Vendeur",
        "location": {"country": "ae", "fullLocation": "Dubai, , United Arab Emirates"},
        "typeOfEmployment": {"id": "permanent", "label": "Temps plein"},
        "experienceLevel": {"id": "mid_senior_level", "label": "Confirmé"},
    }
    (posting,) = postings_in(SmartRecruitersSource(), json.dumps(row))
    assert (posting.place.city, posting.place.country) == ("Dubai", "AE")
    assert (posting.employment_type, posting.level) == ("full_time", "mid")


def smartrecruiters_answer(request: Request) -> Any:
    if "offset" in request.params:
        first = int(request.params["offset"])
        return {
            "totalFound": 60,
            "content": [{"id": str(n), "name": f"Job {n}"} for n in range(first, min(first + 50, 60))],
        }
    return {"id": request.url.rpartition("/")[2], "jobAd": {"sections": {"jobDescription": {"text": "<p>Work.</p>"}}}}


def test_smartrecruiters_is_read_fifty_at_a_time() -> None:
    pages = titles_by_page(SmartRecruitersSource(company="RailCo1"), ScriptedFetch(smartrecruiters_answer))
    assert [(cursor, len(titles)) for cursor, titles in pages] == [("50", 50), ("100", 10)]
    assert (
        titles_by_page(SmartRecruitersSource(company="RailCo1"), ScriptedFetch(smartrecruiters_answer), after="50")
        == pages[1:]
    )


# --- All of them ----------------------------------------------------------------------------------------------------
SOURCES = [
    (RipplingSource(board="acme"), rippling_answer, "0-1"),
    (WorkdaySource(site=SITE), workday_answer(2), "Job_1"),
    (SmartRecruitersSource(company="RailCo1"), smartrecruiters_answer, "/1"),
]


@pytest.mark.parametrize(("source", "answer", "gone"), SOURCES)
def test_a_job_that_was_taken_down_after_it_was_listed_is_left_out(
    source: FetchedSource, answer: Any, gone: str
) -> None:
    fetch = ScriptedFetch(lambda request: GONE if request.url.endswith(gone) else answer(request))
    rows = next(source.pages(fetch)).rows
    assert rows[1] == Rejected(2, "The posting was taken down after it was listed.")
    assert not any(isinstance(row, Rejected) for row in (rows[0], *rows[2:]))


@pytest.mark.parametrize("source", [source for source, _answer, _gone in SOURCES])
def test_a_job_that_is_listed_without_an_id_stays_as_it_is_listed(source: FetchedSource) -> None:
    rows = [{"name": "Cook", "title": "Cook"}]
    counts = {"total": 1, "totalFound": 1, "totalPages": 1}
    fetch = ScriptedFetch(lambda request: {"items": rows, "content": rows, "jobPostings": rows, **counts})
    assert [titles for _cursor, titles in titles_by_page(source, fetch)] == [["Cook"]]


@pytest.mark.parametrize(("source", "answer", "gone"), SOURCES)
def test_a_server_that_is_down_ends_the_run_at_its_page(source: FetchedSource, answer: Any, gone: str) -> None:
    fetch = ScriptedFetch(lambda request: DOWN if request.url.endswith(gone) else answer(request))
    with pytest.raises(FetchFailed, match="503"):
        next(source.pages(fetch))


@pytest.mark.parametrize(("source", "answer", "gone"), SOURCES)
def test_when_no_job_at_all_can_be_read_the_board_is_not_taken_for_empty(
    source: FetchedSource, answer: Any, gone: str
) -> None:
    def script(request: Request) -> Any:
        is_list = request.payload is not None or {"pageSize", "offset"} & set(request.params)
        return answer(request) if is_list else GONE

    with pytest.raises(FetchFailed, match="404"):
        next(source.pages(ScriptedFetch(script)))


@pytest.mark.parametrize("source", [RipplingSource(), WorkdaySource(), SmartRecruitersSource()])
@pytest.mark.parametrize("payload", ["", "{}", "7", '{"items": {}}', '"text"'])
def test_what_is_no_list_of_jobs_is_refused_as_a_whole(source: Any, payload: str) -> None:
    with pytest.raises(InvalidInput):
        postings_in(source, payload)
