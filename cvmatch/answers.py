"""Answers of the API that are given again (L1): to the same caller, as long as nothing that they were made from has changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from cvmatch.core.cache import ANSWERS, Made, remember
from cvmatch.core.cache.versions import JOBS, VECTORS, version_of
from cvmatch.core.http_api.caching import etag_of
from cvmatch.core.http_api.callers import Caller, caller_of
from cvmatch.core.http_api.middleware import ROOT
from cvmatch.core.http_api.problems import CONTENT_TYPE
from cvmatch.core.web import GetResponse
from cvmatch.guarding import operation_of
from matching.experiments.serving import stamp_of
from matching.selectors.versions import list_version, recommended_version, tailored_version

Kwargs = Mapping[str, Any]
HEADERS = ("Content-Type", "ETag", "Retry-After")


def _of(name: str, version: Callable[[int], str | None]) -> Callable[[Kwargs], str | None]:
    """The version of the row whose id is in the address; what cannot be an id has none, and is refused by the operation."""

    def versioned(kwargs: Kwargs) -> str | None:
        text = str(kwargs[name])
        return version(int(text)) if re.fullmatch(r"[0-9]{1,18}", text) else None

    return versioned


# Operations whose answers are kept → the version of all that they are made from; None where it has none. Those that do
# something besides answering (note who looked, start a search) are not among them, and what is kept as a list (L2) neither;
# but for one whose version is of the hour, as the note is that somebody looked.
VERSIONS: dict[str, Callable[[Kwargs], str | None]] = {
    "list_jobs": lambda _: version_of(JOBS),
    "get_job_facets": lambda _: version_of(JOBS),
    "get_job": lambda _: version_of(JOBS),
    "get_similar_jobs": lambda _: version_of(JOBS, VECTORS),
    "get_recommendations": _of("cv_id", recommended_version),
    "get_optimised_cv": _of("optimised_id", tailored_version),
    "get_prediction": _of("prediction_id", list_version),
}


class AnswersMiddleware:
    """Gives kept answers. Behind the table of access: whoever gets here may ask, and has been counted."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "GET" or not request.path_info.startswith(ROOT):
            return None
        assert request.resolver_match is not None
        operation = operation_of(request.resolver_match, "GET")
        name = str(operation.operation_id) if operation else ""
        caller = caller_of(request)
        if caller.user is None or name not in VERSIONS or (version := VERSIONS[name](kwargs)) is None:
            return None
        made_from = (name, request.get_full_path(), version, _scope(caller), get_language())
        return _opened(remember(ANSWERS, made_from, lambda: _made(view(request, *args, **kwargs))))


def _scope(caller: Caller) -> tuple[object, ...]:
    """All that an answer may depend on of who asks: the user as they are now, what their key opens, and in which order they
    are shown lists."""
    user = caller.user
    assert user is not None
    facts = [field for field in user._meta.concrete_fields if field.name not in ("password", "last_login")]
    key = tuple(caller.key.scopes) if caller.key else None
    return (*(getattr(user, field.attname) for field in facts), key, *stamp_of(user))


def _made(response: HttpResponse) -> Made:
    if response.status_code == 200:  # made once, not each time it is given
        response.headers["ETag"] = etag_of(response)
    headers = {name: response.headers[name] for name in HEADERS if name in response.headers}
    value = json.dumps([response.status_code, headers]).encode() + b"\n" + response.content
    # That there is nothing is remembered too, for a short while.
    lives = {200: ANSWERS.life_s, 202: ANSWERS.life_s, 404: ANSWERS.missing_s}
    return Made(value, life_s=lives.get(response.status_code, 0))


def _opened(value: bytes) -> HttpResponse:
    head, _, body = value.partition(b"\n")
    status, headers = json.loads(head)
    if headers.get("Content-Type") == CONTENT_TYPE:  # the refusal is the same, the request is not
        request_id = structlog.contextvars.get_contextvars()["request_id"]
        body = json.dumps({**json.loads(body), "request_id": request_id}).encode()
    return HttpResponse(body, status=status, headers=headers)
