"""Ranked lists over HTTP: a CV's status, its jobs, a job's candidates, and why a line scored as it did."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.http_api import address_with, user_of
from cvmatch.core.models import Status, User
from ingestion.models import CV, CVView
from ingestion.naming import content_for
from ingestion.selectors import get_cv
from ingestion.viewings import note_view
from jobs.filter_input import FilterIn
from jobs.selectors import get_job
from matching import services
from matching.api.lists import (
    OPEN,
    RETRY_AFTER_S,
    After,
    Limit,
    PredictionOut,
    Ranked,
    StepOut,
    answer,
    list_out,
    steps_out,
)
from matching.asking import why_not
from matching.live import DEEPEST, is_ready, rank_now
from matching.models import Prediction
from matching.progress import cv_progress
from matching.selectors.lists import candidate_lists, needs_new_list
from matching.selectors.visible import get_match

router = Router(tags=["Matches"])


class StatusOut(Schema):
    """How far a CV is."""

    cv_id: int = Field(examples=[17])
    status: str = Field(
        description="pending, processing, completed, failed, superseded (by a newer version) or withheld (from matching, as "
        "the candidate wishes)",
        examples=["processing"],
    )
    progress: float = Field(description="0 to 1", examples=[0.6])
    steps: list[StepOut]
    matches: int = Field(description="Lines of its newest list", examples=[50])
    explained: int = Field(description="How many of them have their explanation", examples=[12])


class ExplanationOut(Schema):
    """Why one match scored as it did."""

    match_id: int = Field(examples=[4711])
    status: str = Field(description="pending, processing, completed or failed", examples=["completed"])
    error: str = Field(description="Why it could not be written, in words; empty otherwise", examples=[""])
    explanation: dict[str, Any] | None = Field(
        description="`findings` with their places in both texts, `raises`, `reasons` by part, and words; null until it is there"
    )


@router.get("/cvs/{cv_id}/status", response=StatusOut, summary="How far a CV is", operation_id="get_cv_status")
def get_cv_status(request: HttpRequest, response: HttpResponse, cv_id: int) -> StatusOut:
    """The steps from the file to explained matches; poll until `status` is completed or failed."""
    progress = cv_progress(get_cv(user_of(request), cv_id))
    if not progress.is_over:
        response["Retry-After"] = RETRY_AFTER_S
    return StatusOut(
        cv_id=cv_id,
        status=progress.status,
        progress=round(progress.share, 3),
        steps=steps_out(progress.steps),
        matches=progress.matches,
        explained=progress.explained,
    )


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
    return answer(response, user_of(request), prediction or none_yet(cv), after, limit)


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
    after: Annotated[int, Query(ge=0, lt=DEEPEST, description="The rank after which to begin")] = 0,
    limit: Annotated[int, Query(ge=1, le=DEEPEST, description="How many lines at most")] = 10,
) -> Answer[PredictionOut]:
    """Ranks the open jobs that the filters let through for a CV and explains them; stores nothing. 202 while it is read."""
    cv = get_cv(user_of(request), cv_id, "embedding")
    if not is_ready(cv):
        return answer(response, user_of(request), none_yet(matchable(cv)))
    return Answer(200, ranked_now(request, cv, only, after, limit))


@router.get(
    "/jobs/{job_id}/candidates",
    response={200: PredictionOut, 202: PredictionOut},
    summary="Candidates of a job",
    operation_id="get_job_candidates",
)
def get_job_candidates(
    request: HttpRequest, response: HttpResponse, job_id: int, after: After = 0, limit: Limit = 100
) -> Answer[PredictionOut]:
    """The newest list of candidates for a job, best first. Where there is none, or CVs came in since, a search is started.

    202 while the first list is being made; while a newer one is being made, the one before it.
    """
    user, job = user_of(request), get_job(job_id)
    ranked = candidate_lists(job)
    shown = ranked.shown or ranked.newest
    if needs_new_list(job, ranked, fresh_for=services.FRESH_FOR):
        newest = services.request_matches(job=job, requested_by=user)
        shown = ranked.shown or newest
    if shown is None:
        raise NotFound("Nobody has looked for candidates of this job while it was open.")
    return answer(response, user, shown, after, limit)


@router.get(
    "/predictions/{prediction_id}",
    response={200: PredictionOut, 202: PredictionOut},
    summary="One ranked list",
    operation_id="get_prediction",
)
def get_prediction(
    request: HttpRequest, response: HttpResponse, prediction_id: int, after: After = 0, limit: Limit = 100
) -> Answer[PredictionOut]:
    """A stored list page by page, as it was made; the `next` of other lists leads here."""
    user = user_of(request)
    return answer(response, user, _visible(user, prediction_id), after, limit)


@router.get(
    "/matches/{match_id}/explanation",
    response={200: ExplanationOut, 202: ExplanationOut},
    summary="Why a match scored as it did",
    operation_id="get_explanation",
)
def get_explanation(request: HttpRequest, response: HttpResponse, match_id: int) -> Answer[ExplanationOut]:
    """What was asked and what was found where, and what would raise the score; 202 while it is being written."""
    user = user_of(request)
    match = get_match(user, match_id)
    note_view(user=user, cv=match.cv, how=CVView.How.API)
    written = match.explanation
    body = content_for(user, written.body_json, match.cv) if written.status == Status.COMPLETED else None
    if written.status in OPEN:
        response["Retry-After"] = RETRY_AFTER_S
    out = ExplanationOut(match_id=match_id, status=written.status, error=written.error, explanation=body)
    return Answer(202 if written.status in OPEN else 200, out)


def ranked_now(request: HttpRequest, cv: CV, only: FilterIn, after: int, limit: int) -> PredictionOut:
    """A list that is made for this answer."""
    note_view(user=user_of(request), cv=cv, how=CVView.How.API)  # the reasons quote it
    found = rank_now(cv, only=only.value(), after=after, limit=limit)
    following = address_with(request, after=after + limit) if found.more else None
    lines = [Ranked(match, match.rank) for match in found.matches]
    return list_out(user_of(request), found.prediction, lines, following)


def none_yet(cv: CV) -> Prediction:
    """What is said of a CV without any list: that it waits, or that it never will have one."""
    failed = cv.status == Status.FAILED and not cv.is_read
    state = {"status": Status.FAILED, "error": cv.error} if failed else {}
    return Prediction(cv=cv, side=Prediction.Side.JOBS_FOR_CV, created_at=timezone.now(), **state)


def matchable(cv: CV) -> CV:
    """The CV if a list can be made for it. Raises InvalidInput."""
    if reason := why_not(cv):
        raise InvalidInput(reason)
    return cv


def _visible(user: User, pk: int) -> Prediction:
    """A candidate sees the lists of their own CVs; nobody but recruiters sees a job's candidates."""
    prediction = Prediction.objects.filter(pk=pk).first()
    own = prediction is not None and prediction.cv_id is not None
    if prediction is None or not (user.is_recruiter or own):
        raise NotFound("There is no such list, or it is not yours to see.")
    if prediction.cv_id is not None:
        get_cv(user, prediction.cv_id)
    return prediction
