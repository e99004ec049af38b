"""Matches over HTTP: a CV's status and recommendations, asking for a match and polling it, a match's explanation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.errors import InvalidInput, NotAllowed, NotFound
from cvmatch.core.http_api import address_with, user_of
from cvmatch.core.models import Status, User
from ingestion.models import CV
from ingestion.selectors import get_cv
from jobs.filter_input import FilterIn
from jobs.models import Job
from matching import services
from matching.live import DEEPEST, is_ready, rank_now
from matching.models import Match, Prediction
from matching.progress import Progress, cv_progress

router = Router(tags=["Matches"])

RETRY_AFTER_S = "1"


class StepOut(Schema):
    name: str = Field(examples=["read"])
    status: str = Field(examples=["completed"])
    finished_at: datetime | None
    error: str
    retry_at: datetime | None


class StatusOut(Schema):
    """How far a CV is."""

    cv_id: int
    status: str = Field(
        description="pending, processing, completed, failed or superseded (by a newer version)", examples=["processing"]
    )
    steps: list[StepOut]
    matches: int
    explained: int


class MatchOut(Schema):
    """One line of a ranked list."""

    id: int | None = Field(description="Null in a list that is not stored")
    rank: int
    cv_id: int
    job_id: int
    title: str = Field(description="The job's title; for a job's candidates, the CV's own label")
    company: str
    place: str
    score: Decimal = Field(description="0 to 100, absolute: it does not depend on the rest of the list")
    low: Decimal
    high: Decimal
    band: str = Field(description="strong, good, partial, weak, or no data")
    parts: list[dict[str, Any]] = Field(description="name, value (0 to 1, null when unknown) and weight")
    explanation: dict[str, Any] | None = Field(description="Null while it is being written")


class PredictionOut(Schema):
    """A ranked list with what it was made from."""

    id: int | None = Field(
        description="Null in a list that is not stored, and while the CV is not read yet; its status tells how far it is"
    )
    status: str
    side: str
    cv_id: int | None
    job_id: int | None
    created_at: datetime
    searched: int
    model: str
    config_version: str
    error: str
    matches: list[MatchOut]
    next: str | None = Field(
        None, description="The address of the ranks that follow, of this same list; null at its end"
    )


class MatchIn(Schema):
    """Exactly one of the two."""

    cv_id: int | None = Field(default=None, examples=[1])
    job_id: int | None = Field(default=None, description="For recruiters and services")


class TaskOut(Schema):
    """A task to poll at the address in `Location`."""

    task_id: int
    status: str = Field(examples=["pending"])


After = Annotated[int, Query(ge=0, le=100_000, description="the rank after which to begin")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/cvs/{cv_id}/status", response=StatusOut, summary="How far a CV is", operation_id="get_cv_status")
def get_cv_status(request: HttpRequest, response: HttpResponse, cv_id: int) -> StatusOut:
    """The steps from the file to explained matches; poll until `status` is completed or failed."""
    cv = get_cv(user_of(request), cv_id)
    progress = cv_progress(cv)
    if not progress.is_over:
        response["Retry-After"] = RETRY_AFTER_S
    return _status(cv.pk, progress)


@router.get(
    "/cvs/{cv_id}/recommendations",
    response={200: PredictionOut, 202: PredictionOut},
    summary="Recommended jobs",
    operation_id="get_recommendations",
)
def get_recommendations(
    request: HttpRequest, response: HttpResponse, cv_id: int, after: After = 0, limit: Limit = 100
) -> Answer[PredictionOut]:
    """The newest list of jobs for a CV, best first; 202 while it is being made."""
    cv = get_cv(user_of(request), cv_id)
    newest = Prediction.objects.filter(cv=cv, side=Prediction.Side.JOBS_FOR_CV).order_by("-created_at", "-pk")
    prediction = newest.filter(status=Status.COMPLETED).first() or newest.first()
    return _answer(response, prediction or _none_yet(cv), after, limit)


@router.get(
    "/cvs/{cv_id}/matches",
    response={200: PredictionOut, 202: PredictionOut},
    summary="Jobs under filters, at once",
    operation_id="get_filtered_matches",
)
def get_filtered_matches(
    request: HttpRequest,
    response: HttpResponse,
    cv_id: int,
    only: Query[FilterIn],
    after: Annotated[int, Query(ge=0, lt=DEEPEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=DEEPEST)] = 10,
) -> Answer[PredictionOut]:
    """Ranks the open jobs that the filters let through for a CV and explains them; stores nothing. 202 while it is read."""
    cv = get_cv(user_of(request), cv_id)
    if not is_ready(cv):
        return _answer(response, _none_yet(_matchable(cv)))
    found = rank_now(cv, only=only.value(), after=after, limit=limit)
    following = address_with(request, after=after + limit) if found.more else None
    return Answer(200, _prediction(found.prediction, found.matches, following))


@router.post("/match", response={202: TaskOut}, summary="Ask for a match", operation_id="start_match")
def start_match(request: HttpRequest, response: HttpResponse, body: MatchIn) -> TaskOut:
    """Starts a new ranked list, jobs for a CV or CVs for a job; poll the address in `Location`."""
    prediction = _request(user_of(request), body)
    response["Location"] = f"/api/v1/match/{prediction.pk}"
    response["Retry-After"] = RETRY_AFTER_S
    return TaskOut(task_id=prediction.pk, status=prediction.status)


@router.get(
    "/match/{task_id}",
    response={200: PredictionOut, 202: PredictionOut},
    summary="A match's state and result",
    operation_id="get_match",
)
def get_match(
    request: HttpRequest, response: HttpResponse, task_id: int, after: After = 0, limit: Limit = 100
) -> Answer[PredictionOut]:
    """202 while it is being made, 200 with the list once it is there (or with the reason why it failed)."""
    return _answer(response, _visible(user_of(request), task_id), after, limit)


def _none_yet(cv: CV) -> Prediction:
    """What is said of a CV without any list: that it waits, or that it never will have one."""
    failed = cv.status == Status.FAILED and not cv.is_read
    state = {"status": Status.FAILED, "error": cv.error} if failed else {}
    return Prediction(cv=cv, side=Prediction.Side.JOBS_FOR_CV, created_at=timezone.now(), **state)


def _request(user: User, body: MatchIn) -> Prediction:
    if (body.cv_id is None) == (body.job_id is None):
        raise InvalidInput("Give either cv_id or job_id, and not both.")
    if body.cv_id is not None:
        return services.request_matches(cv=_matchable(get_cv(user, body.cv_id)), requested_by=user)
    return services.request_matches(job=_open_job(user, body.job_id or 0), requested_by=user)


def _matchable(cv: CV) -> CV:
    if cv.status == Status.FAILED and not cv.is_read:
        raise InvalidInput(f"This CV could not be read: {cv.error}")
    if not cv.is_latest:
        raise InvalidInput("A newer version of this CV has replaced this one; match that one.")
    return cv


def _open_job(user: User, pk: int) -> Job:
    if not user.is_recruiter:
        raise NotAllowed("Only recruiters and services may look for candidates.")
    job = Job.objects.active().defer("search", "description", "description_html").filter(pk=pk).first()
    if job is None:
        raise NotFound("There is no such open job.")
    return job


def _visible(user: User, pk: int) -> Prediction:
    """A candidate sees the lists of their own CVs; nobody but recruiters sees a job's candidates."""
    prediction = Prediction.objects.filter(pk=pk).first()
    own = prediction is not None and prediction.cv_id is not None
    if prediction is None or not (user.is_recruiter or own):
        raise NotFound("There is no such match.")
    if prediction.cv_id is not None:
        get_cv(user, prediction.cv_id)
    return prediction


