"""What matters works without JavaScript: sign in, upload, read the matches, decide about a candidate, try a failure again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cvmatch.core.models import Status, User
from ingestion.models import CV
from jobs.models import Job
from matching.models import Decision, Stage
from matching.services import request_matches
from tests.browser.conftest import Visit
from tests.support import CV_TEXT, make_cv, work_until_idle

pytestmark = pytest.mark.browser


def test_a_candidate_uploads_and_reads_which_jobs_fit(visit: Visit, jobs: list[Job]) -> None:
    visitor = visit(javascript=False)
    visitor.sign_in("mara")
    visitor.open("/cvs/upload/")
    page = visitor.page
    page.locator("input[type=file]").set_input_files(
        {"name": "cv.txt", "mimeType": "text/plain", "buffer": CV_TEXT.encode()}
    )
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/cvs/*/")
    work_until_idle()
    page.reload()
    page.get_by_role("link", name="Jobs for you").first.click()
    page.get_by_role("link", name="Data Engineer").first.click()
    expect(page.get_by_role("heading", name="What the job asks for")).to_be_visible()


def test_a_recruiter_decides_about_a_candidate(visit: Visit, jobs: list[Job]) -> None:
    make_cv()
    request_matches(job=jobs[0], requested_by=None)
    work_until_idle()
    request_matches(job=jobs[0], requested_by=None)
    work_until_idle()
    visitor = visit(javascript=False)
    visitor.sign_in("rita")
    visitor.open(f"/jobs/{jobs[0].pk}/candidates/")
    visitor.page.locator("#picks input[type=checkbox]").first.check()
    visitor.page.locator("#picks .bulk").get_by_role("button", name="Shortlist").click()
    expect(visitor.page.get_by_text("Shortlisted").first).to_be_visible()
    assert [decision.stage for decision in Decision.objects.all()] == [Stage.SHORTLISTED]


def test_what_failed_is_tried_again(visit: Visit, jobs: list[Job]) -> None:
    visitor = visit(javascript=False)
    visitor.sign_in("mara")
    cv = make_cv()
    cv.candidate.user_id = User.objects.get(username="mara").pk
    cv.candidate.save()
    CV.objects.filter(pk=cv.pk).update(status=Status.FAILED, error="The file has no text.", retry_at=None)
    visitor.open(f"/cvs/{cv.pk}/")
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_text("failed")).to_have_count(0)
    assert CV.objects.get(pk=cv.pk).status == Status.PENDING
