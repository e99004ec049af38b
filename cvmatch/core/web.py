"""What every request gets: an id that follows it into the logs and tasks, and errors as pages that say what to do."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

import structlog
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cvmatch.core.errors import CvmatchError, NotAllowed
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


class PageErrorMiddleware:
    """Shows an expected error as a page, or as a fragment when HTMX asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, CvmatchError):
            return None
        template = "components/error.html" if request.headers.get("HX-Request") else "error.html"
        return render(request, template, {"title": error.title, "message": error.message}, status=error.status)


def current_user(request: HttpRequest) -> User:
    """The signed-in user, with our own user type."""
    return cast(User, request.user)


def recruiters_only(view: View[P]) -> View[P]:
    """Pages for recruiters and admins."""
    return _guarded(view, lambda user: user.is_recruiter, "This page is for recruiters. An admin can change your role.")


def operators_only(view: View[P]) -> View[P]:
    """Pages for admins."""
    return _guarded(view, lambda user: user.is_operator, "This page is for admins. Ask one of yours.")


def _guarded(view: View[P], allowed: Callable[[User], bool], otherwise: str) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not allowed(current_user(request)):
            raise NotAllowed(otherwise)
        return view(request, *args, **kwargs)

    return cast(View[P], login_required(guarded))
