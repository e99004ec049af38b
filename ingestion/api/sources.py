"""Connected sources over HTTP: what each is doing, run now, pause, resume; for admins and other programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from cvmatch.core.http_api import Page
from ingestion import syncing
from ingestion.models import Source, SyncRun
from ingestion.source_figures import SourceState, find_source, get_source, list_runs, list_sources, speed_of

router = Router(tags=["Sources"])
RETRY_AFTER_S = 5
_SHOWN = (
    "id", "trigger", "status", "asked_at", "started_at", "finished_at", "wait_until", "repairs", "rejected", "doubt", "error",
)  # fmt: skip


class RunOut(Schema):
    """One run with its counts."""

    id: int
    trigger: str
    status: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    wait_until: datetime | None = Field(description="Its keys are spent until then")
    pages: int
    fetched: int
    created: int
    updated: int
    unchanged: int
    failed: int
    expired: int
    jobs_per_second: float | None
    repairs: dict[str, int] = Field(description="How often each had to be made")
    rejected: list[str] = Field(description="The first reasons against items")
    doubt: str = Field(description="Why nothing was closed though it was missing")
    error: str


class BudgetOut(Schema):
    """One key: what its windows still allow until the end of today and of this month (UTC), and what is expected."""

    name: str
    today_possible: int
    today_expected: int
    month_possible: int
    month_expected: int


class SourceOut(Schema):
    """A connected source; its secrets are in no answer."""

    name: str
    kind: str
    state: str = Field(description="failing, doubted, running, waiting, late, new, paused or fresh")
    reason: str
    is_paused: bool
    every_minutes: int
    grace_days: int
    next_run_at: datetime | None
    open_jobs: int
    quality: int | None = Field(description="0 to 100; null without open jobs, and until it is judged first")
    quality_parts: dict[str, float]
    breaker: str = Field(description="closed, open or half-open")
    budgets: list[BudgetOut]
    last_run: RunOut | None


class SourceDetailOut(SourceOut):
    """With its open parameters and its newest runs."""

    parameters: dict[str, Any]
    runs: list[RunOut]


@router.get("", response=Page[SourceOut], summary="Sources", operation_id="list_sources")
def get_sources(request: HttpRequest) -> Any:
    """Every connected source, failing ones first."""
    return {"items": [_source(state) for state in list_sources()], "next": None}


@router.get("/{name}", response=SourceDetailOut, summary="One source", operation_id="get_source")
def get_one_source(request: HttpRequest, name: str) -> Any:
    """One source with its parameters and newest runs."""
    state = get_source(name)
    runs = [_run(run) for run in list_runs(state.source)]
    return {**_source(state), "parameters": state.source.options, "runs": runs}


@router.post("/{name}/sync", response={202: RunOut}, summary="Run now", operation_id="sync_source")
def sync_source(request: HttpRequest, name: str, response: HttpResponse) -> Any:
    """Ask for a run; while one is open, that one is answered. `Location` is the source, where its end shows."""
    run = syncing.request_sync(find_source(name))
    response["Location"] = request.path.removesuffix("/sync")
    response["Retry-After"] = str(RETRY_AFTER_S)
    return Status(202, _run(run))


@router.post("/{name}/pause", response=SourceOut, summary="Pause", operation_id="pause_source")
def pause_source(request: HttpRequest, name: str) -> Any:
    """No run is begun any more; its jobs stay. Safe to repeat."""
    return _changed(name, syncing.pause)


@router.post("/{name}/resume", response=SourceOut, summary="Resume", operation_id="resume_source")
def resume_source(request: HttpRequest, name: str) -> Any:
    """Runs go on as planned; one that was due meanwhile is due now. Safe to repeat."""
    return _changed(name, syncing.resume)


def _changed(name: str, change: Callable[[Source], None]) -> dict[str, Any]:
    change(find_source(name))
    return _source(get_source(name))


def _source(state: SourceState) -> dict[str, Any]:
    source, quality = state.source, state.quality
    return {
        "name": source.name,
        "kind": source.kind,
        "state": state.state.value,
        "reason": state.reason,
        "is_paused": source.is_paused,
        "every_minutes": source.every_minutes,
        "grace_days": source.grace_days,
        "next_run_at": state.next_run,
        "open_jobs": state.open_jobs,
        "quality": quality.score if quality else None,
        "quality_parts": {name: round(share, 3) for name, share in quality.parts.items()} if quality else {},
        "breaker": state.breaker.state if state.breaker else "closed",
        "budgets": [
            {
                "name": key.name,
                "today_possible": key.today.possible,
                "today_expected": key.today.expected,
                "month_possible": key.month.possible,
                "month_expected": key.month.expected,
            }
            for key in state.budgets
        ],
        "last_run": _run(state.run) if state.run else None,
    }


def _run(run: SyncRun) -> dict[str, Any]:
    speed = speed_of(run)
    return {name: getattr(run, name) for name in _SHOWN} | run.counts | {"jobs_per_second": speed and round(speed, 1)}
