"""The stage that writes down every few minutes how much waits for each stage, so that pages can show how that went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from cvmatch.core.models import BacklogSample
from cvmatch.core.runner import StageReport
from cvmatch.pipeline_state import Backlog, list_backlogs

KEPT = timedelta(days=30)


def sample_backlog(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Take one sample of every stage that works on rows. A second worker in the same minute adds nothing."""
    now = timezone.now()
    samples = [_sample(stage, backlog, now) for stage, backlog in list_backlogs().items()]
    BacklogSample.objects.bulk_create(samples, ignore_conflicts=True)
    return StageReport()  # no rows were waiting for it: else whoever runs it until there are none would never end


def delete_old_samples() -> int:
    """Forget samples that are older than they are kept for; returns how many."""
    return BacklogSample.objects.filter(taken_at__lt=timezone.now() - KEPT).delete()[0]


def _sample(stage: str, backlog: Backlog, now: datetime) -> BacklogSample:
    oldest_s = None if backlog.oldest is None else max(0, round((now - backlog.oldest).total_seconds()))
    return BacklogSample(
        stage=stage,
        taken_at=now.replace(second=0, microsecond=0),
        waiting=backlog.waiting,
        failed=backlog.failed,
        oldest_s=oldest_s,
    )
