"""Operations: the pipeline page with its retry buttons, and health for machines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core import queue
from cvmatch.core.pages import number
from cvmatch.core.web import operators_only
from cvmatch.pipeline_state import PipelineState, pipeline_state, retry

OK = "ok"


@require_safe
@operators_only
def pipeline_page(request: HttpRequest) -> HttpResponse:
    """One row a stage, workers, failures by cause; asks for itself every five seconds."""
    part = "#state" if request.headers.get("HX-Target") == "state" else ""
    return render(request, f"operations/pipeline.html{part}", {"state": pipeline_state()})


@require_POST
@operators_only
def pipeline_retry(request: HttpRequest) -> HttpResponse:
    """Try failed rows again: one (``pk``), those with the same ``cause``, or all of a ``stage``."""
    pk = request.POST.get("pk", "")
    count = retry(request.POST.get("stage", ""), cause=request.POST.get("cause"), pk=number(pk))
    messages.success(request, f"{count} put back, to be tried again." if count else "Nothing was left to try again.")
    return redirect("pipeline")


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all; touches nothing else, so that a slow database does not restart it."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served: database, cache and queue. The causes go to the log, not to strangers."""
    checks = health_checks()
    works = all(answer == OK for answer in checks.values())
    return JsonResponse({"status": OK if works else "unavailable", "checks": checks}, status=200 if works else 503)


def health_checks() -> dict[str, str]:
    """ "ok" or the kind of error for each part that a request needs."""
    return {"database": _attempt(_ask_database), "cache": _attempt(_ask_cache), "queue": _attempt(queue.depths)}


def system_health() -> dict[str, Any]:
    """What works and what waits, for admins and programs."""
    checks = health_checks()
    if checks["database"] != OK:
        return {"status": "unavailable", "checks": checks, "stages": []}
    state = pipeline_state()
    checks |= {f"worker {worker.cluster}": OK if worker.is_alive else "no sign of life" for worker in state.workers}
    works = all(answer == OK for answer in checks.values())
    return {"status": OK if works else "degraded", "checks": checks, "stages": _stages_as_json(state)}


def _stages_as_json(state: PipelineState) -> list[dict[str, Any]]:
    return [
        {
            "name": row.stage.name,
            "waiting": row.waiting,
            "oldest": row.oldest,
            "working": row.working,
            "failed": row.failed,
            "done_last_hour": row.done_last_hour,
            "last_run": row.last_run.started_at if row.last_run else None,
            "last_error": row.last_run.error if row.last_run else "",
            "next_run": row.next_run,
        }
        for row in state.stages
    ]


def _attempt(ask: Any) -> str:
    try:
        ask()
    except (DatabaseError, OSError, ValueError) as error:
        return type(error).__name__
    return OK


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.set("health", OK, 30)
    if cache.get("health") != OK:
        raise ValueError("the cache does not keep what it is given")
