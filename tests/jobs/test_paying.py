"""Jobs that do not say their pay get an estimate from those that do; it is shown as one and is a fact to nobody."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from benchmarks.salary import synthetic
from cvmatch.core.models import User
from jobs.models import Job, JobReading, PayEstimate, PayModel
from jobs.paying import MODELS_KEPT, estimates_of
from jobs.stages import estimate_pay, train_pay
from tests.support import make_job, make_user

pytestmark = pytest.mark.django_db


def fill(count: int = 300) -> None:
    """Jobs in Germany, France and Spain that say their pay, as if they had been read."""
    cases = [case for case in synthetic(2 * count) if case.job.currency == "EUR"][:count]
    now = timezone.now()
    Job.objects.bulk_create(
        Job(
            source="board",
            external_id=str(number),
            title=case.job.facts.title,
            company=case.employer,
            country=case.job.facts.country,
            level=case.job.facts.level,
            salary_min=round(case.job.amount * 0.9),
            salary_max=round(case.job.amount * 1.1),
            salary_year_min=round(case.job.amount * 0.9),
            salary_year_max=round(case.job.amount * 1.1),
            salary_currency="EUR",
            salary_period="YEAR",
            changed_at=now,
            row_hash=str(number),
            content_hash=str(number),
        )
        for number, case in enumerate(cases)
    )


def grow_old() -> None:
    PayModel.objects.update(made_at=timezone.now() - timedelta(days=8))


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make_user("rita", User.Role.RECRUITER))
    return client


def test_a_job_without_pay_is_told_with_an_estimate_that_says_what_it_is(client: Client) -> None:
    fill()
    job = make_job(title="Senior Data Engineer", text="Pipelines.")
    assert client.get(f"/api/v1/jobs/{job.pk}").json()["salary_estimate"] is None
    assert train_pay(1).done == 1
    assert estimate_pay(100).done == 1
    told = client.get(f"/api/v1/jobs/{job.pk}").json()
    assert told["salary_min"] is told["salary_max"] is None
    estimate = told["salary_estimate"]
    assert list(estimate) == ["low", "middle", "high", "currency", "is_estimate", "based_on"]
    assert 40_000 < estimate["low"] < estimate["middle"] < estimate["high"] < 130_000
    assert (estimate["currency"], estimate["is_estimate"]) == ("EUR", True)
    assert estimate["based_on"] >= 10
    listed = {each["id"]: each for each in client.get("/api/v1/jobs?limit=200").json()["items"]}
    assert listed[job.pk]["salary_estimate"] == estimate
    assert all(each["salary_estimate"] is None for pk, each in listed.items() if pk != job.pk)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "not stated" in page
    assert "The employer did not say it." in page
    low, high = (f"{estimate[end]:,}".replace(",", "\u202f") for end in ("low", "high"))
    row = (
        client.get("/jobs/?q=pipelines").content.decode().partition(f'href="/jobs/{job.pk}/"')[2].partition("</tr>")[0]
    )
    assert f'<span class="tag">estimate</span> <span class="nowrap">{low}–{high} EUR</span> a year' in row


def test_no_filter_takes_an_estimate_for_pay(client: Client) -> None:
    fill()
    job = make_job(title="Senior Data Engineer", text="Pipelines.")
    train_pay(1)
    estimate_pay(100)
    assert job.pk in estimates_of([job])
    found = client.get("/api/v1/jobs?pay_from=1000&currency=EUR&limit=200").json()["items"]
    assert found
    assert job.pk not in {each["id"] for each in found}
    job.refresh_from_db()
    assert job.pay is None
    assert (job.salary_year_min, job.salary_year_max, job.salary_currency) == (None, None, "")


def test_what_cannot_be_estimated_is_left_open_and_not_tried_again() -> None:
    fill()
    job = make_job(title="Astronaut", text="Space.")
    train_pay(1)
    assert [estimate_pay(100).done, estimate_pay(100).done] == [1, 0]
    assert PayEstimate.objects.get(job=job).middle is None
    assert estimates_of([job]) == {}


def test_a_job_that_changes_and_a_new_model_make_new_estimates() -> None:
    fill()
    job = make_job(title="Nurse", text="Wards.")
    train_pay(1)
    estimate_pay(100)
    was = estimates_of([job])[job.pk]
    Job.objects.filter(pk=job.pk).update(
        title="Lead Nurse", level="lead", changed_at=timezone.now() + timedelta(seconds=1)
    )
    assert estimate_pay(100, only=[job.pk]).done == 1
    job.refresh_from_db()
    assert estimates_of([job])[job.pk].middle > was.middle
    grow_old()
    train_pay(1)
    assert estimate_pay(100).done == 1
    assert PayEstimate.objects.get(job=job).model_id == PayModel.objects.latest("pk").pk


def test_a_job_that_comes_to_say_its_pay_has_no_estimate_any_more() -> None:
    fill()
    job = make_job(title="Nurse", text="Wards.")
    train_pay(1)
    estimate_pay(100)
    Job.objects.filter(pk=job.pk).update(salary_min=Decimal(30_000))
    job.refresh_from_db()
    assert estimates_of([job]) == {}


def test_a_job_that_was_not_read_yet_waits() -> None:
    fill()
    job = make_job(title="Nurse", text="Wards.")
    JobReading.objects.filter(job=job).update(status="pending")
    train_pay(1)
    assert estimate_pay(100).done == 0


def test_pay_that_a_source_worked_out_teaches_nothing_and_too_little_makes_no_model() -> None:
    fill()
    Job.objects.update(salary_estimated=True)
    assert train_pay(1).done == 0
    assert not PayModel.objects.exists()
    assert estimate_pay(100).done == 0


def test_the_same_text_again_counts_once() -> None:
    fill(120)
    Job.objects.update(content_hash="the same")
    assert train_pay(1).done == 0


def test_models_are_versions_that_say_what_they_were_worth_and_few_are_kept() -> None:
    fill()
    for _ in range(MODELS_KEPT + 1):
        assert train_pay(1).done == 1
        grow_old()
    assert PayModel.objects.count() == MODELS_KEPT
    newest = PayModel.objects.latest("pk")
    assert newest.paid_jobs == newest.trained_on == 300
    assert 0.6 < newest.measured["EUR"]["coverage"] < 1.0


def test_it_is_trained_again_after_a_week_or_when_there_is_far_more_to_learn_from() -> None:
    fill(200)
    assert [train_pay(1).done, train_pay(1).done] == [1, 0]
    Job.objects.update(source="other")  # room for the same ids once more
    fill(200)
    assert [train_pay(1).done, train_pay(1).done] == [1, 0]
    grow_old()
    assert train_pay(1).done == 1
