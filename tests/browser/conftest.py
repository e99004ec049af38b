"""A real browser on the real pages, with a worker beside them that takes tasks off the queue."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cvmatch.core.models import User
from jobs.models import Job
from tests.support import make_job, make_user, work_until_idle

# Playwright's synchronous interface keeps an event loop in this thread; Django would refuse its database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = (1280, 900), (360, 740)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"NO BROWSER TESTS: {CHROMIUM} is missing. As root: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """One tab; notes what a page must never do."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.may_fail = False  # the browser also notes answers of 4xx, which some tests ask for
        page.set_default_timeout(20_000)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._on_request)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, name: str) -> None:
        self.open("/sign-in/")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill("pw")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(self.address + "/")

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        self.page.wait_for_load_state()  # while one page makes room for the next there is nothing to measure
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def _on_console(self, message: ConsoleMessage) -> None:
        failed_answer = "Failed to load resource" in message.text
        if message.type in {"error", "warning"} and not (failed_answer and self.may_fail):
            self.complaints.append(message.text)

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"request to {request.url}")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, people: dict[str, User]) -> Iterator[Visit]:
    """A new tab of a new visitor; at the end nobody may have met an error or another host."""
    visitors: list[Visitor] = []

    def new_visitor(size: tuple[int, int] = WIDE, *, javascript: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=javascript, locale="en-GB"
        )
        visitors.append(Visitor(context.new_page(), live_server.url))
        return visitors[-1]

    yield new_visitor
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.page.context.close()
    assert complaints == []


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    roles = {"mara": User.Role.CANDIDATE, "rita": User.Role.RECRUITER, "adam": User.Role.ADMIN}
    return {name: make_user(name, role) for name, role in roles.items()}


@pytest.fixture
def jobs(transactional_db: None) -> list[Job]:
    """Three jobs with their vectors."""
    titles = ("Data Engineer", "Data Scientist", "Nurse")
    made = [make_job(str(number), title=title) for number, title in enumerate(titles)]
    work_until_idle()
    return made


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """Takes tasks off the queue in a thread of its own, as a worker process would."""
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.wait(0.05):
                work_until_idle()
        except BaseException as error:  # noqa: BLE001 - shown in the test's own thread
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=60)
    assert failures == []
