"""The HTTP API: routers joined, who may call, and the one map from errors to answers."""

from __future__ import annotations

import traceback
from typing import Annotated, Any

import structlog
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import django_auth
from pydantic import Field

from cvmatch.core.errors import CvmatchError, NotAllowed
from cvmatch.core.http_api import KeyAuth, problem, user_of
from cvmatch.dashboard import system_health
from ingestion.api.corrections import router as corrections
from ingestion.api.cvs import router as cvs
from ingestion.api.jobs import push_jobs as _push_jobs  # noqa: F401 - adds its call to the router of the jobs
from ingestion.api.sources import router as sources
from ingestion.parsing_figures import LONGEST_DAYS, parsing_state, state_as_json
from jobs.api import router as jobs
from matching.api import router as matches

log = structlog.get_logger(__name__)

DESCRIPTION = """
CVs in, explained matches out. Every call needs a session or a key: `Authorization: Bearer cvm_…`.

Three calls from a file to its matches:

1. `POST /api/v1/candidate/upload_and_parse` with the file; the answer's `Location` is the status.
2. `GET /api/v1/cvs/{id}/status` until `status` is `completed`, as often as `Retry-After` says.
3. `GET /api/v1/cvs/{id}/recommendations`.

Errors are problem details (RFC 9457): `title`, `status`, `detail`, and `errors` by field where there are any.
"""

api = NinjaAPI(
    title="cvmatch", version="1", description=DESCRIPTION, auth=[KeyAuth(), django_auth], urls_namespace="api-v1"
)
operations = Router(tags=["Operations"])


class HealthOut(Schema):
    """What works and what waits."""

    status: str
    checks: dict[str, str]
    stages: list[dict[str, Any]]


@operations.get("/system_health", response=HealthOut, summary="System health", operation_id="system_health")
def get_system_health(request: HttpRequest) -> Any:
    """Database, cache, queue and workers, and for each stage what waits and what failed. For admins."""
    if not user_of(request).is_operator:
        raise NotAllowed("Only admins may see the system's health.")
    return system_health()


class ParsingShareOut(Schema):
    """Readings of one week or format; shares are 0 to 1, null where nothing was read."""

    name: str
    ended: int
    failed: int
    failed_share: float
    needs_look: int
    median_completeness: float | None
    mean_score: float | None


class ParsingQualityOut(Schema):
    """How well CVs were read: every version of a CV is one reading."""

    days: int
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


@operations.get(
    "/parsing_quality", response=ParsingQualityOut, summary="Parsing quality", operation_id="parsing_quality"
)
def get_parsing_quality(request: HttpRequest, days: Annotated[int, Query(ge=1, le=LONGEST_DAYS)] = 30) -> Any:
    """How well CVs were read in the last days: shares, trend by week, findings, failures, worst first. For admins."""
    if not user_of(request).is_operator:
        raise NotAllowed("Only admins may see how well CVs are read.")
    return state_as_json(parsing_state(days))


api.add_router("/admin", operations)
api.add_router("/admin/sources", sources)
api.add_router("/jobs", jobs)
api.add_router("", cvs)
api.add_router("", corrections)
api.add_router("", matches)


@api.exception_handler(CvmatchError)
def expected(request: HttpRequest, error: CvmatchError) -> HttpResponse:
    field = error.details.get("field")
    fields = [{"field": field, "message": error.message}] if field else []
    return problem(title=error.title, status=error.status, detail=error.message, errors=fields)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [{"field": _field(e["loc"]), "message": e["msg"]} for e in error.errors]
    detail = "; ".join(f"{f['field']}: {f['message']}" for f in fields[:3])
    return problem(title="The request is not valid", status=422, detail=detail, errors=fields)


def _field(place: tuple[Any, ...]) -> str:
    """Where in the request: ninja puts the name of its own parameter between "body" and the sender's field."""
    known = place[:1] + place[2:] if place[0] == "body" and len(place) > 1 else place
    return ".".join(map(str, known))


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    detail = "Sign in, or send a valid key as 'Authorization: Bearer cvm_…'."
    answer = problem(title="Not signed in", status=401, detail=detail)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(title="The request cannot be served", status=error.status_code, detail=str(error))


@api.exception_handler(Exception)
def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    # The message of an unexpected error may quote a CV: only its type and its frames go to the log.
    frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
    log.error("api call failed", path=request.path, error=type(error).__name__, frames=frames)
    return problem(
        title="Something went wrong", status=500, detail="Try again later; the request id is in X-Request-ID."
    )
