"""What a person's "try again" means for a CV or a job: everything that failed on its newest way through the pipeline."""

from __future__ import annotations

from django.db.models import QuerySet

from cvmatch.core.models import Staged, Status
from cvmatch.core.stages import requeue
from ingestion.models import CV
from jobs.models import Job
from matching.models import CVEmbedding, Explanation, JobEmbedding, Prediction


def retry_cv(cv: CV) -> int:
    """Put back what failed for this CV; returns how many rows."""
    newest = Prediction.objects.filter(cv=cv, side=Prediction.Side.JOBS_FOR_CV).order_by("-created_at", "-pk").first()
    return (
        _requeue_failed(CV.objects.filter(pk=cv.pk))
        + _requeue_failed(CVEmbedding.objects.filter(cv=cv))
        + _retry_prediction(newest)
    )


def retry_job(job: Job) -> int:
    """Put back what failed in the newest search for this job's candidates; returns how many rows."""
    newest = Prediction.objects.filter(job=job, side=Prediction.Side.CVS_FOR_JOB).order_by("-created_at", "-pk").first()
    return _requeue_failed(JobEmbedding.objects.filter(job=job)) + _retry_prediction(newest)


def _retry_prediction(prediction: Prediction | None) -> int:
    if prediction is None:
        return 0
    return _requeue_failed(Prediction.objects.filter(pk=prediction.pk)) + _requeue_failed(
        Explanation.objects.filter(match__prediction=prediction)
    )


def _requeue_failed(rows: QuerySet[Staged]) -> int:
    ids = list(rows.filter(status=Status.FAILED).values_list("pk", flat=True))
    return requeue(rows.model, ids, reset_attempts=True) if ids else 0
