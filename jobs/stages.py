"""What the pipeline does with postings by itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from cvmatch.core.runner import StageReport
from jobs import services


def expire_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Close jobs whose last day has passed."""
    count = services.expire_due(now=timezone.now(), limit=limit)
    return StageReport(claimed=count, done=count, more=count >= limit)


def reread_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Read the requirements of jobs again whose texts name skills that people changed."""
    count = services.read_requirements_again(limit=limit)
    return StageReport(claimed=count, done=count, more=count >= limit)
