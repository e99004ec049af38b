"""A CV made for one job over HTTP: asked for, how far it is, all of it, as a file; and what a language model would take."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import NinjaJSONEncoder
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.cache import ANSWERS, Made, remember
from cvmatch.core.errors import Conflict
from cvmatch.core.http_api import user_of
from cvmatch.core.models import Status, User
from ingestion.models import CVView
from ingestion.naming import content_for, refuse_blind
from ingestion.selectors import get_cv
from ingestion.viewings import note_view
from jobs.selectors import get_job
from matching import optimising
from matching.api.lists import OPEN, RETRY_AFTER_S
from matching.model_budget import estimate
from matching.models import Tailoring
from matching.selectors.tailored import get_tailoring
from matching.selectors.versions import tailored_version_of
from matching.tailored_files import Format, file_of

router = Router(tags=["Tailored CVs"])

# Who reads blind is not shown the CV as a whole.
WHOLE = ("text_before", "text_after", "diff")

_FILE = {"responses": {200: {"description": "The new CV", "content": {"application/octet-stream": {}}}}}
_BEGUN = {
    "id": 7,
    "status": "pending",
    "cv_id": 17,
    "job_id": 42,
    "by": "rules",
    "fell_back": "",
    "error": "",
    "created_at": "2026-11-22T09:30:00Z",
    "finished_at": None,
    "is_current": True,
    "score_before": None,
    "score_after": None,
}


class OptimiseIn(Schema):
    """Which CV for which job, and who proposes the edits."""

    cv_id: int = Field(description="A CV that you may see", examples=[17])
    job_id: int = Field(description="An open job", examples=[42])
    by: Literal["rules", "model"] = Field(
        default="rules",
        description="`model` asks the language model too, where one is set up; `GET /optimise/estimate` says what that takes",
    )


class EditOut(Schema):
    """One change of the text, held against the CV."""

    kind: str = Field(description="move_up, rephrase, make_explicit or cut", examples=["make_explicit"])
    where: str = Field(
        description="Lines of the text before, from 1: 12, 12-15, >12 (above it), 14-15>12 (moved)", examples=["12"]
    )
    before: str
    after: str
    reason: str
    evidence: list[str] = Field(description="Quotes of the CV, to the letter, that it rests on")


class RefusedOut(Schema):
    """An edit that was proposed and not made."""

    edit: EditOut
    why: str


class GapOut(Schema):
    """What the job asks for and the CV does not show: to be learnt, or told where it is there, never claimed."""

    skill: str = Field(examples=["Kubernetes"])
    importance: str = Field(description="must or nice", examples=["must"])
    advice: str
    evidence: list[str] = Field(description="Lines of the CV that come near")


class DiffLineOut(Schema):
    """One line of the difference between the two texts."""

    kind: str = Field(description="same, removed, added or moved", examples=["added"])
    text: str
    before: int | None = Field(description="Its number in the text before; null where it is not in it")
    after: int | None = Field(description="Its number in the text after; null where it is not in it")


class OptimisedOut(Schema):
    """A CV for one job, as far as it is."""

    id: int = Field(examples=[7])
    status: str = Field(description="pending, processing, completed or failed", examples=["completed"])
    cv_id: int = Field(examples=[17])
    job_id: int = Field(examples=[42])
    by: str = Field(description="rules or model, as asked for", examples=["rules"])
    fell_back: str = Field(description="Why the rules did it without the model; empty otherwise", examples=[""])
    error: str = Field(description="Why it failed, in words; empty otherwise", examples=[""])
    created_at: datetime
    finished_at: datetime | None
    is_current: bool = Field(description="False where the CV or the job has changed since")
    score_before: float | None = Field(description="0 to 100, by the scorer of all matches", examples=[61.3])
    score_after: float | None = Field(description="The same of the new text; never lower", examples=[72.8])
    edits: list[EditOut] = []
    gaps: list[GapOut] = []
    refused: list[RefusedOut] = []
    text_before: str | None = Field(None, description="Null for those who read blind, and while it is not done")
    text_after: str | None = Field(None, description="Likewise")
    diff: list[DiffLineOut] | None = Field(None, description="Likewise")
    files: dict[str, str] = Field({}, description="The new CV as a file: addresses by docx and pdf")


class EstimateOut(Schema):
    """What asking the language model about one pair takes at most."""

    available: bool
    why_not: str = Field(description="Why it cannot be asked now; empty where it can", examples=[""])
    tokens_in: int = Field(description="Of the question, as estimated", examples=[2900])
    tokens_out: int = Field(description="Of the answer, at most", examples=[1500])
    cost: float | None = Field(
        description="At most, in the currency of the prices that are set; null without any", examples=[0.0013]
    )
    left_today: int = Field(description="Tokens that today's budget has left (UTC)", examples=[200000])


@router.post(
    "/optimise",
    response={200: OptimisedOut, 202: OptimisedOut},
    summary="Fit a CV to a job",
    operation_id="optimise_cv",
    openapi_extra={"responses": {202: {"content": {"application/json": {"example": _BEGUN}}}}},
)
def optimise_cv(request: HttpRequest, response: HttpResponse, body: OptimiseIn) -> Answer[OptimisedOut] | HttpResponse:
    """Edits that fit a CV to one job: what to move up, say in the job's words, make explicit, cut; and the real gaps.

    200 with all of it where this pair was asked for before and neither text has changed since. Else 202: poll the address in
    `Location`. No edit says anything that the CV does not.
    """
    user = user_of(request)

    def ask() -> Tailoring:
        return optimising.request_tailoring(cv_id=body.cv_id, job_id=body.job_id, by=body.by, requested_by=user)

    made = tailored_version_of(cv_id=body.cv_id, job_id=body.job_id, by=body.by, engine=optimising.engine_version())
    if made is not None and not user.is_blind:
        who = (user.pk, user.is_recruiter)
        answer = _as_json(remember(ANSWERS, ("optimise", who, made), lambda: _written(user, ask())))
        answer["Location"] = f"/api/v1/optimise/{made.split()[0]}"
        return answer
    row = ask()
    response["Location"] = f"/api/v1/optimise/{row.pk}"
    return _answer(response, user, row)


@router.get(
    "/optimise/estimate",
    response=EstimateOut,
    summary="What the language model would take",
    operation_id="estimate_model",
)
def estimate_model(
    request: HttpRequest,
    cv_id: Annotated[int, Query(description="A CV that you may see", examples=[17])],
    job_id: Annotated[int, Query(description="A job", examples=[42])],
) -> EstimateOut:
    """Tokens and cost at most, before anything is sent or spent; and what is left of today's budget."""
    found = estimate(get_cv(user_of(request), cv_id), get_job(job_id))
    return EstimateOut(available=not found.why_not, **vars(found))


