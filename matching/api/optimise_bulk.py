"""Many CVs for one job, or one CV for many, over HTTP: asked for at once, with progress, and cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.errors import InvalidInput
from cvmatch.core.http_api import BULK, user_of
from matching import optimising
from matching.api.lists import RETRY_AFTER_S
from matching.models import Tailoring, TailoringBatch
from matching.selectors.tailored import BatchState, get_batch, state_of

router = Router(tags=["Tailored CVs"])

MOST = 1000


class OptimiseManyIn(Schema):
    """One job for many CVs, or one CV for many jobs: one of the two lists has one id. By the rules alone."""

    cv_ids: list[int] = Field(min_length=1, max_length=MOST, examples=[[17, 18]])
    job_ids: list[int] = Field(min_length=1, max_length=MOST, examples=[[42]])


class OneOut(Schema):
    """One of many: how far it is."""

    id: int = Field(examples=[7])
    cv_id: int = Field(examples=[17])
    job_id: int = Field(examples=[42])
    status: str = Field(examples=["completed"])
    score_before: float | None
    score_after: float | None
    error: str
    location: str = Field(description="Where all of it is", examples=["/api/v1/optimise/7"])


class NotMadeOut(Schema):
    """A pair that there will be no CV of."""

    cv_id: int
    job_id: int
    error: str


class ManyOut(Schema):
    """How far many are. What is gone was taken back, or erased with its CV or job."""

    id: UUID
    status: str = Field(description="processing, completed or cancelled", examples=["processing"])
    total: int = Field(examples=[40])
    done: int
    failed: int
    waiting: int
    gone: int
    progress: float = Field(description="0 to 1", examples=[0.4])
    created_at: datetime
    cancelled_at: datetime | None
    not_made: list[NotMadeOut] = Field([], description="Only in the answer to asking: pairs left out, and why")
    items: list[OneOut]
    next: str | None = Field(None, description="The address of the items that follow; null at the end")


After = Annotated[int, Query(ge=0, le=MOST, description="How many items to leave out before")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most")]


@router.post(
    "/optimise/bulk",
    response={202: ManyOut},
    summary="Fit many CVs to a job, or a CV to many jobs",
    operation_id="optimise_in_bulk",
    openapi_extra=BULK,
)
def optimise_in_bulk(request: HttpRequest, response: HttpResponse, body: OptimiseManyIn) -> Answer[ManyOut]:
    """Up to 1,000 pairs at once, after what people wait for. Poll the address in `Location`; DELETE it to cancel.

    A pair that cannot be made is told in `not_made` and stops no other; 404 where that is all of them.
    """
    if min(len(body.cv_ids), len(body.job_ids)) > 1:
        raise InvalidInput("Give one job with many CVs, or one CV with many jobs.", details={"field": "job_ids"})
    user = user_of(request)
    batch, left_out = optimising.request_batch(user=user, cv_ids=body.cv_ids, job_ids=body.job_ids)
    response["Location"], response["Retry-After"] = f"/api/v1/optimise/bulk/{batch.pk}", RETRY_AFTER_S
    out = _many_out(state_of(user, batch))
    out.not_made = [NotMadeOut(**vars(one)) for one in left_out]
    return Answer(202, out)


@router.get(
    "/optimise/bulk/{batch_id}",
    response={200: ManyOut, 202: ManyOut},
    summary="How far many are",
    operation_id="get_bulk_optimisation",
)
def get_bulk_optimisation(
    request: HttpRequest, response: HttpResponse, batch_id: UUID, after: After = 0, limit: Limit = 100
) -> Answer[ManyOut]:
    """202 while one of them waits. Only whoever asked sees it."""
    user = user_of(request)
    state = state_of(user, get_batch(user, batch_id), after=after, limit=limit)
    return _many(response, state, after, limit)


@router.delete(
    "/optimise/bulk/{batch_id}",
    response={200: ManyOut, 202: ManyOut},
    summary="Cancel many",
    operation_id="cancel_bulk_optimisation",
)
def cancel_bulk_optimisation(request: HttpRequest, response: HttpResponse, batch_id: UUID) -> Answer[ManyOut]:
    """What nobody has begun with is taken back; what is done stays. Cancelling again changes nothing."""
    user = user_of(request)
    batch = get_batch(user, batch_id)
    optimising.cancel_batch(batch)
    return _many(response, state_of(user, batch))


def _many(response: HttpResponse, state: BatchState, after: int = 0, limit: int = 100) -> Answer[ManyOut]:
    if state.waiting:
        response["Retry-After"] = RETRY_AFTER_S
    return Answer(202 if state.waiting else 200, _many_out(state, after, limit))


def _many_out(state: BatchState, after: int = 0, limit: int = 100) -> ManyOut:
    batch: TailoringBatch = state.batch
    names = ("status", "total", "done", "failed", "waiting", "gone")
    following = f"/api/v1/optimise/bulk/{batch.pk}?after={after + limit}&limit={limit}" if state.more else None
    return ManyOut(
        id=batch.pk,
        progress=round(state.share, 3),
        created_at=batch.created_at,
        cancelled_at=batch.cancelled_at,
        items=[_one(row) for row in state.rows],
        next=following,
        **{name: getattr(state, name) for name in names},
    )


def _one(row: Tailoring) -> OneOut:
    names = ("id", "cv_id", "job_id", "status", "score_before", "score_after", "error")
    return OneOut(location=f"/api/v1/optimise/{row.pk}", **{name: getattr(row, name) for name in names})
