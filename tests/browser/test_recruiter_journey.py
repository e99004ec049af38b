"""A recruiter's minute in a real browser: whom to call and why, by keyboard and mouse, with undo, on a phone, without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from jobs.models import Job
from matching.models import Decision, DecisionEvent
from matching.services import request_matches
from tests.browser.conftest import NARROW, Visit, Visitor
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle

pytestmark = pytest.mark.browser

NAMES = ("Owen Prichard", "Ines Albrecht", "Tariq Mansour")


@pytest.fixture
def job(transactional_db: None) -> Job:
    """A job with the list of its four candidates, all explained."""
    job = make_job()
    make_cv()
    for name in NAMES:
        text = CV_TEXT.replace("Mara Lindqvist", name)
        make_cv(text.replace("Docker", "Docker, Kubernetes") if name == "Ines Albrecht" else text)
    work_until_idle()
    request_matches(job=job, requested_by=None)
    work_until_idle()
    return job


def at_the_list(visitor: Visitor, job: Job) -> Page:
    visitor.sign_in("rita")
    visitor.open(f"/jobs/{job.pk}/candidates/")
    expect(visitor.page.locator(".person")).to_have_count(4)
    return visitor.page


def names(page: Page) -> list[str]:
    return [text.splitlines()[0] for text in page.locator(".person .clip").all_inner_texts()]


def test_a_recruiter_goes_through_the_list_by_keyboard_decides_undoes_compares_and_exports(
    visit: Visit, job: Job, tmp_path: Path
) -> None:
    visitor = visit()
    page = at_the_list(visitor, job)
    order, looked, panel = names(page), page.locator(".person[aria-current]"), page.locator("#people-detail h2").first
    page.evaluate("window.stillTheSamePage = true")

    page.keyboard.press("s")  # shortlists the first and moves on
    expect(page.locator("#toast")).to_contain_text("Shortlisted · 1 person")
    expect(looked).to_contain_text(order[1])
    expect(panel).to_contain_text(order[1])
    page.keyboard.press("r")
    expect(page.locator("#toast")).to_contain_text("Rejected · 1 person")
    expect(page.locator(".sunk summary")).to_have_text("1 rejected")
    expect(looked).to_contain_text(order[2])
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_contain_text("Undone")
    expect(page.locator(".sunk")).to_have_count(0)
    assert sorted(Decision.objects.values_list("stage", flat=True)) == ["new", "shortlisted"]

    page.keyboard.press("k")
    expect(panel).to_contain_text(order[1])
    assert page.evaluate("scrollY") == 0, "the page jumped"
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_attribute("data-count", "2")
    assert page.evaluate("window.stillTheSamePage"), "the page was loaded again"
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/compare/\?match=\d+&match=\d+$"))
    expect(page.locator("thead .table-link")).to_have_text([order[1], order[2]])

    page.go_back()
    expect(page.locator(".person")).to_have_count(4)
    expect(page.locator(".person[aria-current]")).to_contain_text(order[2])
    page.get_by_role("navigation", name="This job").get_by_role("link", name="Shortlist").click()
    expect(page.locator(".entry")).to_contain_text(order[0])
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    download.value.save_as(tmp_path / "shortlist.csv")
    assert order[0] in (tmp_path / "shortlist.csv").read_text("utf-8-sig")


def test_a_double_click_decides_once_and_about_nobody_else(visit: Visit, job: Job) -> None:
    page = at_the_list(visit(), job)
    page.locator("#people-detail").get_by_role("button", name="Reject").dblclick()
    expect(page.locator("#toast")).to_contain_text(re.compile("Rejected · 1 person|so already"))
    page.wait_for_load_state("networkidle")
    assert DecisionEvent.objects.count() == 1


def test_several_are_selected_with_the_mouse_and_rejected_at_once_and_brought_back(visit: Visit, job: Job) -> None:
    page = at_the_list(visit(), job)
    for box in page.locator("#picks input[name=match]").all()[1:3]:
        box.check()
    page.locator("#picks").get_by_role("button", name="Reject").click()
    expect(page.locator("#toast")).to_contain_text("Rejected · 2 people")
    expect(page.locator(".sunk summary")).to_have_text("2 rejected")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".sunk")).to_have_count(0)
    assert set(Decision.objects.values_list("stage", flat=True)) == {"new"}


def test_the_list_is_narrowed_without_leaving_it_and_the_way_side_by_side_stays_in_it(visit: Visit, job: Job) -> None:
    page = at_the_list(visit(), job)
    page.get_by_label("Must-have found").select_option("Kubernetes")
    expect(page.locator(".person")).to_have_count(1)
    assert "must=Kubernetes" in page.url
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator(".crumb")).to_contain_text("1 of 1")
    page.locator("#decision").get_by_role("button", name="Shortlist").click()
    expect(page.locator("#toast")).to_contain_text("Shortlisted")
    expect(page.locator("#decision .tag").first).to_have_text("Shortlisted")
    page.locator(".crumb a").click()
    expect(page.locator(".person")).to_have_count(1)
    expect(page.locator(".person .tag")).to_have_text("Shortlisted")


def test_j_and_k_lead_through_the_list_side_by_side(visit: Visit, job: Job) -> None:
    page = at_the_list(visit(), job)
    order = names(page)
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator("#decision")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=order[1])).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=order[0])).to_be_visible()


def test_a_note_is_written_beside_the_list_without_losing_the_place(visit: Visit, job: Job) -> None:
    page = at_the_list(visit(), job)
    page.keyboard.press("j")
    expect(page.locator("#people-detail h2").first).to_contain_text(names(page)[1])
    page.get_by_label("New note").fill("Speaks Dutch. Junior? x, r and s are letters here.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".said")).to_contain_text("Speaks Dutch.")
    expect(page.locator(".person[aria-current]")).to_contain_text(names(page)[1])
    assert not Decision.objects.exists()


def test_the_keys_are_listed_by_the_question_mark(visit: Visit, job: Job) -> None:
    page = at_the_list(visit(), job)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("undo the last decision")
    page.keyboard.press("r")  # not while they are read
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_label("Find in the list")).to_be_focused()
    assert not Decision.objects.exists()


def test_blind_hides_names_until_it_is_switched_off(visit: Visit, job: Job) -> None:
    page = at_the_list(visit(), job)
    page.get_by_role("button", name="Blind").click()
    expect(page.locator(".person .clip").first).to_contain_text(re.compile(r"Candidate \d+"))
    expect(page.get_by_text("Prichard")).to_have_count(0)
    page.get_by_role("button", name="Blind").click()
    expect(page.get_by_text("Prichard")).not_to_have_count(0)


def test_everything_fits_on_a_phone(visit: Visit, job: Job) -> None:
    visitor = visit(NARROW)
    page = at_the_list(visitor, job)
    assert visitor.sideways() == 0
    order = names(page)
    page.locator(".person").nth(1).click()
    expect(page.locator("#people-detail h2").first).to_contain_text(order[1])
    page.locator("#people-detail").get_by_role("button", name="Shortlist").click()
    expect(page.locator("#toast")).to_contain_text("Shortlisted")
    assert visitor.sideways() == 0
    for path in ("shortlist/", "compare/?" + "&".join(f"match={pk}" for pk in _ids(page)[:2])):
        visitor.open(f"/jobs/{job.pk}/{path}")
        assert visitor.sideways() == 0, path
    visitor.open(f"/matches/{_match(job)}/")
    assert visitor.sideways() == 0


def test_all_of_it_works_without_javascript(visit: Visit, job: Job) -> None:
    visitor = visit(javascript=False)
    page = at_the_list(visitor, job)
    order = names(page)
    page.locator(".person").nth(2).click()
    expect(page.locator("#people-detail h2").first).to_contain_text(order[2])
    page.locator("#people-detail").get_by_role("button", name="Reject").click()
    expect(page.locator("#toast")).to_contain_text("Rejected · 1 person")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".sunk")).to_have_count(0)
    for box in page.locator("#picks input[name=match]").all()[:2]:
        box.check()
    page.locator("#picks").get_by_role("button", name="Compare").click()
    expect(page.locator("thead .table-link")).to_have_text(order[:2])
    visitor.open(f"/jobs/{job.pk}/candidates/")
    page.get_by_label("Find in the list").fill("tariq")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".person")).to_have_count(1)


def _ids(page: Page) -> list[str]:
    return [str(box.get_attribute("value")) for box in page.locator("#picks input[name=match]").all()]


def _match(job: Job) -> int:
    return job.matches.filter(prediction__job=job).order_by("rank")[0].pk
