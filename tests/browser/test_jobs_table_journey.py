"""The table of jobs in a real browser: orders, boxes, saved searches, the back button, keys, a phone, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from jobs.models import Job, SavedSearch
from matching.models import Prediction
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.test_filtering import fill
from tests.support import make_job

pytestmark = pytest.mark.browser


def test_a_column_sorts_a_box_narrows_and_back_leads_the_same_way(visit: Visit) -> None:
    fill()
    visitor = visit(WIDE)
    visitor.sign_in("rita")
    visitor.open("/jobs/")
    page = visitor.page
    page.get_by_role("link", name="Pay", exact=True).click()
    expect(page.get_by_role("columnheader", name="Pay")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#jobs tbody tr").first).to_contain_text("109")
    expect(page.get_by_text("Only jobs that say what they pay in EUR")).to_be_visible()
    page.get_by_label("Germany").check()
    expect(page.locator("#jobs [data-row]")).to_have_count(6)
    expect(page).to_have_url(re.compile("sort=-pay.*country=DE|country=DE.*sort=-pay"))
    page.go_back()
    expect(page.locator("#jobs [data-row]")).to_have_count(12)
    expect(page.get_by_label("Germany")).not_to_be_checked()
    page.go_back()
    expect(page.locator("#jobs [data-row]")).to_have_count(24)
    assert visitor.sideways() == 0


def test_a_search_is_saved_opened_and_deleted(visit: Visit) -> None:
    fill()
    visitor = visit(WIDE)
    visitor.sign_in("rita")
    visitor.open("/jobs/?country=FR")
    page = visitor.page
    page.get_by_text("Save this search").click()
    page.get_by_label("Name").fill("French jobs")
    page.locator(".save-form").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("French jobs")
    make_job("new", title="Newcomer", place=Job.objects.filter(country="FR")[0].place)
    visitor.open("/")
    page.get_by_role("link", name="French jobs").click()
    expect(page.locator("#jobs [data-row]")).to_have_count(7)
    expect(page.get_by_role("navigation", name="Saved searches").locator("[aria-current]")).to_contain_text(
        "French jobs"
    )
    page.get_by_role("link", name="Manage").click()
    page.get_by_text("Change French jobs").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No search is saved yet")).to_be_visible()
    assert not SavedSearch.objects.exists()


def test_rows_are_moved_through_ticked_and_opened_by_key(visit: Visit) -> None:
    fill()
    visitor = visit(WIDE)
    visitor.sign_in("rita")
    visitor.open("/jobs/")
    page = visitor.page
    rows = page.locator("#jobs tbody tr")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(rows.nth(0).get_by_role("checkbox")).to_be_checked()
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    expect(page).to_have_url(re.compile(r"/jobs/$"))  # ticking is no search
    page.get_by_role("button", name="Look for candidates").click()
    expect(page.get_by_role("status")).to_contain_text("Looking for candidates for 2 jobs.")
    assert Prediction.objects.filter(side="cvs").count() == 2
    page.get_by_label("Tick all").check()
    expect(page.locator("#jobs input[name=job]:checked")).to_have_count(24)
    title = rows.nth(0).locator("[data-row]").inner_text()
    page.get_by_label("Tick all").blur()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_on_a_phone_the_order_is_chosen_in_the_form(visit: Visit, javascript: bool) -> None:
    fill()
    visitor = visit(NARROW, javascript=javascript)
    visitor.sign_in("rita")
    visitor.open("/jobs/")
    page = visitor.page
    page.get_by_label("Order").select_option("-title")
    if not javascript:
        page.get_by_role("button", name="Search").click()
    expect(page.locator("#jobs [data-row]").first).to_have_text("Senior Data Engineer")
    expect(page).to_have_url(re.compile("sort=-title"))
    page.locator("#jobs input[name=job]").first.check()
    page.get_by_role("button", name="Look for candidates").click()
    expect(page.get_by_role("status")).to_contain_text("Looking for candidates for 1 job.")
    assert visitor.sideways() == 0
