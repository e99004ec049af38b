"""Asking for a match over HTTP and polling it: of a stored CV, a text, a file, or of a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.errors import InvalidInput, NotAllowed, NotFound
from cvmatch.core.http_api import user_of
from cvmatch.core.models import Status, User
from cvmatch.core.waits import SHORTEST_POLL_S, WAY_OF_CV, WAY_OF_JOB, WAY_OF_LIST, expected_wait
from ingestion.extract import check_size
from ingestion.models import CV
from ingestion.selectors import get_cv
from jobs.filter_input import FilterIn
from jobs.models import Job
from matching import asking
from matching.api.lists import OPEN, RETRY_AFTER_S, After, Limit, PredictionOut, StepOut, page_of, steps_out
from matching.api.matches import matchable, none_yet, ranked_now
from matching.live import DEEPEST, is_ready
from matching.models import MatchTask, Prediction
from matching.progress import Progress

router = Router(tags=["Match tasks"])

TEXT_CHARS = 200_000
_WAYS = {MatchTask.Kind.CV: WAY_OF_LIST, MatchTask.Kind.JOB: WAY_OF_JOB}


class MatchIn(Schema):
    """What to match: exactly one of `cv_id`, `text` and `job_id`. A file goes to `/match/file`."""

    cv_id: int | None = Field(default=None, description="A stored CV that you may see", examples=[17])
    text: str | None = Field(
        default=None,
        min_length=1,
        max_length=TEXT_CHARS,
        description="A résumé as text. It is in no list of CVs and is erased with the task",
        examples=[None],
    )
    job_id: int | None = Field(
        default=None, description="An open job, whose candidates are looked for; for recruiters and services"
    )
    filters: FilterIn | None = Field(
        default=None,
        description="Only jobs that these let through. The list is then ranked each time it is fetched, down to rank 50",
        examples=[{"country": ["DE"], "remote": True}],
    )


class TaskOut(Schema):
    """A task to poll at the address in `Location`."""

    task_id: UUID = Field(examples=["5f0c8a1e-3c57-4a5c-9a55-3c8f1e1f2b7d"])
    status: str = Field(examples=["pending"])
    expires_at: datetime = Field(description="From then on the task is gone")
    expected_s: float | None = Field(
        description="About how long it takes from now, with what waits before it; null while nobody can say: a stage is "
        "paused or no worker shows a sign of life",
        examples=[1.8],
    )
    ahead: int | None = Field(description="CVs and lists before it that people wait for; null likewise", examples=[0])


class TaskResultOut(PredictionOut):
    """A task with its list, as far as there is one."""

    task_id: UUID = Field(examples=["5f0c8a1e-3c57-4a5c-9a55-3c8f1e1f2b7d"])
    kind: str = Field(description="cv, text, file or job", examples=["text"])
    progress: float = Field(
        description="0 to 1; a list may be there before all its lines are explained", examples=[0.4]
    )
    steps: list[StepOut]
    expires_at: datetime = Field(description="From then on the task is gone")


@router.post("/match", response={202: TaskOut}, summary="Ask for a match", operation_id="start_match")
def start_match(request: HttpRequest, response: HttpResponse, body: MatchIn) -> Answer[TaskOut]:
    """Starts a new ranked list, jobs for a CV or a text, or candidates for a job; poll the address in `Location`.

    Nothing is read or ranked in this call. Asking again for the same CV or job while its list is being made gives the
    same task.
    """
    return _accepted(response, _asked(user_of(request), body))


@router.post("/match/file", response={202: TaskOut}, summary="Match a file", operation_id="start_match_of_file")
def start_match_of_file(
    request: HttpRequest, response: HttpResponse, file: File[UploadedFile], only: Query[FilterIn]
) -> Answer[TaskOut]:
    """Matches a CV file without keeping it: it is in no list of CVs and is erased with the task.

    The filters are in the address. Poll the address in `Location`.
    """
    check_size(file.size or 0, max_bytes=settings.MAX_UPLOAD_BYTES)
    task = asking.ask_for_content(
        user=user_of(request),
        content=file.read(),
        filename=file.name or "cv",
        kind=MatchTask.Kind.FILE,
        filters=_filters(only),
    )
    return _accepted(response, task)


@router.get(
    "/match/{task_id}",
    response={200: TaskResultOut, 202: TaskResultOut},
    summary="A match's state and result",
    operation_id="get_match",
)
def get_match(
    request: HttpRequest, response: HttpResponse, task_id: UUID, after: After = 0, limit: Limit = 100
) -> Answer[TaskResultOut]:
    """202 while it is being made, 200 with the list once it is there, or with `status` failed and the reason in `error`.

    Only whoever asked sees it. Once its time is over it answers 410.
    """
    task = asking.get_task(user_of(request), task_id)
    progress = asking.task_progress(task)
    found = _result(request, task, progress, after, limit)
    if found.status in OPEN:
        response["Retry-After"] = RETRY_AFTER_S
    share = 1.0 if task.filters_json and found.status == Status.COMPLETED else progress.share
    out = TaskResultOut(
        **vars(found),
        task_id=task.pk,
        kind=task.kind,
        progress=round(share, 3),
        steps=steps_out(progress.steps),
        expires_at=task.expires_at,
    )
    return Answer(202 if found.status in OPEN else 200, out)


@router.delete("/match/{task_id}", response={204: None}, summary="Drop a match", operation_id="delete_match")
def delete_match(request: HttpRequest, task_id: UUID) -> Answer[None]:
    """The task is gone from now on; a text or file that came with it is erased. A stored CV and its lists stay."""
    user = user_of(request)
    asking.drop_task(task=asking.get_task(user, task_id), by=user)
    return Answer(204, None)


def _asked(user: User, body: MatchIn) -> MatchTask:
    given = [name for name in ("cv_id", "text", "job_id") if getattr(body, name) is not None]
    if len(given) != 1:
        raise InvalidInput("Give exactly one of cv_id, text and job_id.")
    filters = _filters(body.filters)
    if body.cv_id is not None:
        return asking.ask_for_cv(user=user, cv=matchable(get_cv(user, body.cv_id)), filters=filters)
    if body.text is not None:
        return asking.ask_for_content(
            user=user, content=body.text.encode(), filename="cv.txt", kind=MatchTask.Kind.TEXT, filters=filters
        )
    if filters:
        raise InvalidInput("Filters choose among jobs; candidates have none.", details={"field": "filters"})
    return asking.ask_for_job(user=user, job=_open_job(user, body.job_id or 0))


def _filters(given: FilterIn | None) -> dict[str, Any]:
    return given.model_dump(mode="json", exclude_unset=True) if given and given.value() else {}


def _open_job(user: User, pk: int) -> Job:
    if not user.is_recruiter:
        raise NotAllowed("Only recruiters and services may look for candidates.")
    job = Job.objects.active().defer("search", "description", "description_html").filter(pk=pk).first()
    if job is None:
        raise NotFound("There is no such open job.")
    return job


def _accepted(response: HttpResponse, task: MatchTask) -> Answer[TaskOut]:
    response["Location"] = f"/api/v1/match/{task.pk}"
    wait = expected_wait(_WAYS.get(MatchTask.Kind(task.kind), WAY_OF_CV))
    response["Retry-After"] = str(wait.poll_after_s if wait else SHORTEST_POLL_S)
    # Of a list that is under way already it is known how far it is; all else has just begun.
    status = task.prediction.status if task.prediction else Status.PENDING
    out = TaskOut(
        task_id=task.pk,
        status=status,
        expires_at=task.expires_at,
        expected_s=wait.seconds if wait else None,
        ahead=wait.ahead if wait else None,
    )
    return Answer(202, out)


def _result(request: HttpRequest, task: MatchTask, progress: Progress, after: int, limit: int) -> PredictionOut:
    """The list of the task as far as there is one."""
    if task.filters_json and task.cv is not None:
        return _under_filters(request, task, task.cv, after, limit)
    prediction = task.prediction or Prediction.objects.filter(pk=progress.prediction_id or 0).first()
    if prediction is not None:
        found = page_of(user_of(request), prediction, after, limit, at=f"/api/v1/match/{task.pk}")
        return found if found.status != Status.PENDING else _begun(found, progress)
    assert task.cv is not None
    return _begun(page_of(user_of(request), none_yet(task.cv), after, limit), progress)


def _under_filters(request: HttpRequest, task: MatchTask, cv: CV, after: int, limit: int) -> PredictionOut:
    if not is_ready(cv):
        return page_of(user_of(request), none_yet(cv), after, limit)
    return ranked_now(request, cv, FilterIn.model_validate(task.filters_json), min(after, DEEPEST - 1), limit)


def _begun(found: PredictionOut, progress: Progress) -> PredictionOut:
    """What ends before there is anything to rank is told too."""
    failed = next((step for step in progress.steps if step.status == Status.FAILED), None)
    if failed is not None:
        found.status, found.error = Status.FAILED, failed.error
    elif progress.ends_as:
        found.status, found.error = Status.FAILED, str(asking.REASONS[progress.ends_as])
    return found
