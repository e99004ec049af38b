"""Matches as streams over HTTP: many tasks at once, and a list line by line; one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from cvmatch.core.errors import InvalidInput, NotAllowed, NotFound
from cvmatch.core.http_api import BULK, user_of
from cvmatch.core.models import Status, User
from cvmatch.core.streams import NDJSON, ndjson
from ingestion.models import CVView
from ingestion.selectors import get_cv
from ingestion.viewings import note_views
from jobs.selectors import get_job
from matching.api.lists import lines_of, match_out
from matching.asking import Asked, ask_for_cvs
from matching.models import Prediction

router = Router(tags=["Streams"])

MOST_CVS = 1000
PAGE = 200

_STREAM = {"content": {NDJSON: {"schema": {"type": "string"}}}}


class BulkMatchIn(Schema):
    """The CVs to match."""

    cv_ids: list[int] = Field(min_length=1, max_length=MOST_CVS, examples=[[17, 18]])


@router.post(
    "/match",
    summary="Ask for many matches",
    operation_id="start_match_stream",
    openapi_extra={**BULK, "responses": {200: {"description": "One task a line, in the order of the CVs", **_STREAM}}},
)
def start_match_stream(request: HttpRequest, body: BulkMatchIn) -> StreamingHttpResponse:
    """Starts a new ranked list of jobs for each of up to 1,000 CVs; one that cannot be matched does not stop the others.

    Each line has `cv_id` and either `task_id`, `status` and `location`, or the `error`. Poll each as a single match.
    """
    asked = ask_for_cvs(user=user_of(request), cv_ids=body.cv_ids)
    return ndjson(map(_task, asked))


@router.get(
    "/matches",
    summary="A ranked list as a stream",
    operation_id="export_matches",
    openapi_extra={**BULK, "responses": {200: {"description": "One match a line, best first", **_STREAM}}},
)
def export_matches(
    request: HttpRequest,
    cv_id: Annotated[int | None, Query(description="Its newest list of jobs", examples=[17])] = None,
    job_id: Annotated[int | None, Query(description="Its newest list of candidates", examples=[42])] = None,
) -> StreamingHttpResponse:
    """All lines of the newest finished list of a CV or of a job, each as in `GET /predictions/{id}`."""
    user = user_of(request)
    if (cv_id is None) == (job_id is None):
        raise InvalidInput("Give either cv_id or job_id, and not both.")
    if job_id is not None and not user.is_recruiter:
        raise NotAllowed("Only recruiters and services may look for candidates.")
    if cv_id is not None:
        lists = Prediction.objects.filter(side=Prediction.Side.JOBS_FOR_CV, cv=get_cv(user, cv_id))
    else:
        lists = Prediction.objects.filter(side=Prediction.Side.CVS_FOR_JOB, job=get_job(job_id or 0))
    newest = lists.filter(status=Status.COMPLETED).order_by("-created_at", "-pk").first()
    if newest is None:
        raise NotFound("There is no finished list yet.")
    return ndjson(_lines(user, newest))


def _lines(user: User, prediction: Prediction) -> Iterator[dict[str, Any]]:
    after = 0
    while page := lines_of(user, prediction, after, PAGE):
        note_views(user=user, cv_ids={line.match.cv_id for line in page}, how=CVView.How.EXPORT)
        for line in page:
            yield match_out(user, line, side=prediction.side).model_dump()
        after = page[-1].rank


def _task(asked: Asked) -> dict[str, Any]:
    if asked.task is None:
        return {"cv_id": asked.cv_id, "error": asked.error}
    state = asked.task.prediction.status if asked.task.prediction else Status.PENDING
    location = f"/api/v1/match/{asked.task.pk}"
    return {"cv_id": asked.cv_id, "task_id": str(asked.task.pk), "status": state, "location": location}
