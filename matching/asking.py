"""Asks for matches under an id of one's own: of a stored CV, of a job, or of a text or file that is kept for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cvmatch.core.errors import Gone, NotFound
from cvmatch.core.models import Status, User
from ingestion.erasing import erase_cv, erase_expired
from ingestion.models import CV
from ingestion.selectors import get_cv
from ingestion.services import receive_cv
from jobs.models import Job
from matching import progress
from matching.models import MatchTask, Prediction
from matching.progress import Progress, cv_progress, list_progress
from matching.services import request_many, request_matches

NO_TASK = "There is no such match, or it is not yours to see."
GONE = "This match is gone: results are kept for {hours} hours. Ask again."
WITHHELD = _("Matching is off, as you asked. You can switch it on again under My data.")
SUPERSEDED = "A newer version of this CV has replaced this one; match that one."
REASONS: dict[str, str | Promise] = {progress.SUPERSEDED: SUPERSEDED, progress.WITHHELD: WITHHELD}
Filters = dict[str, Any]


def ask_for_cv(*, user: User, cv: CV, filters: Filters | None = None) -> MatchTask:
    """A task for the jobs of a stored CV; the one that is under way when this user asks again meanwhile."""
    if filters:
        return MatchTask.objects.create(
            user=user, kind=MatchTask.Kind.CV, cv=cv, filters_json=filters, expires_at=_expires_at()
        )
    return _of_list(user, request_matches(cv=cv, requested_by=user))


@dataclass(frozen=True)
class Asked:
    """What became of asking for one of many: a task, or why there is none."""

    cv_id: int
    task: MatchTask | None = None
    error: str = ""


def ask_for_cvs(*, user: User, cv_ids: Sequence[int]) -> list[Asked]:
    """A task for each CV, in the order given and each once; as many statements however many there are."""
    wanted = list(dict.fromkeys(cv_ids))
    facts = ("pk", "status", "content_hash", "is_latest", "error", "candidate", "candidate__is_withheld")
    cvs = CV.objects.visible_to(user).filter(pk__in=wanted).select_related("candidate").only(*facts)
    refused = dict.fromkeys(wanted, "There is no such CV, or it is not yours to see.")
    refused |= {cv.pk: why_not(cv) for cv in cvs}
    chosen = [pk for pk in wanted if not refused[pk]]
    with transaction.atomic():
        predictions = request_many(cv_ids=chosen, requested_by=user)
        tasks = {pk: _new(user, predictions[pk]) for pk in chosen if pk in predictions}
        MatchTask.objects.bulk_create(tasks.values())
    return [Asked(pk, tasks.get(pk), refused[pk] or ("" if pk in tasks else "It is gone.")) for pk in wanted]


def why_not(cv: CV) -> str:
    """Why no list can be made for a CV; empty where one can."""
    if cv.status == Status.FAILED and not cv.is_read:
        return f"This CV could not be read: {cv.error}"
    if cv.candidate.is_withheld:
        return str(WITHHELD)
    return "" if cv.is_latest else SUPERSEDED


def ask_for_job(*, user: User, job: Job) -> MatchTask:
    """A task for the candidates of a job."""
    return _of_list(user, request_matches(job=job, requested_by=user))


def ask_for_content(*, user: User, content: bytes, filename: str, kind: MatchTask.Kind, filters: Filters) -> MatchTask:
    """A task for the jobs of a text or file, which is in nobody's list of CVs and goes with the task.

    Raises UnreadableDocument before anything is stored, as ``receive_cv`` does.
    """
    until = _expires_at()
    with transaction.atomic():
        cv = receive_cv(content=content, filename=filename, uploaded_by=user, interactive=True, expires_at=until)
        return MatchTask.objects.create(user=user, kind=kind, cv=cv, filters_json=filters, expires_at=until)


def get_task(user: User, pk: UUID) -> MatchTask:
    """The user's own task with its CV and its list. Raises NotFound, and Gone once its time is over or its CV erased."""
    task = MatchTask.objects.filter(user=user, pk=pk).select_related("prediction", "cv__candidate").first()
    if task is None or (task.kind == MatchTask.Kind.JOB and not user.is_recruiter):
        raise NotFound(NO_TASK)
    subject = task.prediction if task.kind == MatchTask.Kind.JOB else task.cv
    if subject is None or task.expires_at <= timezone.now():
        raise Gone(GONE.format(hours=settings.MATCH_RESULT_HOURS))
    if task.kind == MatchTask.Kind.CV and task.cv is not None:
        get_cv(user, task.cv.pk)  # it may have become somebody else's
    return task


def task_progress(task: MatchTask) -> Progress:
    """How far the task is: a job's from the search on, a CV's from the file on."""
    if task.cv is not None:
        return cv_progress(task.cv, task.prediction)
    assert task.prediction is not None, "get_task has seen one or the other"
    return list_progress(task.prediction)


def drop_task(*, task: MatchTask, by: User) -> None:
    """End the task: it is gone from now on, and so is the text or file that came with it."""
    with transaction.atomic():
        if task.is_of_its_own and task.cv is not None:
            erase_cv(cv=task.cv, by=by)
        MatchTask.objects.filter(pk=task.pk).update(expires_at=timezone.now(), cv=None, prediction=None)


def forget_expired(*, limit: int) -> int:
    """Erase texts and files whose tasks are over, and after the retention time the tasks; returns how many of both."""
    old = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
    tasks = list(MatchTask.objects.filter(expires_at__lt=old).values_list("pk", flat=True)[:limit])
    MatchTask.objects.filter(pk__in=tasks).delete()
    return erase_expired(limit=limit) + len(tasks)


def _of_list(user: User, prediction: Prediction) -> MatchTask:
    known = MatchTask.objects.filter(user=user, prediction=prediction).alive().first()
    if known is not None:
        known.prediction = prediction
        return known
    task = _new(user, prediction)
    task.save(force_insert=True)
    return task


def _new(user: User, prediction: Prediction) -> MatchTask:
    of_cv = prediction.side == Prediction.Side.JOBS_FOR_CV
    return MatchTask(
        user=user,
        kind=MatchTask.Kind.CV if of_cv else MatchTask.Kind.JOB,
        cv_id=prediction.cv_id,
        prediction=prediction,
        expires_at=_expires_at(),
    )


def _expires_at() -> datetime:
    return timezone.now() + timedelta(hours=settings.MATCH_RESULT_HOURS)
