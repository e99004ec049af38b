"""The parsing page in a real browser: on a wide screen and a phone, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cvmatch.core.models import Status
from ingestion.models import CV
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.support import CV_TEXT, make_cv, work_until_idle

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_admin_sees_how_well_cvs_are_read_and_opens_the_worst(
    visit: Visit, size: tuple[int, int], javascript: bool
) -> None:
    make_cv()
    make_cv(CV_TEXT.replace("Mara Lindqvist", "").replace("Berlin, Germany", "A" * 300))
    broken = make_cv("Broken")
    work_until_idle()
    CV.objects.filter(pk=broken.pk).update(status=Status.FAILED, error="The PDF is encrypted.", quality={})
    visitor = visit(size, javascript=javascript)
    visitor.sign_in("adam")
    visitor.page.get_by_role("navigation", name="Main").get_by_role("link", name="Parsing").click()
    expect(visitor.page.locator("h1")).to_have_text("Parsing")
    expect(visitor.page.locator("#failures")).to_contain_text("The PDF is encrypted.")
    expect(visitor.page.get_by_role("table", name="Figures by format")).to_contain_text("txt")
    bar = visitor.page.locator(".chart-read").last.bounding_box()
    assert bar is not None
    assert bar["height"] > 10
    assert visitor.sideways() == 0
    visitor.page.get_by_role("link", name="365 days").click()
    expect(visitor.page.locator("[aria-current=page]", has_text="365")).to_be_visible()
    visitor.page.locator("#worst a").first.click()
    expect(visitor.page.locator("h1")).not_to_have_text("Parsing")
