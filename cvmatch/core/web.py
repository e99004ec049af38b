"""What every request gets: an id that follows it into the logs and tasks, and errors as pages that say what to do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from cvmatch.core.errors import CvmatchError
from cvmatch.core.models import User

P = ParamSpec("P")
GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class RequestIdMiddleware:
    """Takes a well-formed X-Request-ID from the proxy or makes one; logs and tasks carry it."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if re.fullmatch(r"[\w.-]{8,64}", given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._get_response(request)
        response["X-Request-ID"] = request_id
        return response


class PartsMiddleware:
    """Tells caches that an address gives the page or, to HTMX, a part of it; else the way back shows the part as the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("HX-Request", "HX-Target"))
        return response


class PageErrorMiddleware:
    """Shows an expected error as a page, or as a fragment when HTMX asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_answer(request, error) if isinstance(error, CvmatchError) else None


def error_answer(request: HttpRequest, error: CvmatchError) -> HttpResponse:
    """A page that says what happened, or a fragment when HTMX asked."""
    template = "components/error.html" if request.headers.get("HX-Request") else "error.html"
    return render(request, template, {"title": error.title, "message": error.message}, status=error.status)


def current_user(request: HttpRequest) -> User:
    """The signed-in user, with our own user type."""
    return cast(User, request.user)
