"""How ranked lists and their lines are answered, whichever endpoint they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.models import Status, User
from ingestion.models import CVView
from ingestion.naming import content_for, label_for
from ingestion.viewings import note_views
from matching.experiments.serving import in_order, ordering_for
from matching.models import Match, Prediction
from matching.progress import Step

RETRY_AFTER_S = "1"
OPEN = (Status.PENDING, Status.PROCESSING)

After = Annotated[int, Query(ge=0, le=100_000, description="The rank after which to begin")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many lines at most")]


class StepOut(Schema):
    """One step on the way from a file to explained matches."""

    name: str = Field(description="received, read, embedded, matched or explained", examples=["read"])
    status: str = Field(description="pending, processing, completed or failed", examples=["completed"])
    finished_at: datetime | None = Field(description="Null while it is not done")
    error: str = Field(description="Why it failed, in words; empty otherwise", examples=[""])
    retry_at: datetime | None = Field(description="When it is tried again by itself; null where it is not")


class MatchOut(Schema):
    """One line of a ranked list."""

    id: int | None = Field(description="Null in a list that is not stored", examples=[4711])
    rank: int = Field(examples=[1])
    cv_id: int = Field(examples=[17])
    job_id: int = Field(examples=[42])
    title: str = Field(
        description="The job's title; for a job's candidates, the CV's own label", examples=["Data Engineer"]
    )
    company: str = Field(examples=["Acme"])
    place: str = Field(description="Town and country of the job, or Remote", examples=["Berlin, DE"])
    score: Decimal = Field(
        description="0 to 100, absolute: it does not depend on the rest of the list", examples=["78.5"]
    )
    low: Decimal = Field(description="The score is hardly lower than this", examples=["71.0"])
    high: Decimal = Field(description="The score is hardly higher than this", examples=["84.0"])
    band: str = Field(description="strong, good, partial, weak, or no data", examples=["good"])
    parts: list[dict[str, Any]] = Field(
        description="name, value (0 to 1, null when unknown) and weight",
        examples=[[{"name": "skills", "value": 0.75, "weight": 0.2}]],
    )
    explanation: dict[str, Any] | None = Field(description="Null while it is being written")
    variant: str | None = Field(
        None,
        description="The experiment with the order of lists, and its arm, that put the line here for you; null outside of one",
        examples=["7:treatment"],
    )


class PredictionOut(Schema):
    """A ranked list with what it was made from."""

    id: int | None = Field(
        description="Null in a list that is not stored, and while the CV is not read yet; its status tells how far it is",
        examples=[99],
    )
    status: str = Field(description="pending, processing, completed or failed", examples=["completed"])
    side: str = Field(description="jobs: jobs for a CV; cvs: candidates for a job", examples=["jobs"])
    cv_id: int | None = Field(examples=[17])
    job_id: int | None = Field(examples=[None])
    created_at: datetime = Field(description="When it was asked for")
    searched: int = Field(description="How many were found before the best were compared in full", examples=[200])
    model: str = Field(description="The embedding model", examples=["minilm"])
    config_version: str = Field(description="Of weights, vocabulary and parser")
    error: str = Field(description="Why it failed, in words; empty otherwise", examples=[""])
    matches: list[MatchOut] = Field(description="Best first")
    next: str | None = Field(
        None, description="The address of the ranks that follow, of this same list; null at its end"
    )


def answer(
    response: HttpResponse, user: User, prediction: Prediction, after: int = 0, limit: int = 100
) -> Answer[PredictionOut]:
    """A stored list as it is now: 202 while it is being made."""
    open_ = prediction.status in OPEN
    if open_:
        response["Retry-After"] = RETRY_AFTER_S
    return Answer(202 if open_ else 200, page_of(user, prediction, after, limit))


def page_of(user: User, prediction: Prediction, after: int, limit: int, *, at: str = "") -> PredictionOut:
    """Some ranks of a stored list; ``at`` is where its further pages are."""
    found = lines_of(user, prediction, after, limit + 1)
    # Their reasons quote CVs, so that it is kept who read them.
    note_views(user=user, cv_ids={line.match.cv_id for line in found[:limit]}, how=CVView.How.API)
    # The address of this very list: a newer one that is made meanwhile moves no page.
    where = at or f"/api/v1/predictions/{prediction.pk}"
    following = f"{where}?after={after + limit}&limit={limit}" if len(found) > limit else None
    return list_out(user, prediction, found[:limit], following)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of a list with the rank at which the caller is shown it, and the arm of an experiment that put it there."""

    match: Match
    rank: int
    variant: str = ""


def lines_of(user: User, prediction: Prediction, after: int, most: int) -> list[Ranked]:
    """At most so many lines of a list behind a rank, as this user is shown them, without the texts."""
    rows = Match.objects.filter(prediction_id=prediction.pk)
    if ordering_for(user, prediction.side) is None:
        found = _loaded(rows.filter(rank__gt=after)).order_by("rank")[:most]
        return [Ranked(line, line.rank) for line in found]
    page = in_order(user, prediction.side, rows)[after : after + most]
    lines = _loaded(rows).in_bulk([line.pk for line, _ in page])
    placed = enumerate(page, start=after + 1)
    return [Ranked(lines[line.pk], rank, variant) for rank, (line, variant) in placed if line.pk in lines]


def _loaded(rows: QuerySet[Match]) -> QuerySet[Match]:
    return rows.select_related("job", "cv", "explanation").only(
        "prediction_id", "rank", "cv_id", "job_id", "score", "low", "high", "band", "parts_json",
        "job__title", "job__company", "job__remote",
        "job__city", "job__region", "job__country", "job__postal_code", "job__latitude", "job__longitude",
        "cv__label", "cv__name", "explanation__status", "explanation__body_json",
    )  # fmt: skip


def list_out(user: User, prediction: Prediction, lines: Sequence[Ranked], following: str | None) -> PredictionOut:
    """A list, stored or not, as it is answered."""
    facts = ("status", "side", "cv_id", "job_id", "created_at", "searched", "model", "config_version", "error")
    return PredictionOut(
        id=prediction.pk,
        matches=[match_out(user, line, side=prediction.side) for line in lines],
        next=following,
        **{name: getattr(prediction, name) for name in facts},
    )


def match_out(user: User, ranked: Ranked, *, side: str) -> MatchOut:
    """One line as it is answered: without the person for those who read blind."""
    of_jobs, line = side == Prediction.Side.JOBS_FOR_CV, ranked.match
    explained = line.explanation.status == Status.COMPLETED
    numbers = ("cv_id", "job_id", "score", "low", "high", "band")
    return MatchOut(
        id=line.pk,
        rank=ranked.rank,
        variant=ranked.variant or None,
        title=line.job.title if of_jobs else label_for(user, line.cv),
        company=line.job.company,
        place="Remote" if line.job.remote else str(line.job.place),
        parts=line.parts_json,
        explanation=content_for(user, line.explanation.body_json, line.cv) if explained else None,
        **{name: getattr(line, name) for name in numbers},
    )


def steps_out(steps: Sequence[Step]) -> list[StepOut]:
    """The steps of a CV or a list."""
    names = ("name", "status", "finished_at", "error", "retry_at")
    return [StepOut(**{name: getattr(step, name) for name in names}) for step in steps]
