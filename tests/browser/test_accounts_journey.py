"""Into an account with a real browser: signing up with a confirmed address, and the second step set up and asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from cvmatch.core.models import User
from tests.browser.conftest import NARROW, WIDE, Visit

pytestmark = pytest.mark.browser
PASSWORD = "nine green kettles"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def codes_of(secret: str) -> list[str]:
    """What the app on the telephone may show just now, on a clock that is slow, right or fast."""
    return [format_hotp_value(hotp_value(secret, counter)) for counter in yield_hotp_counters_from_time()]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_who_signs_up_confirms_the_address_and_is_in_only_then(
    visit: Visit, settings: Any, size: tuple[int, int]
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    visitor = visit(size)
    page = visitor.page
    visitor.open("/sign-in/")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Email").fill("nora@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your e-mail")
    visitor.open("/cvs/upload/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    link = re.search(r"https?://\S+", mail.outbox[0].body)
    assert link is not None
    assert link[0].startswith(visitor.address)
    page.goto(link[0])
    expect(page.locator("main")).to_contain_text("nora@example.com")
    assert visitor.sideways() == 0
    page.get_by_role("button", name="Yes, confirm it").click()
    visitor.open("/sign-in/")
    if page.get_by_label("Password").count():
        page.get_by_label("User name or e-mail").fill("nora@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{visitor.address}/**")
    visitor.open("/cvs/upload/")
    expect(page.locator("input[type=file]")).to_have_count(1)
    assert User.objects.get(email="nora@example.com").role == User.Role.CANDIDATE


def test_the_second_step_is_set_up_and_then_asked_for(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open("/account/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_role("link", name="Set up").click()
    page.get_by_label("Password").fill("pw")
    page.get_by_role("button", name="Go on").click()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    early, now, *_ = codes_of(str(page.locator("form code").inner_text()))
    page.get_by_label("code").fill(early)
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator("main code")).to_have_count(10)

    elsewhere = visit()
    again = elsewhere.page
    elsewhere.open("/sign-in/?next=/jobs/")
    again.get_by_label("User name or e-mail").fill("mara")
    again.get_by_label("Password").fill("pw")
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("heading", level=1)).to_have_text("Second step")
    again.get_by_label("code").fill("000000")
    again.get_by_role("button", name="Sign in", exact=True).click()
    expect(again.get_by_role("alert")).to_contain_text("Incorrect code")
    again.get_by_label("code").fill(now)
    again.get_by_role("button", name="Sign in", exact=True).click()
    again.wait_for_url(f"{elsewhere.address}/jobs/")
    expect(again.get_by_role("heading", level=1)).to_have_text("Jobs")
