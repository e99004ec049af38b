"""Help with one's CV, alerts, privacy, insights and back-fills in a real browser: one journey for each role."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from cvmatch.core.models import User
from ingestion.models import CV, CVView
from ingestion.viewings import note_view
from jobs.models import Job
from matching.alerts.subscribing import stop_token
from matching.backfills.running import work_backfills
from matching.models import AlertSubscription, TailoringBatch
from tests.browser.conftest import NARROW, Visit, Visitor
from tests.market import tell_insights
from tests.support import CV_TEXT, make_cv, work_until_idle

pytestmark = pytest.mark.browser


def downloaded(visitor: Visitor, link: Locator) -> bytes:
    with visitor.page.expect_download() as started:
        link.click()
    return started.value.path().read_bytes()


def test_a_candidate_raises_a_score_is_told_of_jobs_until_they_say_stop_and_takes_their_data_along(
    visit: Visit, jobs: list[Job], people: dict[str, User]
) -> None:
    cv = make_cv(user=people["mara"])
    work_until_idle()
    tell_insights(*jobs)
    note_view(user=people["rita"], cv=cv, how=CVView.How.PAGE)
    visitor = visit(NARROW)
    page = visitor.page
    visitor.sign_in("mara")
    visitor.open(f"/cvs/{cv.pk}/matches/")
    expect(page.locator(".match-side").first).to_contain_text("estimate")
    page.get_by_role("button", name="Tell me of new ones").click()
    expect(page.get_by_role("status").first).to_be_visible()
    visitor.open(f"/cvs/{cv.pk}/matches/")
    page.locator(".match h3 a").first.click()
    page.get_by_role("button", name="Improve your CV for this job").click()
    expect(page.get_by_text("Waiting for its turn.")).to_be_visible()
    work_until_idle()
    score = page.get_by_role("region", name="Score")
    expect(score.locator(".num")).to_have_count(2)
    before, after = (float(figure) for figure in score.locator(".num").all_inner_texts())
    assert before <= after
    assert downloaded(visitor, page.get_by_role("link", name="Download as Word")).startswith(b"PK")
    assert downloaded(visitor, page.get_by_role("link", name="Download as PDF")).startswith(b"%PDF")
    visitor.open(f"/alerts/stop/{stop_token(AlertSubscription.objects.get())}/")
    page.get_by_role("button", name="No more e-mails").click()
    expect(page.get_by_role("heading", name="No more e-mails of this alert")).to_be_visible()
    assert not AlertSubscription.objects.get().by_email
    visitor.open("/account/data/")
    expect(page.locator("#views")).to_contain_text("rita")
    assert downloaded(visitor, page.get_by_role("link", name="Download everything")).startswith(b"PK")


def test_a_recruiter_improves_several_cvs_cancels_the_rest_and_reads_the_market(visit: Visit, jobs: list[Job]) -> None:
    for number in range(2):
        make_cv(CV_TEXT.replace("Mara", f"Ada {number}"))
    work_until_idle()
    tell_insights(*jobs)
    visitor = visit()
    page = visitor.page
    visitor.sign_in("rita")
    visitor.open(f"/jobs/{jobs[0].pk}/candidates/")
    work_until_idle()
    visitor.open(f"/jobs/{jobs[0].pk}/candidates/")
    for box in page.locator("[data-people] input[type=checkbox]").all():
        box.check()
    page.locator(".bulk summary").click()
    page.get_by_role("button", name="Improve for this job").click()
    expect(page.get_by_text("0 of 2 done")).to_be_visible()
    page.get_by_role("button", name="Cancel the rest").click()
    expect(page.get_by_text("cancelled", exact=True).first).to_be_visible()
    assert TailoringBatch.objects.get().cancelled_at is not None
    visitor.open("/jobs/?q=data")
    page.get_by_text("Save this search").click()
    page.locator(".save-form input[name=name]").fill("data jobs")
    page.locator(".save-form button").first.click()
    expect(page.get_by_role("navigation", name="Saved searches")).to_contain_text("data jobs")
    visitor.open("/insights/")
    expect(page.get_by_role("heading", name="Pay a year")).to_be_visible()
    expect(page.locator("figure[data-plot] canvas").first).to_be_visible()


def test_an_admin_reads_all_cvs_again_pauses_goes_on_switches_and_rolls_back(visit: Visit) -> None:
    make_cv()
    work_until_idle()
    visitor = visit()
    page = visitor.page
    visitor.sign_in("adam")
    visitor.open("/operations/backfills/")
    page.get_by_label("Of CVs also those that today").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/operations/backfills/\d+/$"))
    state = page.locator("#backfill .tag").first
    for button, said in (("Pause", "paused"), ("Resume", "running")):
        page.get_by_role("button", name=button).click()
        expect(state).to_have_text(said)
    work_backfills()
    work_backfills()
    expect(state).to_have_text("ready to switch")
    for button, said in (("Switch to the new one", "in use"), ("Roll back", "rolled back")):
        page.get_by_role("button", name=button).click()
        work_backfills()
        expect(state).to_have_text(said)
    assert CV.objects.get().is_read
