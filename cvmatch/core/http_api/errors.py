"""The one map from what is raised in an operation to the answer of the API."""

from __future__ import annotations

import traceback
from typing import Any

import structlog
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from cvmatch.core.errors import CvmatchError, UnreadableDocument
from cvmatch.core.http_api.problems import problem
from cvmatch.core.reporting import report

log = structlog.get_logger(__name__)

RETRY_AFTER_S = "5"
_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)


class JsonParser(Parser):
    """Bodies that an operation takes as JSON: nothing that calls itself something else."""

    def parse_body(self, request: HttpRequest) -> Any:
        kind = request.content_type or ""
        if kind and kind != "application/json" and not kind.endswith("+json"):
            raise HttpError(415, f"Send application/json here, not {kind[:80]}.")
        return super().parse_body(request)


def handle_errors(api: NinjaAPI) -> None:
    """Every error of ``api``'s operations becomes a problem."""
    for kind, answer in (
        (CvmatchError, _expected),
        (ValidationError, _invalid),
        (AuthenticationError, _unauthenticated),
        (HttpError, _refused),
        *((kind, _unreadable) for kind in UNREADABLE),
        (OperationalError, _unavailable),
        (InterfaceError, _unavailable),
        (Exception, _unexpected),
    ):
        api.add_exception_handler(kind, answer)  # type: ignore[arg-type]


def unreadable(error: Exception) -> HttpResponse:
    """The answer to a request whose body cannot be read: one of UNREADABLE was raised."""
    if isinstance(error, _TOO_LARGE):
        return problem(status=413, detail="The request is larger than what is read at once. Send it in parts.")
    return problem(status=400, detail="The request broke off, or cannot be read. Send it again.")


def _expected(request: HttpRequest, error: CvmatchError) -> HttpResponse:
    field = error.details.get("field")
    fields = [{"field": field, "message": error.message}] if field else []
    kind = "unreadable-file" if isinstance(error, UnreadableDocument) else ""
    return problem(kind=kind, title=error.title, status=error.status, detail=error.message, errors=fields)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [{"field": _field(e["loc"]), "message": e["msg"]} for e in error.errors]
    detail = "; ".join(f"{f['field']}: {f['message']}" for f in fields[:3])
    return problem(status=422, detail=detail, errors=fields)


def _field(place: tuple[Any, ...]) -> str:
    """Where in the request: ninja puts the name of its own parameter between "body" and the sender's field."""
    known = place[:1] + place[2:] if place[0] == "body" and len(place) > 1 else place
    return ".".join(map(str, known))


def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(status=401, headers={"WWW-Authenticate": "Bearer"})


def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, HttpError):  # of our parser: ninja makes a 400 of whatever that raises
        error = error.__cause__
    detail = str(error)
    if error.status_code == 403 and "CSRF" in detail:
        detail = "A session needs the CSRF token in X-CSRFToken, or call with a key."
    return problem(status=error.status_code, detail=detail)


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return unreadable(error)


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("database not available", path=request.path, error=type(error).__name__)
    return problem(status=503, headers={"Retry-After": RETRY_AFTER_S})


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    # The message of an unexpected error may quote a CV: only its type and its frames go to the log.
    frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
    report(error)
    log.error("api call failed", path=request.path, error=type(error).__name__, frames=frames)
    return problem(status=500, detail="Try again later; request_id names this in the logs.")
