"""Trains what pay is estimated with, estimates it for jobs that do not say theirs, and reads it for pages and the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from cvmatch.core.models import Status
from jobs.models import Job, PayEstimate, PayModel
from jobs.pay import PaidJob, PayFacts, PayModels

# Older postings say what was paid then. Of the younger ones the newest, which keeps training under a minute.
YOUNGER_THAN = timedelta(days=365)
MOST_TRAINED_ON = 50_000
MODELS_KEPT = 5
TRAINED_EVERY, GROWN = timedelta(days=7), 1.5
_COLUMNS = ("title", "country", "city", "level", "employment_type", "remote")
_ASKED = ("degree_asked", "years", "skills")


@dataclass(frozen=True)
class SalaryEstimate:
    """Pay a year as it is told to people: always with the word that it is no fact."""

    low: int
    middle: int
    high: int
    currency: str
    based_on: int
    is_estimate: bool = True


def train_model() -> PayModel | None:
    """Fit a new model on the jobs that say their pay and keep it.

    None where the one in use will do for a while, or where jobs are too few for any currency.
    """
    from jobs.pay.fitting import train  # it brings scipy, which web processes do without

    paid = _paid().count()
    if not _is_due(paid):
        return None
    jobs = list(_paid_jobs())
    models = train(jobs)
    if not models.by_currency:
        return None
    measured = {currency: asdict(each) for currency, each in models.measured.items()}
    row = PayModel.objects.create(paid_jobs=paid, trained_on=len(jobs), measured=measured, body=models.to_bytes())
    kept = PayModel.objects.order_by("-pk").values_list("pk", flat=True)[:MODELS_KEPT]
    PayModel.objects.exclude(pk__in=list(kept)).delete()
    return row


def estimate_jobs(*, limit: int, only: Sequence[int] | None = None) -> int:
    """Estimate the pay of up to ``limit`` open jobs that wait for it, of ``only`` these ids; returns how many were looked at."""
    newest = PayModel.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return 0
    waiting = _waiting(newest) if only is None else _waiting(newest).filter(pk__in=only)
    rows = list(waiting.order_by("-pk").values("pk", "changed_at", *_COLUMNS, **_asked())[:limit])
    if rows:
        models = _model(newest)
        made = [_row(newest, row["pk"], row["changed_at"], models, _facts(row)) for row in rows]
        fields = ["model", "made_from", "low", "middle", "high", "currency", "based_on"]
        PayEstimate.objects.bulk_create(
            made, batch_size=500, update_conflicts=True, unique_fields=["job"], update_fields=fields
        )
    return len(rows)


def estimates_of(jobs: Iterable[Job]) -> dict[int, SalaryEstimate]:
    """By the id of each job that does not say its pay what it is estimated to be, where it could be; at most one query, and
    none of those that were read with their ``pay_estimate``."""
    jobs = list(jobs)
    read_estimates(jobs)
    return {job.pk: told for job in jobs if (told := estimate_of(job))}


def estimate_of(job: Job) -> SalaryEstimate | None:
    """The same of one job; no query where it was read with its ``pay_estimate``."""
    row = None if job.pay is not None else getattr(job, "pay_estimate", None)
    return None if row is None else _told(row)


def read_estimates(jobs: Iterable[Job]) -> None:
    """Reads the ``pay_estimate`` of each job that does not say its pay, in one query for all, for ``estimate_of``."""
    prefetch_related_objects([job for job in jobs if job.pay is None], "pay_estimate")


def _told(row: PayEstimate) -> SalaryEstimate | None:
    if row.low is None or row.middle is None or row.high is None:
        return None
    return SalaryEstimate(int(row.low), int(row.middle), int(row.high), row.currency, row.based_on)


def _is_due(paid: int) -> bool:
    """Whether there is no model, a week has gone by, or there is far more to learn from than there was."""
    newest = PayModel.objects.order_by("-pk").only("made_at", "paid_jobs").first()
    return newest is None or newest.made_at < timezone.now() - TRAINED_EVERY or paid > newest.paid_jobs * GROWN


def _waiting(model: int) -> QuerySet[Job]:
    """Open jobs that were read, say no pay, and have no estimate of this model and of what they say now."""
    done = PayEstimate.objects.filter(job=OuterRef("pk"), model=model, made_from=OuterRef("changed_at"))
    silent = Job.objects.active().filter(salary_min=None, salary_max=None, reading__status=Status.COMPLETED)
    return silent.filter(~Exists(done))


def _row(model: int, job: int, changed_at: Any, models: PayModels, facts: PayFacts) -> PayEstimate:
    found = models.estimate(facts)
    row = PayEstimate(job_id=job, model_id=model, made_from=changed_at)
    if found:
        row.low, row.middle, row.high = found.low, found.middle, found.high
        row.currency, row.based_on = found.currency, found.based_on
    return row


@lru_cache(maxsize=1)
def _model(pk: int) -> PayModels:
    """Kept by this process: a row never changes."""
    return PayModels.from_bytes(bytes(PayModel.objects.get(pk=pk).body))


def _paid() -> QuerySet[Job]:
    """Jobs whose employers say what they pay."""
    said = Job.objects.exclude(salary_currency="").filter(salary_estimated=False)
    lately = timezone.now() - YOUNGER_THAN
    return said.filter(Q(salary_year_min__gt=0) | Q(salary_year_max__gt=0), first_seen_at__gt=lately)


def _paid_jobs() -> Iterator[PaidJob]:
    """The newest jobs whose employers say what they pay, each vacancy and each text once."""
    columns = ("salary_currency", "salary_year_min", "salary_year_max", "content_hash", "listing__vacancy")
    rows = _paid().order_by("-pk").values(*columns, *_COLUMNS, **_asked())[:MOST_TRAINED_ON]
    texts, vacancies = set[str](), set[int]()
    for row in rows.iterator(chunk_size=2000):
        vacancy = row["listing__vacancy"]
        if row["content_hash"] not in texts and vacancy not in vacancies:
            texts.add(row["content_hash"])
            vacancies |= {vacancy} - {None}
            yield PaidJob(_facts(row), row["salary_currency"], pay_a_year(row))


def pay_a_year(row: dict[str, Any]) -> float:
    """The middle of the range that a job gives, or the one bound that it gives."""
    bounds = [float(each) for each in (row["salary_year_min"], row["salary_year_max"]) if each]
    return sum(bounds) / len(bounds)


def _asked() -> dict[str, Any]:
    """What was read from the texts, without the rest of it."""
    return {f"asked_{name}": F(f"requirements_json__{name}") for name in _ASKED}


def _facts(row: dict[str, Any]) -> PayFacts:
    degree, years = row["asked_degree_asked"] or {}, row["asked_years"] or {}
    return PayFacts(
        **{name: row[name] for name in _COLUMNS},
        degree=degree.get("degree", ""),
        years=years.get("years"),
        skills=tuple(sorted({skill["skill_id"] for skill in row["asked_skills"] or ()})),
    )
