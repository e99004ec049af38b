"""The nightly clean-up: what nobody needs any more goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from cvmatch.backlog import delete_old_samples
from cvmatch.core.http_api.counters import delete_old_counts
from cvmatch.core.http_api.once import delete_old_calls
from cvmatch.core.models import StageRun
from cvmatch.core.queue import delete_finished
from cvmatch.core.runner import StageReport
from cvmatch.core.webhooks import delete_old_deliveries
from cvmatch.my_data.keeping import forget_samples
from ingestion.services import delete_superseded
from ingestion.strays import sweep_strays
from ingestion.syncing import delete_old_runs
from ingestion.viewings import delete_old_views
from jobs.services import delete_expired
from matching.alerts.forgetting import forget_told
from matching.optimising import delete_old_tailorings
from matching.retention import (
    delete_old_embeddings,
    delete_old_impressions,
    delete_old_predictions,
    delete_unused_snapshots,
)


def clean_up(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Remove old lists and tailored CVs, replaced CV versions, jobs that ended long ago, old runs of sources, what people were
    told long ago, what was kept of calls, what was shown long ago, old logs, stored files that nobody has.

    Up to ``limit`` of each kind.
    """
    before = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    removed = delete_old_predictions(before=before, limit=limit)
    removed += delete_superseded(before=before, limit=limit)
    removed += delete_expired(before=before, limit=limit)
    removed += delete_old_runs(before=before, limit=limit)
    removed += delete_old_views(before=timezone.now() - timedelta(days=settings.AUDIT_DAYS), limit=limit)
    removed += delete_old_impressions(before=timezone.now() - timedelta(days=settings.IMPRESSION_DAYS), limit=limit)
    removed += delete_old_embeddings(before=before, limit=limit)
    removed += delete_unused_snapshots(limit=limit)
    removed += delete_old_tailorings(before=before, limit=limit)
    removed += forget_told(before=timezone.now() - timedelta(days=settings.ALERT_DAYS), limit=limit)
    removed += delete_old_calls(limit=limit)
    removed += delete_old_counts(limit=limit)
    removed += delete_old_deliveries(limit=limit)
    removed += delete_old_samples()
    removed += StageRun.objects.filter(started_at__lt=before).delete()[0]
    removed += delete_finished(before)
    removed += sweep_strays(limit=limit)
    forget_samples()
    return StageReport(claimed=removed, done=removed, more=removed >= limit)
