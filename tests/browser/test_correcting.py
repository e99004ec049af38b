"""Correcting what was read, in a real browser: in place, by keyboard, on a narrow screen, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from cvmatch.core.models import User
from ingestion.models import CV, Correction
from jobs.models import Job
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle

pytestmark = pytest.mark.browser

UPLOAD = {"name": "cv.txt", "mimeType": "text/plain", "buffer": CV_TEXT.encode()}


@pytest.fixture
def shop(jobs: list[Job]) -> Job:
    """A job that asks for what nobody's CV says."""
    job = make_job("shop", title="Shop Assistant", text="Requirements:\n- Salesforce\n- SAP\n- Merchandising")
    work_until_idle()
    return job


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_candidate_corrects_a_title_in_place_and_the_jobs_are_compared_again(
    visit: Visit, shop: Job, worker: None, size: tuple[int, int]
) -> None:
    visitor = visit(size)
    visitor.may_fail = True  # one answer is 422
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open("/cvs/upload/")
    page.locator("input[type=file]").set_input_files(UPLOAD)
    expect(page.locator("#progress[data-over=yes]")).to_be_visible(timeout=30_000)
    expect(page.locator("#best .match h3").first).to_contain_text("Data")
    page.evaluate("window.stillTheSamePage = true")

    page.get_by_role("link", name="Correct Work 1 · Position").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Position", exact=True)
    expect(field).to_be_focused()
    assert visitor.sideways() == 0
    field.fill("Shop Assistant")
    page.keyboard.press("Enter")
    expect(page.locator("#reading")).to_contain_text("Corrected by hand; was Data Engineer")

    page.get_by_role("link", name="Correct Person · Title").click()
    page.get_by_label("Title", exact=True).fill("Shop Assistant")
    page.keyboard.press("Enter")
    expect(page.locator("#head")).to_contain_text("Shop Assistant")
    page.get_by_role("link", name="Correct Work 1 · From").click()
    page.get_by_label("From", exact=True).fill("March 2019")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("2019-03")
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("#edit")).to_have_count(0)

    expect(page.locator("#best .match h3").first).to_have_text("Shop Assistant", timeout=30_000)
    expect(page.locator("#progress[data-over=yes]")).to_be_visible(timeout=30_000)
    assert page.evaluate("window.stillTheSamePage"), "the page was loaded again"
    assert visitor.sideways() == 0

    undo = page.get_by_role("button", name="Undo the correction of Work 1 · Position")
    undo.click()
    expect(undo).to_have_count(0)
    assert CV.objects.get().parsed.resume.work[0].position == "Data Engineer"


@pytest.fixture
def read_cv(people: dict[str, User], jobs: list[Job]) -> CV:
    cv = make_cv(CV_TEXT, user=people["mara"])
    work_until_idle()
    return cv


def test_a_click_while_something_is_saved_does_not_lose_the_answer_and_the_keyboard_stays_where_it_was(
    visit: Visit, read_cv: CV
) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open(f"/cvs/{read_cv.pk}/")
    assert page.evaluate("document.documentElement.scrollHeight <= Math.max(innerHeight, document.body.offsetHeight)")
    correct = page.get_by_role("link", name="Correct Work 1 · Position")
    correct.click()
    held: list[Route] = []
    page.route("**/corrections/", lambda route: held.append(route))
    page.get_by_label("Position", exact=True).fill("Cook")
    page.keyboard.press("Enter")
    expect(page.locator("#reading.htmx-request")).to_be_visible()
    page.get_by_role("link", name="Correct Person · Title").click()
    page.wait_for_timeout(300)
    held[0].continue_()
    expect(page.locator("#reading")).to_contain_text("Corrected by hand; was Data Engineer")
    expect(correct).to_be_focused()
    expect(page.locator("#edit")).to_have_count(0)
    page.get_by_role("link", name="Correct Person · Title").click()
    expect(page.get_by_label("Title", exact=True)).to_be_focused()


def test_what_could_not_be_saved_is_said_and_stays_in_its_field(visit: Visit, read_cv: CV) -> None:
    visitor = visit()
    visitor.may_fail = True
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open(f"/cvs/{read_cv.pk}/?edit=work[0].position#edit")
    page.route("**/corrections/", lambda route: route.abort())
    page.get_by_label("Position", exact=True).fill("Cook")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This was not saved")
    expect(page.get_by_label("Position", exact=True)).to_have_value("Cook")
    page.unroute("**/corrections/")
    page.keyboard.press("Enter")
    expect(page.locator("#reading")).to_contain_text("Corrected by hand; was Data Engineer")
    expect(page.get_by_role("alert")).to_have_count(0)
    visitor.complaints = [complaint for complaint in visitor.complaints if not complaint.startswith("htmx:")]


def test_correcting_works_without_javascript(visit: Visit, jobs: list[Job]) -> None:
    visitor = visit(NARROW, javascript=False)
    visitor.may_fail = True  # one answer is 422
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open("/cvs/upload/")
    page.locator("input[type=file]").set_input_files(UPLOAD)
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url(re.compile(r"/cvs/\d+/$"))
    work_until_idle()
    page.reload()

    page.get_by_role("link", name="Add to Skills").click()
    page.get_by_label("Name", exact=True).fill("Terraform")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#reading")).to_contain_text("Terraform")
    page.get_by_role("link", name="Correct Work 1 · From").click()
    page.get_by_label("From", exact=True).fill("soon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("2019-03")
    expect(page.get_by_label("From", exact=True)).to_have_value("soon")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#corrections + ul li")).to_have_count(2)
    assert visitor.sideways() == 0
    page.get_by_role("button", name="Undo: Skills").click()
    page.get_by_role("button", name="All of this is right").click()
    expect(page.locator("#reading")).to_contain_text("Confirmed as right by mara")
    assert [correction.undone_at is None for correction in Correction.objects.all()] == [False, True]
