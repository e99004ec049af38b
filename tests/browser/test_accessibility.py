"""No page keeps people out, as far as axe-core can tell, or is wider than its window: light and dark, desk and telephone."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import NARROW, WIDE
from tests.everywhere import NOBODY, forgotten, furnish, pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RUN = """(options) => axe.run({ resultTypes: ["violations"], ...options }).then((found) => found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`))"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# All that the scheme can change.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_keeps_anybody_out(
    chromium: Browser, live_server: LiveServer, transactional_db: None, size: tuple[int, int]
) -> None:
    furnish()
    shown = pages()
    assert forgotten(shown) == set()
    found: dict[str, list[str]] = {}
    for who in sorted({who for who, _ in shown.values()}):
        # The pages forbid code from elsewhere, and axe is that.
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, bypass_csp=True, reduced_motion="reduce"
        )
        page = context.new_page()
        if who != NOBODY:
            sign_in(page, live_server.url, who)
        for name, address in ((name, address) for name, (opens, address) in shown.items() if opens == who):
            page.emulate_media(color_scheme="light")
            answer = page.goto(live_server.url + address)
            assert answer is not None
            assert answer.status < 500, name
            page.add_script_tag(path=AXE)
            problems = page.evaluate(RUN, {})
            page.emulate_media(color_scheme="dark")
            problems += [f"dark: {problem}" for problem in page.evaluate(RUN, COLOURS)]
            if wider := page.evaluate(WIDER):
                problems.append(f"{wider} pixels wider than the window")
            if problems:
                found[name] = problems
        context.close()
    assert found == {}


def sign_in(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill("pw")
    page.locator("main button").first.click()
    page.wait_for_url(f"{address}/")
