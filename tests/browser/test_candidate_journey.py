"""A candidate's way in a real browser: upload in all its turns, the jobs and what is done with them, one's own data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from cvmatch.core.models import User
from ingestion.models import CV
from ingestion.services import receive_cv
from jobs.models import Job
from matching.models import Interaction
from tests.browser.conftest import NARROW, WIDE, Visit, Visitor
from tests.support import CV_TEXT, make_cv, work_until_idle

pytestmark = pytest.mark.browser

DEMO_CV = Path(settings.PROJECT_DIR) / "cvmatch" / "demo" / "cvs" / "mei-lin-chen-data.pdf"
CV_PAGE = re.compile(r"/cvs/\d+/$")
FILE: Any = {"name": "cv.txt", "mimeType": "text/plain", "buffer": CV_TEXT.encode()}


def at_upload(visit: Visit, size: tuple[int, int] = WIDE, *, javascript: bool = True) -> Visitor:
    visitor = visit(size, javascript=javascript)
    visitor.sign_in("mara")
    visitor.open("/cvs/upload/")
    return visitor


def drop(page: Page, *texts: str) -> None:
    page.evaluate(
        """texts => {
            const data = new DataTransfer();
            for (const text of texts) data.items.add(new File([text], "dropped.txt", {type: "text/plain"}));
            document.querySelector(".drop").dispatchEvent(
                new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        list(texts),
    )


def hold_uploads(page: Page) -> list[Any]:
    """Uploads wait in the list that is returned until somebody lets them go on."""
    held: list[Any] = []
    page.route(
        "**/cvs/upload/", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    return held


def with_list(visit: Visit, size: tuple[int, int] = WIDE, *, javascript: bool = True) -> Visitor:
    """Somebody whose CV has been matched, on their list of jobs."""
    cv = make_cv(user=User.objects.get(username="mara"))
    work_until_idle()
    visitor = visit(size, javascript=javascript)
    visitor.sign_in("mara")
    visitor.open(f"/cvs/{cv.pk}/matches/")
    return visitor


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_dropped_file_shows_its_stages_and_leads_to_the_jobs(
    visit: Visit, jobs: list[Job], worker: None, size: tuple[int, int]
) -> None:
    visitor = at_upload(visit, size)
    page = visitor.page
    drop(page, CV_TEXT)
    page.wait_for_url(CV_PAGE)
    expect(page.locator("#progress[data-over=yes]")).to_be_visible(timeout=40_000)
    expect(page.locator(".step-done")).to_have_count(5)
    expect(page.locator("#progress")).to_contain_text(re.compile(r"Done in \d"))
    assert visitor.sideways() == 0
    page.get_by_role("link", name="Jobs for you").first.click()
    expect(page.locator(".match .score").first).to_be_visible()
    assert visitor.sideways() == 0


def test_sending_shows_how_far_it_is_and_can_be_cancelled_and_begun_again(visit: Visit) -> None:
    visitor = at_upload(visit)
    page, held = visitor.page, hold_uploads(visitor.page)
    page.locator("input[type=file]").set_input_files(FILE)
    expect(page.get_by_role("status").filter(has_text=re.compile("Sending|Sent"))).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Upload")).to_be_disabled()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    assert not CV.objects.exists()
    page.unroute("**/cvs/upload/")
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url(CV_PAGE)
    assert len(held) == 1
    assert CV.objects.count() == 1


def test_a_file_chosen_before_the_script_arrived_is_sent_once_it_did(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in("mara")
    page, held = visitor.page, list[Any]()
    page.route("**/upload*.js", lambda route: held.append(route))
    page.goto(visitor.address + "/cvs/upload/", wait_until="commit")
    page.locator("input[type=file]").set_input_files(FILE)
    assert len(held) == 1, "the page does not wait for its script"
    held[0].continue_()
    page.wait_for_url(CV_PAGE)
    assert CV.objects.count() == 1


def test_what_happens_while_a_file_is_sent_sends_it_only_once(visit: Visit) -> None:
    visitor = at_upload(visit)
    page, held = visitor.page, hold_uploads(visitor.page)
    page.locator("input[type=file]").set_input_files(FILE)
    drop(page, "another text")
    page.evaluate("document.querySelector('form[data-upload]').requestSubmit()")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_url(CV_PAGE)
    assert CV.objects.count() == 1


def test_a_lost_connection_keeps_the_file_for_another_try(visit: Visit) -> None:
    visitor = at_upload(visit)
    visitor.may_fail = True
    page = visitor.page
    page.context.set_offline(True)
    page.locator("input[type=file]").set_input_files(FILE)
    expect(page.get_by_role("alert")).to_contain_text("The connection was lost")
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url(CV_PAGE)
    assert CV.objects.get().filename == "cv.txt"


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("cv.exe", 2, "Files that end in .exe cannot be read."),
        ("cv.txt", 0, "The file is empty."),
        ("cv.pdf", 11_000_000, "The file has 11.0 MB; the limit is 10.5 MB."),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_before_it_is_sent(
    visit: Visit, name: str, size: int, said: str
) -> None:
    page = at_upload(visit).page
    held = hold_uploads(page)
    page.evaluate(
        """([name, size]) => {
            const data = new DataTransfer(), input = document.querySelector("input[type=file]");
            data.items.add(new File([new Uint8Array(size)], name));
            input.files = data.files;
            input.dispatchEvent(new Event("change", {bubbles: true}));
        }""",
        [name, size],
    )
    expect(page.get_by_role("alert")).to_contain_text(said)
    assert held == []


def test_several_files_at_once_are_not_taken(visit: Visit) -> None:
    page = at_upload(visit).page
    drop(page, "one", "two")
    expect(page.get_by_role("alert")).to_contain_text("Please drop one file")


def test_a_session_that_ended_is_said_and_the_file_stays(visit: Visit) -> None:
    visitor = at_upload(visit)
    visitor.may_fail = True
    visitor.page.context.clear_cookies()
    visitor.page.locator("input[type=file]").set_input_files(FILE)
    expect(visitor.page.get_by_role("alert")).to_contain_text("You are not signed in any more.")
    assert not CV.objects.exists()


def test_the_back_button_leads_to_an_upload_that_can_be_used(visit: Visit) -> None:
    visitor = at_upload(visit)
    page = visitor.page
    page.locator("input[type=file]").set_input_files(FILE)
    page.wait_for_url(CV_PAGE)
    page.go_back()
    expect(page.get_by_role("button", name="Upload")).to_be_enabled()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    page.locator("input[type=file]").set_input_files({**FILE, "buffer": CV_TEXT.replace("Berlin", "Bonn").encode()})
    page.wait_for_url(CV_PAGE)
    assert CV.objects.count() == 2


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_pages_of_the_file_stand_beside_the_facts_and_a_fact_leads_back_to_its_place_in_the_text(
    visit: Visit, jobs: list[Job], size: tuple[int, int]
) -> None:
    owner = User.objects.get(username="mara")
    cv = receive_cv(content=DEMO_CV.read_bytes(), filename="cv.pdf", uploaded_by=owner, interactive=True)
    work_until_idle()
    visitor = visit(size)
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open(f"/cvs/{cv.pk}/")
    page.get_by_role("radio", name="Pages").check()
    picture = page.get_by_alt_text("Page 1 as it looks in the file")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("picture => picture.naturalWidth === 1100", arg=picture.element_handle())
    assert visitor.sideways() == 0
    page.locator(".fact a.fact-value").first.click()
    expect(page.locator(".hl:target")).to_be_visible()
    expect(picture).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_jobs_are_saved_hidden_with_a_reason_and_brought_back_without_a_new_page(
    visit: Visit, jobs: list[Job], size: tuple[int, int]
) -> None:
    visitor = with_list(visit, size)
    page = visitor.page
    page.evaluate("window.stillTheSamePage = true")
    first = page.locator(".match").first
    title = first.locator("h3").inner_text()
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("button", name="Saved")).to_be_focused()
    expect(page.locator("#saved-count")).to_have_text("1")
    first.get_by_role("button", name="Hide").click()
    expect(first.locator("h3")).to_be_hidden()
    expect(first.get_by_role("button", name="Undo")).to_be_focused()
    first.get_by_role("button", name="Too far away").click()
    expect(first).to_contain_text("hidden: Too far away")
    expect(page.locator("#hidden-count")).to_have_text("1")
    assert visitor.sideways() == 0
    first.get_by_role("button", name="Undo").click()
    expect(first.locator("h3")).to_be_visible()
    first.get_by_role("button", name="Fits me", exact=True).click()
    expect(first.get_by_role("button", name="Fits me", exact=True)).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.stillTheSamePage"), "the page was loaded again"
    first.get_by_role("button", name="Hide").click()
    expect(first.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("link", name="Hidden").click()
    expect(page.locator("main")).to_contain_text(title)
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator("#hidden-count")).to_have_text("0")
    assert visitor.sideways() == 0


def test_applying_opens_the_posting_beside_and_is_counted(visit: Visit, jobs: list[Job], live_server: Any) -> None:
    Job.objects.update(url=f"{live_server.url}/health/live")
    visitor = with_list(visit)
    with visitor.page.context.expect_page() as opened:
        visitor.page.get_by_role("link", name="Apply").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.url.endswith("/health/live")
    assert Interaction.objects.get(kind=Interaction.Kind.APPLY).position == 1
    visitor.page.reload()
    expect(visitor.page.locator(".match").first).to_contain_text("went to apply")


def test_marks_work_without_javascript(visit: Visit, jobs: list[Job]) -> None:
    visitor = with_list(visit, javascript=False)
    page = visitor.page
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    page.get_by_role("button", name="Hide").last.click()
    page.get_by_role("link", name="Hidden").click()
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_role("heading", name="No hidden jobs")).to_be_visible()
    page.get_by_role("link", name="Saved").click()
    expect(page.locator(".match")).to_have_count(1)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_two_versions_are_compared_and_everything_is_erased(
    visit: Visit, jobs: list[Job], size: tuple[int, int]
) -> None:
    owner = User.objects.get(username="mara")
    make_cv(CV_TEXT.replace("Docker", "Podman"), user=owner)
    visitor = with_list(visit, size)
    page = visitor.page
    page.get_by_role("link", name="My CV").click()
    page.get_by_role("link", name="what differs").click()
    expect(page.locator("del")).to_contain_text(["Podman"])
    expect(page.locator("ins")).to_contain_text(["Docker"])
    assert visitor.sideways() == 0
    page.get_by_role("link", name="My data").click()
    assert visitor.sideways() == 0
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    assert download.value.suggested_filename.endswith(".zip")
    page.get_by_text("Erase everything and my account").first.click()
    form = page.locator("details[open]")
    form.get_by_label("Type delete to confirm").fill("delete")
    form.get_by_label("Your password").fill("pw")
    form.get_by_role("button", name="Erase everything and my account").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is erased")
    assert not User.objects.filter(username="mara").exists()
