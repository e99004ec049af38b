"""A person connects a careers page in a real browser: finds the kind, tries it, connects it, sees its jobs, disconnects it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from playwright.sync_api import expect

from cvmatch.core.fetching import Fetch, Request
from ingestion.models import Source
from ingestion.sources import About, Page, Parameter, payloads
from ingestion.sources.greenhouse import GreenhouseSource
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.source_server import SourceServer, answers
from tests.support import work_until_idle

pytestmark = pytest.mark.browser


def posting(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": f"Baker {number}",
        "company_name": "Morning Rolls",
        "location": {"name": "Leeds, United Kingdom"},
        "content": "&lt;p&gt;We bake rolls before dawn and look for people who like it.&lt;/p&gt;",
        "absolute_url": f"https://rolls.example/jobs/{number}",
        "updated_at": "2026-03-02T09:00:00+00:00",
        "departments": [{"name": "Bakery"}],
    }


@dataclass(frozen=True)
class LocalGreenhouse(GreenhouseSource):
    """The same board, asked at an address of our own."""

    about: ClassVar[About] = About(
        label="Local Greenhouse",
        summary="A board beside us.",
        complete=True,
        parameters=(
            Parameter("server", "Server", "Where the board is.", required=True, pattern=r"http://\S+"),
            Parameter("key", "Key", secret=True),
        ),
    )
    server: str = ""
    key: str = ""

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        yield from payloads.whole(self, fetch, Request(f"{self.server}/v1/boards/rolls/jobs"))


@pytest.fixture
def board(settings: Any) -> Iterator[SourceServer]:
    spec = {"BACKEND": "tests.browser.test_source_journeys.LocalGreenhouse"}
    settings.JOB_SOURCES = {**settings.JOB_SOURCES, "localhouse": spec}
    settings.FETCH = {**settings.FETCH, "allow_private": True}
    server = SourceServer(answers({"jobs": [posting(number) for number in range(1, 13)]}))
    yield server
    server.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_admin_connects_a_board_and_sees_its_jobs(
    visit: Visit, board: SourceServer, size: tuple[int, int], javascript: bool
) -> None:
    visitor = visit(size, javascript=javascript)
    page = visitor.page
    visitor.may_fail = True  # the first try is answered 422 without JavaScript
    visitor.sign_in("adam")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sources").click()
    page.get_by_role("link", name="Connect a source").click()
    page.get_by_role("searchbox").fill("local greenhouse")
    if not javascript:
        page.get_by_role("button", name="Search").click()
    expect(page.locator("#kinds li")).to_have_count(1)
    page.get_by_role("link", name="Local Greenhouse").click()
    assert visitor.sideways() == 0

    page.get_by_label("Server").fill("rolls")
    page.get_by_label("Key").fill("s3cret")
    page.get_by_role("button", name="Test & preview").click()
    expect(page.locator("#preview")).to_contain_text("This is not of the form that it must have. Where the board is.")
    page.get_by_label("Server").fill(board.url)
    page.get_by_role("button", name="Test & preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text("The first 10 jobs", timeout=20_000)
    expect(page.get_by_role("region", name="Preview")).to_contain_text("Morning Rolls · Leeds, GB")
    assert not Source.objects.exists()
    assert visitor.sideways() == 0

    page.get_by_role("button", name="Connect").click()
    expect(page.locator("h1")).to_have_text(Source.objects.get().name)
    expect(page.locator("#source")).to_contain_text("being read")
    work_until_idle()
    if not javascript:
        page.reload()
    expect(page.locator("#source")).to_contain_text("fresh")
    expect(page.get_by_role("table", name="Runs, newest first")).to_contain_text("12")
    assert visitor.sideways() == 0
    page.get_by_role("link", name="look at them").click()
    expect(page.locator("#jobs")).to_contain_text("Morning Rolls")


def test_sources_are_run_paused_and_disconnected_by_keyboard(visit: Visit, board: SourceServer) -> None:
    Source.objects.create(name="rolls", kind="localhouse", options={"server": board.url})
    visitor = visit()
    page = visitor.page
    visitor.sign_in("adam")
    visitor.open("/operations/sources/")
    page.get_by_role("button", name="Run rolls now").press("Enter")
    expect(page.locator(".notes")).to_contain_text("rolls is read now")
    work_until_idle()
    expect(page.locator("#sources")).to_contain_text("fresh")  # by itself
    page.get_by_role("button", name="Pause rolls").press("Enter")
    expect(page.locator("#sources")).to_contain_text("paused")
    page.locator(".quality summary").press("Enter")
    expect(page.locator(".quality-parts")).to_contain_text("no duplicates")
    page.get_by_role("link", name="rolls", exact=True).press("Enter")
    page.get_by_role("link", name="Disconnect …").press("Enter")
    expect(page.locator("main")).to_contain_text("Its 12 open jobs close at once")
    page.get_by_role("button", name="Disconnect").press("Enter")
    expect(page.locator(".notes")).to_contain_text("12 of its jobs were closed")
    assert not Source.objects.exists()
