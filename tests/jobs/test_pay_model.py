"""Estimated pay: intervals that hold what they say, no guess without support, and a model that is kept without pickles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.salary import synthetic
from jobs.pay import PaidJob, PayFacts, PayModels
from jobs.pay.fitting import LEAST_JOBS, fit, train
from jobs.pay.model import LEAST_ALIKE, measure


@pytest.fixture(scope="module")
def jobs() -> list[PaidJob]:
    return [case.job for case in synthetic(2500)]


@pytest.fixture(scope="module")
def models(jobs: list[PaidJob]) -> PayModels:
    return fit(jobs[:1500])


def test_about_eight_of_ten_jobs_that_it_has_not_seen_pay_within_the_interval(
    models: PayModels, jobs: list[PaidJob]
) -> None:
    found = measure(models, [(job.facts, job.amount) for job in jobs[1500:]])
    assert found.given == found.asked == 1000
    assert 0.75 <= found.coverage <= 0.85
    assert found.median_error < 0.12


def test_the_interval_is_wider_where_pay_differs_more(models: PayModels) -> None:
    def width(title: str) -> float:
        found = models.estimate(PayFacts(title, "DE", years=3))
        assert found is not None
        return (found.high - found.low) / found.middle

    assert width("Sales Manager") > 1.5 * width("Nurse")


def test_what_raises_pay_raises_the_estimate(models: PayModels) -> None:
    plain = PayFacts("Data Engineer", "DE", years=3)
    middles = [
        found.middle
        for facts in (plain, replace(plain, title="Senior Data Engineer", level="senior"), replace(plain, country="ES"))
        if (found := models.estimate(facts))
    ]
    assert middles[1] > 1.15 * middles[0] > middles[2] * 1.3


def test_it_says_how_many_jobs_it_is_based_on(models: PayModels, jobs: list[PaidJob]) -> None:
    found = models.estimate(PayFacts("Truck Driver (m/w/d)", "GB"))
    assert found is not None
    alike = [job for job in jobs[:1500] if job.currency == "GBP" and "Truck Driver" in job.facts.title]
    assert found.based_on == len(alike)
    assert found.currency == "GBP"
    assert found.low <= found.middle <= found.high


@pytest.mark.parametrize(
    "facts", [PayFacts("Astronaut", "DE"), PayFacts("Nurse", "JP"), PayFacts("Nurse"), PayFacts("", "DE")]
)
def test_without_enough_jobs_of_the_kind_there_is_no_estimate(models: PayModels, facts: PayFacts) -> None:
    assert models.estimate(facts) is None


def test_a_title_needs_ten_jobs_like_it(jobs: list[PaidJob]) -> None:
    rare = [
        replace(job, facts=replace(job.facts, title="Glass Blower", country="DE"))
        for job in jobs
        if job.currency == "EUR"
    ]
    for count in (LEAST_ALIKE - 1, LEAST_ALIKE):
        found = fit([*jobs[:600], *rare[:count]]).estimate(PayFacts("Glass Blower", "DE"))
        assert (found is not None) == (count == LEAST_ALIKE)


def test_a_currency_with_few_jobs_has_no_model(jobs: list[PaidJob]) -> None:
    pounds = [job for job in jobs if job.currency == "GBP"][: LEAST_JOBS - 1]
    assert fit(pounds).by_currency == {}


def test_slips_by_a_factor_of_ten_do_not_move_the_estimate(jobs: list[PaidJob]) -> None:
    slips = [
        replace(job, amount=job.amount / 1760) if place % 50 == 0 else job for place, job in enumerate(jobs[:1500])
    ]
    facts = PayFacts("Data Engineer", "DE")
    clean, dirty = (fit(each).estimate(facts) for each in (jobs[:1500], slips))
    assert clean is not None
    assert dirty is not None
    assert dirty.middle == pytest.approx(clean.middle, rel=0.05)


def test_training_measures_itself_on_jobs_that_it_held_out(jobs: list[PaidJob]) -> None:
    found = train(jobs[:1500])
    assert set(found.by_currency) == {"EUR", "GBP"}
    assert sum(each.asked for each in found.measured.values()) == 300
    assert all(0.7 <= each.coverage <= 0.9 for each in found.measured.values())


def test_a_model_is_the_same_after_it_was_kept(models: PayModels) -> None:
    facts = PayFacts("Junior Product Designer", "FR", level="junior", years=1)
    kept = PayModels.from_bytes(models.to_bytes())
    assert kept.estimate(facts) == models.estimate(facts) is not None
    assert kept.to_bytes() == models.to_bytes()


def test_the_same_jobs_give_the_same_model(jobs: list[PaidJob]) -> None:
    assert fit(jobs[:400]).to_bytes() == fit(jobs[:400]).to_bytes()
