"""What people do with jobs they were shown, over HTTP: feedback on a match or job, and the way to apply, counted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponseRedirect
from ninja import Query, Router, Schema
from pydantic import Field

from cvmatch.core.errors import InvalidInput
from cvmatch.core.http_api import user_of
from cvmatch.core.models import User
from jobs.models import Job
from jobs.selectors import get_job
from matching import feedback
from matching.models import JobMark, Match
from matching.selectors.visible import get_match

router = Router(tags=["Feedback"])

_FOUND = {302: {"description": "The posting's own page, in `Location`"}}


class FeedbackIn(Schema):
    """Which match or job, and what about it; exactly one of the two ids."""

    match_id: int | None = Field(default=None, description="A line of a list of jobs; better than the job alone")
    job_id: int | None = Field(default=None, examples=[42])
    kind: Literal["thumb_up", "thumb_down", "save", "hide", "open", "clear"] = Field(
        description="`clear` takes saving or hiding and the thumb back", examples=["thumb_up"]
    )
    reason: str = Field(
        default="", description=f"Why it is hidden: {', '.join(JobMark.Reason.values)}, or nothing", examples=[""]
    )


class MarkOut(Schema):
    """What the caller has made of the job by now."""

    job_id: int
    kind: str = Field(description="saved, hidden or empty", examples=["saved"])
    reason: str
    verdict: str = Field(description="up, down or empty", examples=["up"])
    applied_at: datetime | None = Field(description="When they last followed the link to apply")


@router.post("/feedback", response=MarkOut, summary="Give feedback", operation_id="give_feedback")
def give_feedback(request: HttpRequest, body: FeedbackIn) -> Any:
    """Saves, hides or judges a job for the caller. The same feedback again within the hour counts once.

    A hidden job goes out of the caller's lists on the pages; lists over HTTP are complete and leave that to the client.
    """
    user = user_of(request)
    if (body.match_id is None) == (body.job_id is None):
        raise InvalidInput("Give either match_id or job_id, and not both.", details={"field": "match_id"})
    if body.reason and body.kind != "hide":
        raise InvalidInput("A reason goes with hiding only.", details={"field": "reason"})
    match = get_match(user, body.match_id) if body.match_id is not None else None
    job = match.job if match is not None else get_job(body.job_id or 0)
    return _give(body, user, job, match)


@router.get(
    "/jobs/{job_id}/apply",
    response={302: None},
    summary="Go to apply",
    operation_id="apply_to_job",
    openapi_extra={"responses": _FOUND},
)
def apply_to_job(
    request: HttpRequest,
    job_id: int,
    match_id: Annotated[int | None, Query(description="The line of the list that led here")] = None,
) -> HttpResponseRedirect:
    """Counts that the caller goes to apply and redirects to the posting; 404 where it gives no address to apply at."""
    user = user_of(request)
    match = get_match(user, match_id) if match_id is not None else None
    return HttpResponseRedirect(feedback.apply_to(user=user, job=get_job(job_id), match=match))


def _give(body: FeedbackIn, user: User, job: Job, match: Match | None) -> JobMark:
    if body.kind == "save":
        return feedback.save_job(user=user, job=job, match=match)
    if body.kind == "hide":
        return feedback.hide_job(user=user, job=job, reason=body.reason, match=match)
    if body.kind == "open":
        feedback.note(user=user, job_id=job.pk, kind=body.kind, match=match)
        return JobMark.objects.filter(user=user, job=job).first() or JobMark(user=user, job=job)
    if body.kind == "clear":
        feedback.judge_fit(user=user, job=job, verdict="")
        return feedback.unmark_job(user=user, job=job)
    return feedback.judge_fit(user=user, job=job, verdict=body.kind.removeprefix("thumb_"), match=match)
