"""Filtering jobs in a real browser: by boxes beside the list, on a phone, and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cvmatch.core.models import User
from jobs.values import Pay, Place
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.browser


def fill() -> None:
    now = timezone.now()
    towns = (("Berlin", "DE"), ("Hamburg", "DE"), ("Paris", "FR"), ("Zürich", "CH"))
    for number in range(24):
        city, country = towns[number % 4]
        make_job(
            str(number),
            title=("Senior Data Engineer", "Data Engineer", "Nurse")[number % 3],
            company=f"Company {number}",
            place=Place(city=city, country=country),
            remote=number % 6 == 0,
            employment_type=("full_time", "part_time", "")[number % 3],
            pay=Pay(Decimal(40000 + 3000 * number), Decimal(50000 + 3000 * number), "EUR") if number % 2 else None,
            posted_at=now - timedelta(days=number),
        )


def rows(page: Page) -> int:
    return page.locator("#jobs [data-row]").count()


def test_boxes_narrow_the_list_and_the_counts_follow(visit: Visit) -> None:
    fill()
    visitor = visit(WIDE)
    visitor.sign_in("rita")
    visitor.open("/jobs/")
    page = visitor.page
    page.get_by_label("Germany").check()
    expect(page.locator("#jobs [data-row]")).to_have_count(12)
    expect(page).to_have_url(re.compile("country=DE"))
    expect(page.get_by_label("Germany")).to_be_focused()
    expect(page.get_by_label("Paris")).to_have_count(0)
    page.get_by_label("Switzerland").check()
    expect(page.locator("#jobs [data-row]")).to_have_count(18)
    page.locator("#level-senior").check()
    expect(page.locator("#jobs [data-row]")).to_have_count(6)
    assert visitor.sideways() == 0
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("#jobs [data-row]")).to_have_count(24)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_on_a_phone_the_filters_open_on_demand(visit: Visit, javascript: bool) -> None:
    fill()
    visitor = visit(NARROW, javascript=javascript)
    visitor.sign_in("rita")
    visitor.open("/jobs/")
    page = visitor.page
    expect(page.get_by_label("Germany")).to_be_hidden()
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Germany").check()
    if not javascript:
        page.get_by_role("button", name="Apply").click()
    expect(page.locator("#jobs [data-row]")).to_have_count(12)
    assert visitor.sideways() == 0


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_candidate_filters_their_jobs_and_reads_why_at_once(
    visit: Visit, people: dict[str, User], size: tuple[int, int]
) -> None:
    fill()
    cv = make_cv(user=people["mara"])
    work_until_idle()
    visitor = visit(size)
    visitor.sign_in("mara")
    visitor.open(f"/cvs/{cv.pk}/matches/")
    page = visitor.page
    if size == NARROW:
        page.locator("summary", has_text="Filters").click()
    page.get_by_label("France").check()
    expect(page.get_by_role("status")).to_contain_text("ranked just now")
    expect(page.locator("#list .match")).to_have_count(6)
    expect(page.locator("#list .match-side").first).to_contain_text("FR")
    assert visitor.sideways() == 0
