"""Tells webhooks that a ranked list is ready: those of whoever asked for it, or may see it as their own."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from cvmatch.core.models import User, WebhookEvent
from cvmatch.core.models.accounts import RECRUITING
from cvmatch.core.webhooks import tell
from ingestion.models import CV, Candidate
from matching.models import MatchTask, Prediction


def tell_ready(prediction: Prediction) -> None:
    """Called inside the transaction that completes the list."""
    tell(WebhookEvent.MATCH_READY, to=_listeners(prediction), data=lambda user: _told(prediction, user))


def _tasks(prediction: Prediction) -> QuerySet[MatchTask]:
    """Tasks that this list answers; one of a text or with filters names the CV only."""
    answered = Q(prediction=prediction)
    if prediction.cv_id:
        answered |= Q(cv=prediction.cv_id)
    return MatchTask.objects.alive().filter(answered)


def _listeners(prediction: Prediction) -> QuerySet[User]:
    asked = Q(pk=prediction.requested_by_id) | Q(pk__in=_tasks(prediction).values("user"))
    if prediction.cv_id is None:
        return User.objects.filter(RECRUITING, asked)
    owner = Q(pk__in=Candidate.objects.filter(cvs=prediction.cv_id).values("user"))
    uploader = Q(pk__in=CV.objects.kept().filter(pk=prediction.cv_id).values("uploaded_by"))
    tasks = Q(pk__in=_tasks(prediction).values("user"))
    return User.objects.filter(owner | tasks | (RECRUITING & (asked | uploader)))


def _told(prediction: Prediction, user: int) -> dict[str, Any]:
    task = _tasks(prediction).filter(user=user).order_by("-created_at").first()
    of_task = {"task_id": str(task.pk), "address": f"/api/v1/match/{task.pk}"} if task else {}
    if task and task.is_of_its_own:  # its CV and list can be reached through the task alone
        return of_task
    subject = {"cv_id": prediction.cv_id} if prediction.cv_id else {"job_id": prediction.job_id}
    return {"prediction_id": prediction.pk, **subject, "address": f"/api/v1/predictions/{prediction.pk}", **of_task}
