"""Operations over HTTP for admins and their programs: health, parsing quality, the pipeline and its failures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from cvmatch.dashboard import stages_as_json, system_health
from cvmatch.pipeline_state import RETRY_AT_ONCE, pipeline_state, retry
from ingestion.parsing_figures import LONGEST_DAYS, parsing_state, state_as_json

router = Router(tags=["Operations"])


class StageOut(Schema):
    """One stage of the pipeline."""

    name: str = Field(examples=["parse_cvs"])
    waiting: int = Field(description="Rows that wait for it", examples=[3])
    oldest: datetime | None = Field(description="Since when the oldest of them waits; null where none does")
    working: int = Field(description="Rows that a worker has now", examples=[1])
    failed: int = Field(description="Rows that are set aside with an error", examples=[0])
    done_last_hour: int = Field(examples=[120])
    last_run: datetime | None = Field(description="When its last run began")
    last_error: str = Field(description="What ended that run early; empty otherwise", examples=[""])
    next_run: datetime | None = Field(description="By its schedule, at the latest")
    paused: bool = Field(description="Whether somebody has stopped it; its rows wait", examples=[False])


class HealthOut(Schema):
    """What works and what waits."""

    status: str = Field(description="ok, degraded or unavailable", examples=["ok"])
    checks: dict[str, str] = Field(description="By part: ok, or the kind of error", examples=[{"database": "ok"}])
    stages: list[StageOut]


class FailureOut(Schema):
    """Failed rows of one stage with the same cause."""

    stage: str = Field(examples=["parse_cvs"])
    cause: str = Field(examples=["The file holds no text."])
    count: int = Field(examples=[2])
    given_up: int = Field(description="How many of them are tried again by a person only", examples=[2])
    next_retry: datetime | None
    newest: datetime | None
    examples: list[int] = Field(description="Ids of some of the rows", examples=[[17, 18]])


class WorkerOut(Schema):
    """The workers of one queue."""

    queue: str = Field(examples=["interactive"])
    waiting: int = Field(description="Tasks that wait or are being worked on", examples=[0])
    beat_at: datetime | None = Field(description="Their last sign of life")
    is_alive: bool


class PipelineOut(Schema):
    """The pipeline: stages, failures by cause, workers."""

    stages: list[StageOut]
    failures: list[FailureOut]
    workers: list[WorkerOut]


class RetryIn(Schema):
    """Which failed rows to try again: all of a stage, those with the same cause, or one."""

    stage: str = Field(max_length=40, examples=["parse_cvs"])
    cause: str | None = Field(default=None, max_length=500, description="Only those with exactly this error")
    id: int | None = Field(default=None, description="Only this row")


class RetryOut(Schema):
    """How many rows were put back."""

    put_back: int = Field(description=f"At most {RETRY_AT_ONCE} in one call", examples=[2])


class ParsingShareOut(Schema):
    """Readings of one week or format; shares are 0 to 1, null where nothing was read."""

    name: str = Field(examples=["pdf"])
    ended: int
    failed: int
    failed_share: float
    needs_look: int = Field(description="Readings that a person should look at")
    median_completeness: float | None
    mean_score: float | None


class ParsingQualityOut(Schema):
    """How well CVs were read: every version of a CV is one reading."""

    days: int = Field(examples=[30])
    total: ParsingShareOut
    checks: dict[str, float | None] = Field(description="Mean share that is in order, by check")
    weeks: list[ParsingShareOut] = Field(description="Named by their Monday, oldest first")
    formats: list[ParsingShareOut]
    findings: list[dict[str, Any]] = Field(description="`finding` and the number of `cvs` that have it")
    failures: list[dict[str, Any]] = Field(description="`cause` and the number of `cvs` that failed with it")
    worst: list[dict[str, Any]] = Field(description="Ids of CVs with the lowest `score`, and what to look at")
    confidence: list[dict[str, Any]] = Field(description="Number of values by tenth of the confidence")
    confirmed: int = Field(description="CVs that somebody has looked through and confirmed")
    calibration_error: float | None = Field(description="On the newest of those; null without any")


@router.get("/system_health", response=HealthOut, summary="System health", operation_id="system_health")
def get_system_health(request: HttpRequest) -> Any:
    """Database, cache, queue and workers, and for each stage what waits and what failed. For admins."""
    return system_health()


@router.get("/parsing_quality", response=ParsingQualityOut, summary="Parsing quality", operation_id="parsing_quality")
def get_parsing_quality(
    request: HttpRequest, days: Annotated[int, Query(ge=1, le=LONGEST_DAYS, description="Of the last so many")] = 30
) -> Any:
    """How well CVs were read in the last days: shares, trend by week, findings, failures, worst first. For admins."""
    return state_as_json(parsing_state(days))


@router.get("/pipeline_status", response=PipelineOut, summary="The pipeline", operation_id="pipeline_status")
def get_pipeline_status(request: HttpRequest) -> Any:
    """Every stage with its backlog and last run, failures by cause, the workers of each queue. For admins."""
    state = pipeline_state()
    return {
        "stages": stages_as_json(state.stages),
        "failures": [
            {**vars(group), "examples": [failure.pk for failure in group.examples]} for group in state.failures
        ],
        "workers": [
            {"queue": worker.cluster, "waiting": worker.waiting, "beat_at": worker.beat_at, "is_alive": worker.is_alive}
            for worker in state.workers
        ],
    }


@router.post("/pipeline/retry", response=RetryOut, summary="Try failed rows again", operation_id="retry_pipeline")
def retry_pipeline(request: HttpRequest, body: RetryIn) -> RetryOut:
    """Failed rows are waiting again, with all their attempts; rows that have not failed stay as they are. For admins."""
    return RetryOut(put_back=retry(body.stage, cause=body.cause, pk=body.id))