@router.get(
    "/optimise/{optimised_id}",
    response={200: OptimisedOut, 202: OptimisedOut},
    summary="A CV fitted to a job",
    operation_id="get_optimised_cv",
)
def get_optimised_cv(request: HttpRequest, response: HttpResponse, optimised_id: int) -> Answer[OptimisedOut]:
    """202 while it is being made, 200 with all of it once it is there, or with `status` failed and the reason in `error`."""
    user = user_of(request)
    return _answer(response, user, get_tailoring(user, optimised_id))


@router.get(
    "/optimise/{optimised_id}/file",
    summary="The new CV as a file",
    operation_id="get_optimised_file",
    openapi_extra=_FILE,
)
def get_optimised_file(
    request: HttpRequest,
    optimised_id: int,
    format: Annotated[Format, Query(description="Of the file: docx or pdf", examples=["docx"])] = Format.DOCX,
) -> HttpResponse:
    """The CV with its edits, as Word or PDF; 409 while it is being made."""
    user = user_of(request)
    row = get_tailoring(user, optimised_id)
    refuse_blind(user)
    if row.status != Status.COMPLETED:
        raise Conflict("This CV is not made yet, or could not be made. Its status tells which.")
    note_view(user=user, cv=row.cv, how=CVView.How.API)
    return file_of(row, format)


def _answer(response: HttpResponse, user: User, row: Tailoring) -> Answer[OptimisedOut]:
    is_open = row.status in OPEN
    if is_open:
        response["Retry-After"] = RETRY_AFTER_S
    if row.status == Status.COMPLETED:
        note_view(user=user, cv=row.cv, how=CVView.How.API)
    return Answer(202 if is_open else 200, optimised_out(user, row))


def _written(user: User, row: Tailoring) -> Made:
    """What is made as it is answered, with a note of who looks; not to be kept where it is to be made anew after all."""
    is_made = row.status == Status.COMPLETED
    if is_made:
        note_view(user=user, cv=row.cv, how=CVView.How.API)
    text = json.dumps(optimised_out(user, row).model_dump(), cls=NinjaJSONEncoder)
    return Made(text.encode(), life_s=None if is_made else 0)


def _as_json(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/json; charset=utf-8")


def optimised_out(user: User, row: Tailoring) -> OptimisedOut:
    """The row as it is answered: without the CV as a whole for those who read blind."""
    facts = (
        "status",
        "cv_id",
        "job_id",
        "by",
        "fell_back",
        "error",
        "created_at",
        "finished_at",
        "score_before",
        "score_after",
    )
    made: dict[str, Any] = {}
    if row.status == Status.COMPLETED:
        made = {name: row.body_json[name] for name in ("edits", "gaps", "refused", *WHOLE)}
        if user.is_blind:
            made = content_for(user, made, row.cv) | dict.fromkeys(WHOLE)
        where = f"/api/v1/optimise/{row.pk}/file?format="
        made["files"] = {each.value: f"{where}{each.value}" for each in Format}
    return OptimisedOut(id=row.pk, is_current=is_current(row), **{name: getattr(row, name) for name in facts}, **made)


def is_current(row: Tailoring) -> bool:
    """Whether both texts still say what it was made from."""
    return (row.cv_hash, row.job_hash) == (row.cv.content_hash, row.job.content_hash)
