"""Figures over HTTP for admins and their programs: how fast, how good, and a try of the queues."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field

from cvmatch.performance import evaluations, interactions, performance
from cvmatch.queue_test import find_test, start_test
from ingestion.parsing_figures import LONGEST_DAYS
from matching.engagement import engagement
from matching.models import EvaluationRun

router = Router(tags=["Operations"])


class SpansOut(Schema):
    """How long things took."""

    count: int = Field(examples=[42])
    p50_s: float | None = Field(description="Seconds; null where nothing was done", examples=[0.8])
    p95_s: float | None = Field(examples=[2.1])


class StageSpeedOut(Schema):
    """The runs of one stage in the last hour."""

    name: str = Field(examples=["match_cvs"])
    runs: int = Field(examples=[12])
    done: int = Field(description="Rows", examples=[40])
    failed: int = Field(description="Rows", examples=[0])
    rows_per_s: float | None = Field(description="While it ran; null where it did nothing", examples=[21.5])
    run_p95_s: float | None = Field(examples=[1.2])


class RequestsOut(Schema):
    """Requests since the web processes started."""

    count: int = Field(examples=[1200])
    errors: int = Field(description="Answers of 500 and above", examples=[0])
    p50_s: float | None = Field(description="Null where it lies beyond the last bucket", examples=[0.012])
    p95_s: float | None = Field(examples=[0.04])


class PerformanceOut(Schema):
    """How fast the system is; what is not known is null."""

    stages: list[StageSpeedOut] = Field(description="Those that ran in the last hour")
    queues: dict[str, int] = Field(description="Tasks that wait or are being worked on", examples=[{"interactive": 0}])
    lists_last_hour: SpansOut = Field(description="Ranked lists, from being asked for to being there")
    lists_last_day: SpansOut
    readings_last_day: SpansOut = Field(description="CV files, from upload to being read")
    requests: RequestsOut | None = Field(description="Null where requests are not counted")
    cache_hit_rate: float | None = Field(
        description="Of all layers together, 0 to 1, since counting began; null before anything was asked for",
        examples=[0.91],
    )


class EvaluationOut(Schema):
    """Our ranker measured once on one labelled collection."""

    run_at: datetime
    collection: str = Field(examples=["own-cvs"])
    kind: str = Field(description="What the queries and the documents are")
    queries: int
    documents: int
    measures: dict[str, float | None] = Field(
        alias="measures_json", description="Means, 0 to 1", examples=[{"AP": 0.5}]
    )
    model: str
    config_version: str
    commit: str


class FiguresOut(Schema):
    """What came of lines that were shown. An impression is a line that one person was shown within one hour."""

    impressions: int = Field(examples=[1200])
    opens: int = Field(description="Impressions that were opened within a day", examples=[96])
    conversions: int = Field(
        description="Those that were applied to (candidates) or shortlisted (recruiters)", examples=[12]
    )
    ctr: float | None = Field(alias="ctr.value", description="Opens by impressions; null without any", examples=[0.08])
    ctr_low: float | None = Field(alias="ctr.low", description="Wilson's interval, 95 %", examples=[0.066])
    ctr_high: float | None = Field(alias="ctr.high", examples=[0.0967])
    ctr_corrected: float | None = Field(
        description="The CTR if each line were looked at like the first of a list", examples=[0.21]
    )
    conversion: float | None = Field(
        alias="conversion.value", description="Conversions by impressions; null without any", examples=[0.01]
    )
    conversion_low: float | None = Field(alias="conversion.low", examples=[0.0057])
    conversion_high: float | None = Field(alias="conversion.high", examples=[0.0174])


class DayOut(FiguresOut):
    day: date = Field(alias="of", description="UTC")


class PositionOut(FiguresOut):
    position: int = Field(alias="of", description="From 1; 100 stands for all further down", examples=[1])


class VariantOut(FiguresOut):
    variant: str = Field(alias="of", description="Experiment and arm; empty without one", examples=["3:treatment"])


class SourceEngagementOut(FiguresOut):
    source: str = Field(alias="of", description="Where the job came from", examples=["acme"])


class EngagementOut(Schema):
    """What one side was shown and what came of it."""

    steepness: float = Field(
        description="A line is looked at with probability position^-steepness, told from these days; 0 if too little is known",
        examples=[0.7],
    )
    total: FiguresOut
    by_day: list[DayOut] = Field(description="Every day, today last")
    by_position: list[PositionOut]
    by_variant: list[VariantOut] = Field(description="Most impressions first")
    by_source: list[SourceEngagementOut] = Field(description="Most impressions first")


class EvaluationMetricsOut(Schema):
    """How good lists are: as labelled collections say, and as people do."""

    days: int = Field(examples=[30])
    evaluations: list[EvaluationOut] = Field(description="Newest first")
    interactions: dict[str, int] = Field(
        description="What people were shown and did with it, by kind; the same within an hour counts once",
        examples=[{"open": 120, "apply": 14}],
    )
    apply_rate: float | None = Field(description="Applications by jobs opened; null where none was", examples=[0.117])
    candidate: EngagementOut = Field(description="Jobs that candidates were shown; they convert by applying")
    recruiter: EngagementOut = Field(description="What recruiters were shown; it converts by being shortlisted")


class QueueTestOut(Schema):
    """A task that does nothing, on each queue."""

    id: UUID
    status: str = Field(description="pending, or completed once every queue has answered", examples=["completed"])
    seconds: dict[str, float | None] = Field(
        description="There and back by queue; null while its task waits",
        examples=[{"interactive": 0.21, "bulk": 0.24}],
    )


@router.get(
    "/performance_dashboard", response=PerformanceOut, summary="Performance", operation_id="performance_dashboard"
)
def get_performance(request: HttpRequest) -> Any:
    """Rates of stages, depths of queues, how long lists and readings take, how fast requests are answered. For admins."""
    return performance()


@router.get(
    "/evaluation_metrics",
    response=EvaluationMetricsOut,
    by_alias=False,
    summary="Quality of lists",
    operation_id="evaluation_metrics",
)
def get_evaluation_metrics(
    request: HttpRequest, days: Annotated[int, Query(ge=1, le=LONGEST_DAYS, description="Of the last so many")] = 30
) -> Any:
    """How good our ranker was in the evaluations of the last days, and what people did with their lists: opened and converted
    by day, position, variant and source, with 95 % intervals and position bias taken out. For admins."""
    done = interactions(days)
    rate = round(done["apply"] / done["open"], 4) if done["open"] else None
    runs: list[EvaluationRun] = list(evaluations(days))
    sides = {told.side.value: told for told in engagement(days)}
    return {"days": days, "evaluations": runs, "interactions": done, "apply_rate": rate, **sides}


@router.post("/queue_test", response={202: QueueTestOut}, summary="Try the queues", operation_id="start_queue_test")
def start_queue_test(request: HttpRequest, response: HttpResponse) -> Answer[dict[str, Any]]:
    """Sends a task that does nothing to each queue; poll the address in `Location`. For admins."""
    test = start_test()
    response["Location"] = f"/api/v1/admin/queue_test/{test}"
    response["Retry-After"] = "1"
    return Answer(202, _test(test, find_test(test)))


@router.get("/queue_test/{test_id}", response=QueueTestOut, summary="How it went", operation_id="get_queue_test")
def get_queue_test(request: HttpRequest, test_id: UUID) -> dict[str, Any]:
    """How long the task took there and back on each queue. Kept for an hour. For admins."""
    return _test(test_id, find_test(test_id))


def _test(test: UUID, seconds: dict[str, float | None]) -> dict[str, Any]:
    status = "pending" if None in seconds.values() else "completed"
    return {"id": test, "status": status, "seconds": seconds}
