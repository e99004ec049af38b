"""Operations: the pipeline page with its buttons, and health for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog
from django.contrib import messages
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from cvmatch.core import queue
from cvmatch.core.cache.breaker import REDIS
from cvmatch.core.errors import CvmatchError, InvalidInput
from cvmatch.core.models import User
from cvmatch.core.pages import number
from cvmatch.core.pausing import pause_stage, resume_stage
from cvmatch.pipeline_state import StageRow, list_workers, pipeline_state, retry, stage_rows
from cvmatch.pipeline_trend import trend_of
from matching.embedding import get_provider

log = structlog.get_logger(__name__)

OK = "ok"
SLOWER_WITHOUT = {"cache"}


@require_safe
def pipeline_page(request: HttpRequest) -> HttpResponse:
    """One row a stage, workers, failures by cause, asked for every five seconds; below it the last day, every minute."""
    target, stage = request.headers.get("HX-Target"), request.GET.get("stage", "")
    if target == "state":
        return render(request, "operations/pipeline.html#state", {"state": pipeline_state()})
    if target == "trend":
        return render(request, "operations/trend.html", {"trend": trend_of(stage)})
    return render(request, "operations/pipeline.html", {"state": pipeline_state(), "trend": trend_of(stage)})


@require_POST
def pipeline_retry(request: HttpRequest) -> HttpResponse:
    """Try failed rows again: one (``pk``), those with the same ``cause``, or all of a ``stage``."""
    pk = request.POST.get("pk", "")
    count = retry(request.POST.get("stage", ""), cause=request.POST.get("cause"), pk=number(pk))
    messages.success(
        request, _("%d put back, to be tried again.") % count if count else _("Nothing was left to try again.")
    )
    return redirect("pipeline")


@require_POST
def pipeline_pause(request: HttpRequest) -> HttpResponse:
    """Stop a ``stage`` or let it go on, as ``action`` says."""
    stage, action = request.POST.get("stage", ""), request.POST.get("action", "")
    if action == "pause":
        by = request.user if isinstance(request.user, User) else None
        pause_stage(stage=stage, by=by)
        said = _("%(stage)s is paused. A run that is going ends first; its rows wait.")
    elif action == "resume":
        resume_stage(stage=stage)
        said = _("%(stage)s goes on, with what waited first.")
    else:
        raise InvalidInput(_("There is no such action."))
    messages.success(request, said % {"stage": stage})
    return redirect("pipeline")


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all; touches nothing else, so that a slow database does not restart it."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served: database, cache, queue and model. The causes go to the log, not to strangers.

    Without its cache a server is slower and right: if all of them said no, there would be none left.
    """
    checks = health_checks()
    failed = {part for part, answer in checks.items() if answer != OK}
    status = "unavailable" if failed - SLOWER_WITHOUT else "degraded" if failed else OK
    return JsonResponse({"status": status, "checks": checks}, status=503 if status == "unavailable" else 200)


@require_safe
@never_cache
def detail(request: HttpRequest) -> JsonResponse:
    """The same with workers and stages, as ``system_health`` of the API gives it; for admins and their keys."""
    health = system_health()
    return JsonResponse(health, status=503 if health["status"] == "unavailable" else 200)


def health_checks() -> dict[str, str]:
    """ "ok" or the kind of error for each part that a request needs."""
    return {
        "database": _attempt(_ask_database),
        "cache": cache_check(),
        "queue": _attempt(queue.depths),
        "model": _model_check(),
    }


def _model_check() -> str:
    return _attempt(lambda: get_provider().check())


def cache_check() -> str:
    """ "ok", or the kind of error where the cache does not keep what it is given."""
    return _attempt(_ask_cache)


def system_health() -> dict[str, Any]:
    """What works and what waits, for admins and programs."""
    checks = {"database": _attempt(_ask_database), "cache": cache_check(), "model": _model_check()}
    if checks["database"] != OK:
        return {"status": "unavailable", "checks": checks, "stages": []}
    workers = list_workers()
    checks["queue"] = OK  # it is in the database, and has just said what is in it
    checks |= {f"worker {worker.cluster}": OK if worker.is_alive else "no sign of life" for worker in workers}
    works = all(answer == OK for answer in checks.values())
    return {"status": OK if works else "degraded", "checks": checks, "stages": stages_as_json(stage_rows())}


def stages_as_json(stages: Iterable[StageRow]) -> list[dict[str, Any]]:
    """The stages in plain values, in the order of the pipeline."""
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
            "paused": row.pause is not None,
        }
        for row in stages
    ]


def _attempt(ask: Any) -> str:
    try:
        ask()
    except (DatabaseError, OSError, ValueError, CvmatchError, ConnectionInterrupted, RedisError) as error:
        log.warning("health check failed", error=type(error).__name__)
        return type(error).__name__
    return OK


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    if cache.get("health") == OK:
        return
    cache.set("health", OK, 30)
    if cache.get("health") != OK:
        raise ValueError("the cache does not keep what it is given")
    if REDIS.state != "closed":
        raise RedisError("Redis is left alone, and tables of the database are the cache")
