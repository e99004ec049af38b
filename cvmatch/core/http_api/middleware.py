"""Where the API meets the rest: two middlewares that leave pages alone."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cvmatch.core.http_api.caching import cache
from cvmatch.core.http_api.once import once
from cvmatch.core.http_api.problems import Answering, as_problem
from cvmatch.core.http_api.throttling import throttle

ROOT = "/api/v1/"


class ProblemMiddleware:
    """Gives every refusal under the API the shape of a problem, whoever refused. Early: it has to see what the others say."""

    def __init__(self, get_response: Answering) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        return as_problem(request, response) if request.path_info.startswith(ROOT) else response


class ApiMiddleware:
    """Counts a call, answers from what is kept, and lets the rest through. Last: it needs the user of the session."""

    def __init__(self, get_response: Answering) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ROOT):
            return self._get_response(request)
        return throttle(request, self._cached)

    def _cached(self, request: HttpRequest) -> HttpResponseBase:
        return cache(request, self._once)

    def _once(self, request: HttpRequest) -> HttpResponseBase:
        return once(request, self._get_response)
