"""Pictures of every page, wide and narrow, light and dark, into the folder that CVMATCH_SCREENSHOTS names: bin/screenshots."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_accessibility import sign_in
from tests.everywhere import NOBODY, furnish, pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def test_every_page_is_drawn(chromium: Browser, live_server: LiveServer, transactional_db: None) -> None:
    folder = Path(os.environ["CVMATCH_SCREENSHOTS"])
    language = os.environ.get("CVMATCH_SCREENSHOTS_LANGUAGE", "en")
    folder.mkdir(parents=True, exist_ok=True)
    furnish(rows=8)
    shown = pages()
    for scheme in ("light", "dark"):
        for width, size in (("wide", WIDE), ("narrow", NARROW)):
            for who in sorted({who for who, _ in shown.values()}):
                context = chromium.new_context(
                    viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale=language
                )
                page = context.new_page()
                if who != NOBODY:
                    sign_in(page, live_server.url, who)
                for name, address in ((name, address) for name, (opens, address) in shown.items() if opens == who):
                    page.goto(live_server.url + address)
                    page.screenshot(path=folder / f"{name.replace(' ', '-')}-{width}-{scheme}.png", full_page=True)
                context.close()