def _answer(response: HttpResponse, prediction: Prediction, after: int = 0, limit: int = 100) -> Answer[PredictionOut]:
    open_ = prediction.status in {Status.PENDING, Status.PROCESSING}
    if open_:
        response["Retry-After"] = RETRY_AFTER_S
    lines = _lines(prediction, after, limit + 1)
    # The address of this very list: a newer one that is made meanwhile moves no page.
    following = f"/api/v1/match/{prediction.pk}?after={after + limit}&limit={limit}" if len(lines) > limit else None
    return Answer(202 if open_ else 200, _prediction(prediction, lines[:limit], following))


def _lines(prediction: Prediction, after: int, limit: int) -> Sequence[Match]:
    rows = Match.objects.filter(prediction_id=prediction.pk, rank__gt=after)
    rows = rows.select_related("job", "cv", "explanation").order_by("rank")
    rows = rows.only(
        "rank", "cv_id", "job_id", "score", "low", "high", "band", "parts_json",
        "job__title", "job__company", "job__remote",
        "job__city", "job__region", "job__country", "job__postal_code", "job__latitude", "job__longitude",
        "cv__label", "explanation__status", "explanation__body_json",
    )  # fmt: skip
    return list(rows[:limit])


def _prediction(prediction: Prediction, lines: Sequence[Match], following: str | None) -> PredictionOut:
    facts = ("status", "side", "cv_id", "job_id", "created_at", "searched", "model", "config_version", "error")
    return PredictionOut(
        id=prediction.pk,
        matches=[_match(line, prediction) for line in lines],
        next=following,
        **{name: getattr(prediction, name) for name in facts},
    )


def _match(line: Match, prediction: Prediction) -> MatchOut:
    of_jobs = prediction.side == Prediction.Side.JOBS_FOR_CV
    explained = line.explanation.status == Status.COMPLETED
    numbers = ("rank", "cv_id", "job_id", "score", "low", "high", "band")
    return MatchOut(
        id=line.pk,
        title=line.job.title if of_jobs else line.cv.label,
        company=line.job.company,
        place="Remote" if line.job.remote else str(line.job.place),
        parts=line.parts_json,
        explanation=line.explanation.body_json if explained else None,
        **{name: getattr(line, name) for name in numbers},
    )


def _status(cv_id: int, progress: Progress) -> StatusOut:
    names = ("name", "status", "finished_at", "error", "retry_at")
    steps = [StepOut(**{name: getattr(step, name) for name in names}) for step in progress.steps]
    return StatusOut(
        cv_id=cv_id, status=progress.status, steps=steps, matches=progress.matches, explained=progress.explained
    )
