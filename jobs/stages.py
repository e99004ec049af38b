"""What the pipeline does with postings by itself."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.utils import timezone

from cvmatch.core.batches import in_batches
from cvmatch.core.queue import announce
from cvmatch.core.runner import TIME_BUDGET_S, StageReport, work_off
from jobs import grouping, paying, services, taxonomy
from jobs.models import JobReading
from jobs.requirements import JobRequirements, read_requirements


def read_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Read what new and changed postings ask for; ``only`` are job ids."""
    rows = JobReading.objects.select_related("job").defer("job__description_html", "job__search")
    rows = rows if only is None else rows.filter(job_id__in=only)
    report = work_off(rows, limit=limit, work=_read, save=services.store_reading, chunk=32, most=256)
    if report.done and only is None:  # rows that people wait for are announced one by one
        announce("jobs.read")
    return report


def group_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Put new and changed postings together with those of the same vacancy; ``only`` are job ids."""
    waiting, done = grouping.waiting_jobs(limit=limit, only=only), 0
    give_up_at = time.monotonic() + TIME_BUDGET_S
    for ids in in_batches(waiting, grouping.CHUNK):
        done += grouping.group_jobs(ids)
        if time.monotonic() > give_up_at:
            break
    if only is None:
        grouping.heal()
    return StageReport(claimed=done, done=done, more=len(waiting) >= limit or done < len(waiting))


def expire_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Close jobs whose last day has passed, and hide those that ended some time ago."""
    now = timezone.now()
    closed = services.expire_due(now=now, limit=limit)
    hidden = services.hide_expired(before=now - services.SHOWN_FOR, limit=limit)
    return StageReport(claimed=closed + hidden, done=closed + hidden, more=max(closed, hidden) >= limit)


def reread_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Read the requirements of jobs again whose texts name skills that people changed."""
    count = services.read_requirements_again(limit=limit)
    return StageReport(claimed=count, done=count, more=count >= limit)


def train_pay(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Fit what pay is estimated with anew where it is time to, and have all estimates made again by it."""
    if paying.train_model() is None:
        return StageReport()
    announce("pay.trained")
    return StageReport(claimed=1, done=1)


def estimate_pay(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Estimate what open jobs pay that do not say it; ``only`` are job ids."""
    count = paying.estimate_jobs(limit=limit, only=only)
    return StageReport(claimed=count, done=count, more=count >= limit)


def _read(rows: Sequence[JobReading]) -> list[JobRequirements]:
    taxonomy.refresh()
    return [read_requirements(row.job.title, row.job.description) for row in rows]
