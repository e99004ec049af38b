"""A recruiter closes a job and opens it again; no import does, and nothing finds it meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cvmatch.core.errors import Conflict
from cvmatch.core.models import User
from jobs.models import Job, JobClosing, Listing, Vacancy
from jobs.selectors import find_closing
from jobs.services import close_jobs, delete_expired, expire_due, hide_expired, open_job, see_items, upsert_jobs
from jobs.services.rows import job_row
from jobs.services.storing import store_rows
from jobs.values import JobPosting
from tests.support import JOB_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> User:
    return make_user("rita", User.Role.RECRUITER)


def state() -> tuple[str, bool]:
    job = Job.objects.get()
    return job.status, job.ended_at is None


def test_a_closed_job_says_who_closed_it_and_opens_again_as_it_was(rita: User) -> None:
    job = make_job()
    assert close_jobs([job.pk], by=rita) == 1
    closing = find_closing(job)
    assert closing is not None
    assert (closing.closed_by, state()) == (rita, ("expired", False))
    assert close_jobs([job.pk], by=rita) == 0
    assert open_job(job, by=rita) == 1
    assert (find_closing(job), state()) == (None, ("active", True))
    assert open_job(job, by=rita) == 0
    kept = JobClosing.objects.get()
    assert (kept.closed_by, kept.opened_by) == (rita, rita)
    assert close_jobs([job.pk], by=rita) == 1
    assert JobClosing.objects.count() == 2


def test_no_import_opens_what_somebody_closed_be_it_the_same_or_changed(rita: User) -> None:
    job = make_job()
    close_jobs([job.pk], by=rita)
    make_job()
    assert state() == ("expired", False)
    make_job(title="Senior Data Engineer")
    assert (Job.objects.get().title, state()) == ("Senior Data Engineer", ("expired", False))
    open_job(job, by=rita)
    Job.objects.update(status="expired", ended_at=timezone.now())
    make_job(title="Senior Data Engineer")
    assert state() == ("active", True)  # what ended by itself still comes back


def test_the_same_item_of_a_connected_source_does_not_open_it_either(rita: User) -> None:
    posting, item = JobPosting(external_id="1", title="Nurse", description="Care."), "0" * 32
    store_rows(source="a", rows=[job_row(posting, item_hash=item)], seen_at=timezone.now())
    close_jobs([Job.objects.get().pk], by=rita)
    later = timezone.now()
    assert see_items(source="a", items={item: 1}, seen_at=later).counts.updated == 0
    assert state() == ("expired", False)
    assert Job.objects.get().sighting.seen_at == later


def test_what_ended_by_itself_is_not_opened_by_anybody(rita: User) -> None:
    now = timezone.now()
    job = make_job(expires_at=now + timedelta(hours=1))
    expire_due(now=now + timedelta(hours=2), limit=10)
    with pytest.raises(Conflict):
        open_job(job, by=rita)
    Job.objects.update(status="active", ended_at=None)
    close_jobs([job.pk], by=rita)
    Job.objects.update(expires_at=now - timedelta(hours=1))
    with pytest.raises(Conflict):
        open_job(Job.objects.get(), by=rita)


def test_all_postings_of_a_vacancy_are_closed_and_opened_together(rita: User) -> None:
    first, second, other = make_job("1"), make_job("2"), make_job("3")
    vacancy = Vacancy.objects.create()
    Listing.objects.bulk_create(
        [Listing(job=first, vacancy=vacancy, is_shown=True), Listing(job=second, vacancy=vacancy)]
    )
    assert close_jobs([second.pk], by=rita) == 2
    assert list(Job.objects.listed()) == [other]
    assert open_job(first, by=rita) == 2
    assert Job.objects.listed().count() == 2


def test_what_is_closed_stays_for_as_long_as_its_source_lists_it(rita: User) -> None:
    job, now = make_job(), timezone.now()
    close_jobs([job.pk], by=rita)
    Job.objects.update(ended_at=now - timedelta(days=100))
    hide_expired(before=now - timedelta(days=30), limit=10)
    assert delete_expired(before=now - timedelta(days=90), limit=10) == 0
    upsert_jobs(source="test", postings=[JobPosting(external_id="1", title="Data Engineer", description=JOB_TEXT)])
    assert state() == ("deleted", False)
    job.sighting.seen_at = now - timedelta(days=91)
    job.sighting.save()
    assert delete_expired(before=now - timedelta(days=90), limit=10) == 1


def test_no_list_made_after_it_was_closed_has_the_job(rita: User) -> None:
    closed, opened = make_job("1"), make_job("2")
    work_until_idle()
    close_jobs([closed.pk], by=rita)
    cv = make_cv()
    work_until_idle()
    assert [match.job_id for match in cv.predictions.get().matches.all()] == [opened.pk]
    open_job(closed, by=rita)
    again = make_cv("Tom Ek\nData Engineer\nSkills\nPython, SQL\n")
    work_until_idle()
    assert again.predictions.get().matches.count() == 2
