"""The ways through the product in a real browser: a candidate, a recruiter, an admin, with and without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from cvmatch.core.models import Status, User
from ingestion.models import CV
from jobs.models import Job
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.support import CV_TEXT, make_cv, work_until_idle

pytestmark = pytest.mark.browser

DEMO_CV = Path(settings.PROJECT_DIR) / "cvmatch" / "demo" / "cvs" / "mei-lin-chen-data.pdf"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_candidate_uploads_a_cv_sees_it_finish_and_reads_why_a_job_fits(
    visit: Visit, jobs: list[Job], worker: None, size: tuple[int, int]
) -> None:
    visitor = visit(size)
    page = visitor.page
    visitor.sign_in("mara")
    page.get_by_role("link", name="Upload your CV").click()
    page.locator("input[type=file]").set_input_files(DEMO_CV)  # choosing the file sends it

    page.wait_for_url(re.compile(r"/cvs/\d+/$"))
    page.evaluate("window.stillTheSamePage = true")
    expect(page.locator("#progress[data-over=yes]")).to_be_visible(timeout=30_000)
    expect(page.locator(".step-done")).to_have_count(5)
    expect(page.locator("#best .match").first).to_contain_text("The CV shows", timeout=10_000)
    expect(page.locator("#reading")).to_contain_text("Mei-Lin Chen")
    expect(page.locator("h1")).to_have_text("Mei-Lin Chen")
    expect(page.locator("#head").get_by_role("link", name="Jobs for you")).to_be_visible()
    assert page.evaluate("window.stillTheSamePage"), "the page was loaded again"
    assert visitor.sideways() == 0

    page.locator("#best .match h3 a").first.click()
    page.wait_for_url(re.compile(r"/matches/\d+/$"))
    expect(page.locator(".why")).to_contain_text("The CV shows")
    page.get_by_role("link", name="Python in the CV").click()
    mark = page.locator(".hl:target")
    expect(mark).to_have_text("Python")
    expect(mark).to_be_in_viewport()
    mark.click()
    expect(page.locator("[aria-label='The job'] .hl:target")).to_have_text("Python")
    assert visitor.sideways() == 0


def test_a_file_that_is_no_cv_is_explained_where_it_was_chosen(visit: Visit) -> None:
    visitor = visit()
    visitor.may_fail = True  # the answer is 422
    visitor.sign_in("mara")
    visitor.open("/cvs/upload/")
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": "me.pdf", "mimeType": "application/pdf", "buffer": b"GIF89a0000"}
    )
    expect(visitor.page.get_by_role("alert")).to_contain_text("The file is a picture (GIF)")
    assert not CV.objects.exists()


def test_a_file_that_cannot_be_read_says_so_and_can_be_tried_again(visit: Visit, worker: None) -> None:
    visitor = visit()
    visitor.sign_in("mara")
    visitor.open("/cvs/upload/")
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": "cut.pdf", "mimeType": "application/pdf", "buffer": DEMO_CV.read_bytes()[:300]}
    )
    expect(visitor.page.get_by_role("alert")).to_contain_text("Read failed.", timeout=20_000)
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Read failed.", timeout=20_000)


def test_the_way_from_upload_to_explanation_works_without_javascript(visit: Visit, jobs: list[Job]) -> None:
    visitor = visit(javascript=False)
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open("/cvs/upload/")
    page.locator("input[type=file]").set_input_files(DEMO_CV)
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url(re.compile(r"/cvs/\d+/$"))
    work_until_idle()
    page.reload()
    page.get_by_role("link", name="Jobs for you").first.click()
    page.locator(".match h3 a").first.click()
    expect(page.locator(".why")).to_contain_text("The CV shows")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_recruiter_finds_a_job_by_typing_and_goes_through_its_candidates(
    visit: Visit, jobs: list[Job], worker: None, size: tuple[int, int]
) -> None:
    make_cv()
    make_cv(CV_TEXT.replace("Mara Lindqvist", "Owen Prichard").replace("Kafka", "Kubernetes"))
    visitor = visit(size)
    page = visitor.page
    visitor.sign_in("rita")
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.get_by_label("Words").press_sequentially("data eng", delay=20)
    expect(page.locator("#jobs tbody tr")).to_have_count(1)
    assert "q=data" in page.url
    page.locator("#jobs a.tally").click()
    expect(page.locator(".person")).to_have_count(2, timeout=30_000)
    expect(page.locator(".person", has_text="pending")).to_have_count(0, timeout=30_000)
    assert visitor.sideways() == 0
    second = page.locator(".person").nth(1)
    name = second.locator(".clip").inner_text().splitlines()[0]
    if size == WIDE:
        page.keyboard.press("j")
    else:
        second.click()
    expect(page.locator("#people-detail h2").first).to_contain_text(name)
    expect(page.locator("#people-detail")).to_be_visible()
    expect(page.locator(".person[aria-current]")).to_contain_text(name)
    assert "match=" in page.url
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator(".doc")).to_have_count(2)
    assert visitor.sideways() == 0


def test_an_admin_sees_a_failure_and_retries_it(visit: Visit) -> None:
    make_cv()
    CV.objects.update(status=Status.FAILED, error="The disk was full.")
    visitor = visit(NARROW)
    visitor.sign_in("adam")
    visitor.page.get_by_role("link", name="Pipeline", exact=True).click()
    expect(visitor.page.locator(".failure")).to_contain_text("The disk was full.")
    assert visitor.sideways() == 0
    visitor.page.get_by_role("button", name="Retry it").click()
    expect(visitor.page.get_by_role("status")).to_contain_text("1 put back")
    expect(visitor.page.locator("#failures")).to_contain_text("Nothing has failed")


def test_a_session_that_ends_while_a_page_is_open_leads_to_the_sign_in_page_and_back(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in("mara")
    make_cv(user=User.objects.get(username="mara"))
    visitor.open("/cvs/")
    expect(visitor.page.locator(".step-working")).to_be_visible()
    here = visitor.page.url
    visitor.page.context.clear_cookies()
    visitor.page.wait_for_url(re.compile(r"/sign-in/\?next=/cvs/"))
    visitor.page.get_by_label("User name").fill("mara")
    visitor.page.get_by_label("Password").fill("pw")
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.page.wait_for_url(here)


def test_what_is_gone_says_so_where_it_was_and_is_not_asked_for_again(visit: Visit) -> None:
    visitor = visit()
    visitor.may_fail = True  # the answer is 404
    visitor.sign_in("mara")
    cv = make_cv(user=User.objects.get(username="mara"))
    visitor.open("/cvs/")
    cv.delete()
    expect(visitor.page.get_by_role("alert")).to_contain_text("There is no such CV")
    expect(visitor.page.locator("#progress")).to_have_count(0)


def test_the_pipeline_page_keeps_itself_up_to_date(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in("adam")
    visitor.open("/operations/pipeline/")
    expect(visitor.page.locator("#failures")).to_contain_text("Nothing has failed")
    make_cv()
    CV.objects.update(status=Status.FAILED, error="The disk was full.")
    expect(visitor.page.locator("#failures")).to_contain_text("The disk was full.", timeout=12_000)


def test_every_page_can_be_used_by_keyboard_from_the_first_key_on(visit: Visit) -> None:
    visitor = visit()
    visitor.sign_in("rita")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    visitor.open("/jobs/")
    visitor.page.keyboard.press("/")
    expect(visitor.page.get_by_label("Words")).to_be_focused()
