"""Stages of the kernel itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from cvmatch.core.models import REQUEUED, Staged, staged, staged_models
from cvmatch.core.queue import BULK, INTERACTIVE, enqueue
from cvmatch.core.runner import StageReport


def retry_failed(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Put parked rows whose waiting time is over back to pending, in every table that a stage works on."""
    report = StageReport()
    for model in staged_models():
        count = requeue_due(model, limit=limit - report.claimed)
        report += StageReport(claimed=count, done=count, more=report.claimed + count >= limit)
    return report


def requeue_due(model: type[Staged], *, limit: int) -> int:
    """Requeue the rows of one table that are due, and start its stage; returns how many."""
    with transaction.atomic():
        due = staged(model).due_for_retry().select_for_update(skip_locked=True).only("pk")
        return requeue(model, [row.pk for row in due[: max(limit, 0)]])


def requeue(model: type[Staged], ids: Sequence[int], *, reset_attempts: bool = False) -> int:
    """Put failed rows back to pending and start their stage; a person's retry also forgets the earlier attempts."""
    fresh = {"attempts": 0} if reset_attempts else {}
    with transaction.atomic():
        count = staged(model).retriable().filter(pk__in=ids).update(**REQUEUED, **fresh)
        for stage in model.stages if count else ():
            enqueue(stage, queue=INTERACTIVE if reset_attempts else BULK)
    return count
