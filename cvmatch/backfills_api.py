"""Back-fills over HTTP for admins and their programs: started, watched, paced, compared, switched to and rolled back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.core.errors import NotFound
from cvmatch.core.http_api import user_of
from matching.backfills import services
from matching.backfills.beside import lists_beside
from matching.backfills.values import Summary
from matching.models import Backfill

router = Router(tags=["Operations"])

Most = Annotated[int, Query(ge=1, le=200, description="How many at most")]


class Act(StrEnum):
    """What can be done about a back-fill."""

    PAUSE = "pause"
    RESUME = "resume"
    SWITCH = "switch"
    ROLL_BACK = "roll_back"
    CANCEL = "cancel"
    CLEAN = "clean"


_ACTS: Mapping[Act, Callable[[Backfill], None]] = {
    Act.PAUSE: services.pause,
    Act.RESUME: services.resume,
    Act.SWITCH: services.switch,
    Act.ROLL_BACK: services.roll_back,
    Act.CANCEL: services.cancel,
    Act.CLEAN: services.clean,
}


class BackfillIn(Schema):
    """What to work over again."""

    what: Literal["parse", "read", "embed", "match"] = Field(
        description="Files of CVs, what jobs ask for, vectors by another model, or the lists of CVs", examples=["match"]
    )
    to_version: str = Field(
        default="", max_length=60, description="Of `embed` the model; of the others what this code makes, or nothing"
    )
    rate: int = Field(default=services.RATE, ge=1, le=services.MOST_RATE, description="Most rows a minute")
    everything: bool = Field(default=False, description="Also rows that are of that version already")


class BackfillOut(Schema):
    """A back-fill, as far as it is."""

    id: int = Field(examples=[3])
    what: str = Field(examples=["match"])
    state: str = Field(
        description="running, paused, ready, switching, switched, rolling back, rolled back, cleaned or cancelled",
        examples=["ready"],
    )
    from_version: str
    to_version: str
    rate: int = Field(description="Most rows a minute", examples=[600])
    total: int
    done: int
    failed: int
    differing: int = Field(description="Rows of which something would be otherwise")
    progress: float = Field(description="0 to 1", examples=[0.4])
    error: str = Field(description="What holds it up; empty otherwise", examples=[""])
    started_at: datetime
    ready_at: datetime | None
    switched_at: datetime | None


class ComparedJobOut(Schema):
    """One line of a list; the title is empty where the job is gone."""

    job_id: int
    title: str
    score: float


class ListPairOut(Schema):
    """The list of one CV that is shown and the one that would be, ten lines each at most."""

    cv_id: int
    overlap_at_10: float = Field(description="0 to 1", examples=[0.9])
    score_change: float | None = Field(description="Points, in the mean, of the jobs in both; null without any")
    before: list[ComparedJobOut]
    after: list[ComparedJobOut]


class BesideOut(Schema):
    """Old and new lists beside each other, of a sample of CVs."""

    lists: int = Field(description="CVs of the sample that had a list before", examples=[200])
    overlap_at_10: float = Field(description="In the mean, 0 to 1", examples=[0.93])
    score_change: float | None = Field(description="In the mean, in points", examples=[0.4])
    most_different: list[ListPairOut]


class OneBackfillOut(BackfillOut):
    """A back-fill with what would be otherwise."""

    facts: dict[str, int] = Field(description="What is read otherwise, in how many rows")
    gained: dict[str, int] = Field(description="Skills that come")
    lost: dict[str, int] = Field(description="Skills that go")
    corrected: int = Field(description="Rows with corrections by people, which hold over both")
    measures: dict[str, float] = Field(description="Shares, 0 to 1, once all rows are through")
    beside: BesideOut | None = Field(description="Of `match`, where there were lists before; null otherwise")


class BackfillsOut(Schema):
    """Back-fills, the newest first."""

    items: list[BackfillOut]


@router.get("/backfills", response=BackfillsOut, summary="Back-fills", operation_id="list_backfills")
def list_backfills(request: HttpRequest, limit: Most = 50) -> BackfillsOut:
    """All that there were, the newest first. For admins."""
    return BackfillsOut(items=[_out(backfill) for backfill in Backfill.objects.defer("summary_json")[:limit]])


@router.post("/backfills", response={201: BackfillOut}, summary="Start a back-fill", operation_id="start_backfill")
def start_backfill(request: HttpRequest, response: HttpResponse, body: BackfillIn) -> Answer[BackfillOut]:
    """Nothing in use changes before you switch to it. 422 while one of the kind is on its way. For admins."""
    backfill = services.start_backfill(**body.dict(), by=user_of(request))
    response["Location"] = f"/api/v1/admin/backfills/{backfill.pk}"
    return Answer(201, _out(backfill))


@router.get("/backfills/{backfill_id}", response=OneBackfillOut, summary="A back-fill", operation_id="get_backfill")
def get_backfill(request: HttpRequest, backfill_id: int) -> OneBackfillOut:
    """How far it is and what would be otherwise; of lists, old and new side by side on a sample. For admins."""
    backfill = _found(backfill_id)
    summary = Summary.from_json(backfill.summary_json).to_json()
    return OneBackfillOut(**_out(backfill).dict(), **summary, beside=_beside(backfill))


@router.post(
    "/backfills/{backfill_id}/{action}",
    response=BackfillOut,
    summary="Act on a back-fill",
    operation_id="act_on_backfill",
)
def act_on_backfill(request: HttpRequest, backfill_id: int, action: Act) -> BackfillOut:
    """Pause, resume, switch to what is new, roll back, cancel, or clean up what was replaced. 422 where its state does not allow
    it. A switch and a roll-back are done by a worker: ask until `state` is switched or rolled back. For admins."""
    backfill = _found(backfill_id)
    _ACTS[action](backfill)
    return _out(backfill)


def _found(pk: int) -> Backfill:
    backfill = Backfill.objects.filter(pk=pk).first()
    if backfill is None:
        raise NotFound("There is no such back-fill.")
    return backfill


def _out(backfill: Backfill) -> BackfillOut:
    names = [name for name in BackfillOut.model_fields if name != "progress"]
    return BackfillOut(progress=round(backfill.share, 3), **{name: getattr(backfill, name) for name in names})


def _beside(backfill: Backfill) -> BesideOut | None:
    found = lists_beside(backfill)
    if found is None:
        return None
    pairs: list[Any] = [
        {
            "cv_id": pair.cv.pk,
            "overlap_at_10": pair.overlap,
            "score_change": pair.change,
            "before": [asdict(line) for line in pair.before],
            "after": [asdict(line) for line in pair.after],
        }
        for pair in found.pairs
    ]
    return BesideOut(lists=found.lists, overlap_at_10=found.overlap, score_change=found.change, most_different=pairs)
