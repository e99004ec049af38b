"""Answers that callers may keep: an ETag on everything read, 304 where nothing changed, and HEAD for every GET."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from cvmatch.core.http_api.problems import Answering

# Kept by the caller alone, and asked about each time: two callers see different things under one address.
POLICY = "private, no-cache"


def cache(request: HttpRequest, get_response: Answering) -> HttpResponseBase:
    """The answer with its ETag; or 304 without a body where the caller has that one."""
    is_head = request.method == "HEAD"
    if is_head:
        request.method = "GET"  # the operations know only this one
    response = get_response(request)
    patch_vary_headers(response, ["Authorization", "Cookie"])
    response.headers.setdefault("Cache-Control", POLICY)
    if request.method == "GET" and response.status_code == 200 and isinstance(response, HttpResponse):
        if "ETag" not in response.headers:
            response.headers["ETag"] = etag_of(response)
        response = get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
    return _without_body(response) if is_head else response


def etag_of(response: HttpResponse) -> str:
    """The tag of an answer, by its body."""
    return f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """As it is, with the length that the body had; that of a stream nobody knows."""
    if isinstance(response, HttpResponse):
        length = str(len(response.content))
        response.content = b""
        response.headers["Content-Length"] = length
        return response
    response.close()
    return HttpResponse(status=response.status_code, headers=dict(response.items()))
