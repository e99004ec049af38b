"""What people are shown and do with it, over HTTP: lines shown, feedback on a match or job, and the way to apply, counted."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.afterwards import afterwards
from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.http_api import user_of
from cvmatch.core.models import User
from jobs.models import Job
from jobs.selectors import get_job
from matching import deciding, feedback
from matching.experiments.serving import can_have_shown
from matching.models import Interaction, JobMark, Match, Prediction, Reason, Stage
from matching.selectors.visible import get_match, visible_matches
from matching.values import ShownLine

MOST_SHOWN = 100
_STAGES = {"shortlist": Stage.SHORTLISTED, "reject": Stage.REJECTED}

router = Router(tags=["Feedback"])

_FOUND = {302: {"description": "The posting's own page, in `Location`"}}


class FeedbackIn(Schema):
    """Which match or job, and what about it; exactly one of the two ids."""

    match_id: int | None = Field(default=None, description="A line of a list of jobs; better than the job alone")
    job_id: int | None = Field(default=None, examples=[42])
    kind: Literal["thumb_up", "thumb_down", "save", "hide", "open", "clear", "shortlist", "reject"] = Field(
        description="`clear` takes saving or hiding and the thumb back; `shortlist` and `reject` are what a recruiter decides "
        "about the candidate of a match",
        examples=["thumb_up"],
    )
    reason: str = Field(
        default="",
        description=f"Why it is hidden: {', '.join(JobMark.Reason.values)}; why somebody is rejected: "
        f"{', '.join(Reason.values)}; or nothing",
        examples=[""],
    )


class MarkOut(Schema):
    """What the caller has made of the job by now."""

    job_id: int
    kind: str = Field(description="saved, hidden, shortlisted, rejected or empty", examples=["saved"])
    reason: str
    verdict: str = Field(description="up, down or empty", examples=["up"])
    applied_at: datetime | None = Field(description="When they last followed the link to apply")


class ShownIn(Schema):
    """A line of a list that somebody was shown."""

    match_id: int
    position: int = Field(ge=1, le=100_000, description="Where it stood, from 1", examples=[1])
    variant: str = Field(
        default="",
        pattern=r"^(\d{1,18}:(control|treatment))?$",
        description="As the list said it; of an arm that the caller is not in it is left out",
        examples=[""],
    )


class AllShownIn(Schema):
    """What a program showed at once."""

    lines: list[ShownIn] = Field(min_length=1, max_length=MOST_SHOWN)


class AllShownOut(Schema):
    """What of it is counted: the same line within the hour counts once."""

    lines: int = Field(description="Those that the caller can see; others are left out", examples=[10])


@router.post("/feedback", response=MarkOut, summary="Give feedback", operation_id="give_feedback")
def give_feedback(request: HttpRequest, body: FeedbackIn) -> Any:
    """Saves, hides or judges a job for the caller. The same feedback again within the hour counts once.

    A hidden job goes out of the caller's lists on the pages; lists over HTTP are complete and leave that to the client.
    """
    user = user_of(request)
    if (body.match_id is None) == (body.job_id is None):
        raise InvalidInput("Give either match_id or job_id, and not both.", details={"field": "match_id"})
    if body.reason and body.kind not in {"hide", "reject"}:
        raise InvalidInput("A reason goes with hiding and rejecting only.", details={"field": "reason"})
    match = get_match(user, body.match_id) if body.match_id is not None else None
    job = match.job if match is not None else get_job(body.job_id or 0)
    return _give(body, user, job, match)


def _variant(user: User, side: str, line: ShownIn) -> str:
    """As it was sent, where it is of the arm that this caller is in; experiments are not told by others what they did."""
    return line.variant if can_have_shown(user, side, line.variant) else ""


@router.post(
    "/feedback/shown",
    response={202: AllShownOut},
    summary="Say what was shown",
    operation_id="note_shown",
)
def note_shown(request: HttpRequest, response: HttpResponse, body: AllShownIn) -> Any:
    """Counts that the caller was shown these lines, so that what is done with them can be put down to where they stood.

    Answered before it is written. The pages of cvmatch count for themselves.
    """
    user, now = user_of(request), timezone.now()
    asked = {line.match_id: line for line in body.lines}
    seen = visible_matches(user).filter(pk__in=asked).values_list("pk", "job_id", "cv_id", "prediction__side")
    lines = [ShownLine(pk, job, cv, asked[pk].position, _variant(user, side, asked[pk])) for pk, job, cv, side in seen]
    if not lines:
        raise NotFound("There are no such matches, or they are not yours to see. Lists are made anew every day.")
    note = partial(feedback.note_shown, user=user, lines=lines, surface=Interaction.Surface.API, at=now)
    afterwards(response, note, what="impressions")
    return Answer(202, {"lines": len(lines)})


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
    if body.kind in _STAGES or _is_of_candidate(user, match):
        return _give_on_candidate(body, user, job, match)
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


def _is_of_candidate(user: User, match: Match | None) -> bool:
    """Whether this is a line of a job's candidates, which says nothing of what the caller makes of the job."""
    return user.is_recruiter and match is not None and match.prediction.side == Prediction.Side.CVS_FOR_JOB


def _give_on_candidate(body: FeedbackIn, user: User, job: Job, match: Match | None) -> JobMark:
    """What a recruiter makes of somebody for a job; raises InvalidInput where it is none, or nobody is meant."""
    if not user.is_recruiter or match is None:
        raise InvalidInput("Recruiters shortlist and reject, by match_id.", details={"field": "kind"})
    if stage := _STAGES.get(body.kind):
        deciding.decide(job=job, candidates=[match.cv.candidate_id], stage=stage, reason=body.reason, by=user)
        return JobMark(user=user, job=job, kind=stage, reason=body.reason)
    if body.kind not in {"open", "thumb_up", "thumb_down"}:
        raise InvalidInput("Jobs are saved and hidden, not candidates: give job_id.", details={"field": "kind"})
    feedback.note(user=user, job_id=job.pk, kind=body.kind, match=match)
    verdict = body.kind.removeprefix("thumb_") if body.kind != "open" else ""
    return JobMark(user=user, job=job, verdict=verdict)
