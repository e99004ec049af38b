"""Storing postings: what counts as new, changed and the same, and when a job ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from jobs.models import Job
from jobs.services import delete_expired, expire_due, upsert_jobs
from jobs.stages import expire_jobs, read_jobs
from jobs.values import JobPosting, Pay, Place, UpsertCounts
from tests.support import JOB_TEXT, make_job

pytestmark = pytest.mark.django_db


def posting(number: int = 1, **values: object) -> JobPosting:
    known = {"external_id": str(number), "title": f"Job {number}", "description": JOB_TEXT, **values}
    return JobPosting(**known)  # type: ignore[arg-type]


def test_new_changed_and_unchanged_postings_are_told_apart() -> None:
    assert upsert_jobs(source="a", postings=[posting(1), posting(2)]) == UpsertCounts(2, 0, 0)
    first_seen = Job.objects.get(external_id="2").first_seen_at
    assert upsert_jobs(source="a", postings=[posting(1), posting(2, title="Better"), posting(3)]) == UpsertCounts(
        1, 1, 1
    )
    changed = Job.objects.get(external_id="2")
    assert (changed.title, changed.first_seen_at) == ("Better", first_seen)
    assert changed.changed_at > first_seen


def test_each_source_has_ids_of_its_own() -> None:
    upsert_jobs(source="a", postings=[posting()])
    assert upsert_jobs(source="b", postings=[posting()]).created == 1


def test_of_two_postings_with_one_id_the_later_counts() -> None:
    assert upsert_jobs(source="a", postings=[posting(title="First"), posting(title="Last")]).created == 1
    assert Job.objects.get().title == "Last"


@pytest.mark.parametrize("text", ["\\N", "\\.", "None", "a\tb\\", "one\r\ntwo\n", "\\t \x1f ÿþ 😀"])
def test_text_is_kept_as_it_is_whatever_it_means_to_the_database(text: str) -> None:
    upsert_jobs(source="a", postings=[posting(1, company=text, description=text)])
    upsert_jobs(source="a", postings=[posting(1, company=text, description=text, title="Changed")])
    job = Job.objects.get()
    assert (job.title, job.company, job.description, job.latitude) == ("Changed", text, text, None)


def test_nothing_to_store_causes_no_work() -> None:
    assert upsert_jobs(source="a", postings=[]) == UpsertCounts()
    upsert_jobs(source="a", postings=[posting()])
    OrmQ.objects.all().delete()
    upsert_jobs(source="a", postings=[posting()])
    assert OrmQ.objects.count() == 0


def test_what_the_text_asks_for_is_read_with_its_places() -> None:
    job = make_job()
    assert {skill.name for skill in job.requirements.must_skills} == {"Python", "SQL", "PostgreSQL", "Kubernetes"}
    assert [skill.name for skill in job.requirements.nice_skills] == ["Terraform"]
    assert job.requirements.min_years == 3


def test_pay_is_compared_by_the_year() -> None:
    job = make_job(pay=Pay(Decimal(20), Decimal("30.50"), "EUR", "HOUR"))
    assert (job.salary_year_min, job.salary_year_max) == (Decimal(35200), Decimal(53680))
    assert job.pay == Pay(Decimal(20), Decimal("30.50"), "EUR", "HOUR")
    assert make_job("2").pay is None


def test_a_place_and_its_coordinates_are_kept() -> None:
    place = Place("Köln", "NRW", "DE", "50667", 50.9, 6.9)
    assert make_job(place=place).place == place
    assert str(place) == "Köln, NRW, DE"


def test_a_job_ends_with_its_last_day_and_lives_again_when_it_is_sent_anew() -> None:
    now = timezone.now()
    make_job("1", expires_at=now + timedelta(hours=1))
    make_job("2")
    assert expire_due(now=now, limit=10) == 0
    assert expire_due(now=now + timedelta(hours=2), limit=10) == 1
    assert Job.objects.get(external_id="1").status == "expired"
    make_job("1", expires_at=now + timedelta(days=3))
    assert Job.objects.get(external_id="1").status == "active"


def test_a_posting_that_has_ended_already_is_stored_closed() -> None:
    assert make_job(expires_at=datetime(2020, 1, 1, tzinfo=UTC)).status == "expired"


def test_expiry_works_in_batches() -> None:
    for number in range(3):
        make_job(str(number), expires_at=timezone.now() + timedelta(hours=1))
    Job.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert [expire_jobs(limit=2).done for _ in range(3)] == [2, 1, 0]


def test_only_jobs_that_ended_long_ago_are_deleted() -> None:
    now = timezone.now()
    make_job("old", expires_at=now - timedelta(days=100))
    make_job("recent", expires_at=now - timedelta(days=1))
    make_job("open")
    assert delete_expired(before=now - timedelta(days=90), limit=10) == 1
    assert set(Job.objects.values_list("external_id", flat=True)) == {"recent", "open"}


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_double_nothing() -> None:
    start = Barrier(4)

    def load(worker: int) -> UpsertCounts:
        order = range(30) if worker % 2 else reversed(range(30))
        start.wait()
        try:
            return upsert_jobs(source="a", postings=[posting(number) for number in order])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(load, range(4)))
    assert Job.objects.count() == 30


def test_what_a_source_leaves_empty_is_filled_from_the_text_and_says_so() -> None:
    text = "This role is fully remote and full-time. Salary: £28,500 - £32,000 per annum"
    upsert_jobs(source="a", postings=[posting(description=text)])
    read_jobs(limit=10)
    job = Job.objects.get()
    assert (job.employment_type, job.remote, job.salary_currency, job.salary_year_max) == (
        "full_time",
        True,
        "GBP",
        32000,
    )
    assert job.repairs == [f"{what} read from the text" for what in ("employment type", "pay", "remote")]
    assert upsert_jobs(source="a", postings=[posting(description=text)]).unchanged == 1


def test_what_a_source_says_is_never_overruled_by_the_text() -> None:
    text = "Full-time. Salary: £28,500 per annum"
    upsert_jobs(
        source="a", postings=[posting(description=text, employment_type="PART_TIME", pay=Pay(Decimal(1), None, "EUR"))]
    )
    read_jobs(limit=10)
    job = Job.objects.get()
    assert (job.employment_type, job.salary_currency, job.repairs) == ("part_time", "EUR", [])
