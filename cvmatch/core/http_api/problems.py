"""Errors as problem details (RFC 9457): the kinds there are, and the one shape that every refusal of the API has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop as _
from ninja import Schema
from pydantic import Field

Answering = Callable[[HttpRequest], HttpResponseBase]
CONTENT_TYPE = "application/problem+json"
# The page that `type` leads to. It is relative to wherever cvmatch is reached, and its anchors never change.
ERRORS_PAGE = "/docs/errors"


@dataclass(frozen=True)
class Kind:
    """One kind of problem. ``name`` is the part of `type` that programs tell kinds apart by.

    The words are English in answers, and translated on the page that `type` leads to.
    """

    name: str
    status: int
    title: str
    todo: str

    @property
    def type(self) -> str:
        return f"{ERRORS_PAGE}#{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "malformed",
            400,
            _("The request cannot be understood"),
            _("Send JSON, in UTF-8, as the reference shows it."),
        ),
        Kind("not-signed-in", 401, _("Not signed in"), _("Send a valid key: Authorization: Bearer cvm_…, or sign in.")),
        Kind("not-allowed", 403, _("Not allowed"), _("Ask with an account, or a key with a scope, that may do this.")),
        Kind("not-found", 404, _("Not found"), _("Check address and id. What you may not see is not found either.")),
        Kind("method", 405, _("Not that method"), _("Use one of the methods in the header Allow.")),
        Kind(
            "conflict", 409, _("Not at this moment"), _("Look at the state of what you want to change, then try again.")
        ),
        Kind("call-running", 409, _("The same call is still running"), _("Send it again after Retry-After seconds.")),
        Kind("answer-not-kept", 409, _("Done, but its answer was not kept"), _("Read what it changed instead.")),
        Kind("gone", 410, _("It is gone"), _("Ask for it anew.")),
        Kind("too-large", 413, _("Too large"), _("Send less at once.")),
        Kind("content-type", 415, _("Not that content type"), _("Send the content type that the answer names.")),
        Kind("invalid", 422, _("The request is not valid"), _("Correct the fields in errors.")),
        Kind("unreadable-file", 422, _("The file cannot be read"), _("Send another file; detail says what is wrong.")),
        Kind("key-reused", 422, _("This Idempotency-Key was used already"), _("Take a new key for each new request.")),
        Kind(
            "throttled", 429, _("Too many requests"), _("Wait Retry-After seconds. RateLimit tells how much is left.")
        ),
        Kind(
            "unexpected", 500, _("Something went wrong"), _("Try again; if it stays, report request_id to your admin.")
        ),
        Kind("upstream", 502, _("The other server failed"), _("Try again later.")),
        Kind("unavailable", 503, _("Not available right now"), _("Try again after Retry-After seconds.")),
    )
}
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS.values())}


class Problem(Schema):
    """An error as RFC 9457 problem details."""

    type: str = Field(description="Which kind; tell kinds apart by it", examples=[KINDS["invalid"].type])
    title: str = Field(description="The kind in words", examples=["The request is not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(description="What happened and what to do")
    errors: list[dict[str, Any]] = Field(default=[], description="Which field, and what would be right")
    request_id: str = Field(default="", description="Names this request in the logs; X-Request-ID too")


def kind_of(status: int) -> Kind:
    """The general kind of a status; one of a status without a kind of its own is that of its class."""
    fallback = KINDS["unexpected"] if status >= 500 else KINDS["malformed"]
    return _BY_STATUS.get(status, fallback)


def problem(
    *,
    status: int,
    detail: str = "",
    kind: str = "",
    title: str = "",
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """An error answer; ``kind`` is a name of KINDS where the status alone does not say it."""
    known = KINDS[kind] if kind else kind_of(status)
    body = Problem(
        type=known.type,
        title=title or known.title,
        status=status,
        detail=detail or known.todo,
        errors=[dict(error) for error in errors],
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
    return JsonResponse(body.model_dump(), status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The same refusal as problem details; answers that are none, or have that shape already, as they are."""
    if response.status_code < 400 or response.headers.get("Content-Type") == CONTENT_TYPE:
        return response
    detail = ""
    if response.status_code == 404:
        detail = f"There is nothing at {request.path}. All that there is stands in /api/v1/openapi.json."
    elif response.status_code == 405:
        allowed = response.headers.get("Allow", "")
        detail = f"{request.method} is not possible here{', only ' + allowed if allowed else ''}."
    answer: HttpResponse = problem(status=response.status_code, detail=detail)
    for name, value in response.items():
        if name not in {"Content-Type", "Content-Length"}:
            answer[name] = value
    answer.cookies = response.cookies
    response.close()
    return answer
