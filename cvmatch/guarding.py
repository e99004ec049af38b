"""Holds every request against the table of access, before a page or an operation of the API runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.operation import Operation

from cvmatch.access import NAMESPACES, OPERATIONS, PAGES, Rule, Who
from cvmatch.api import api
from cvmatch.core.errors import NotAllowed
from cvmatch.core.http_api import problem
from cvmatch.core.http_api.callers import Caller, caller_of
from cvmatch.core.web import GetResponse, error_answer

API = api.urls_namespace
NOBODY = gettext_lazy("Nobody has been given the right to do this.")


class AccessMiddleware:
    """Refuses what the table does not allow, and what it does not name."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        assert match is not None
        if match.route not in api_routes():
            return _page(request, page_rule(match))
        operation = operation_of(match, request.method or "")
        return (
            _operation(request, operation) if operation else None
        )  # without one, the API says which methods there are


def page_rule(match: ResolverMatch) -> Rule | None:
    """The row of a page; None when there is none."""
    return PAGES.get(match.view_name) or NAMESPACES.get(match.namespaces[0] if match.namespaces else "")


def _page(request: HttpRequest, rule: Rule | None) -> HttpResponse | None:
    if rule is None:
        return error_answer(request, NotAllowed(str(NOBODY)))
    if rule.scope is not None:
        return _machine(request, rule)
    if Who.ANONYMOUS in rule.who or rule.allows(request.user):  # in this order: health must answer without a database
        return None
    if request.user.is_authenticated:
        return error_answer(request, NotAllowed(str(rule.refusal)))
    if request.headers.get("HX-Request"):  # a part of a page must not become the sign-in form: the page as a whole does
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())


def _machine(request: HttpRequest, rule: Rule) -> HttpResponse | None:
    """Pages that programs read, with a key, or somebody who is signed in."""
    caller = caller_of(request)
    if caller.user is not None and _refusal(caller, rule) is None:
        return None
    text = _("A key of somebody who may see this is needed.")
    return HttpResponse(f"{text}\n", status=401, content_type="text/plain", headers={"WWW-Authenticate": "Bearer"})


def _operation(request: HttpRequest, operation: Operation) -> HttpResponse | None:
    rule = OPERATIONS.get(operation.operation_id or "")
    if rule is None or not (operation.auth_callbacks or Who.ANONYMOUS in rule.who):
        return _refused(NOBODY)
    caller = caller_of(request)
    refusal = _refusal(caller, rule) if caller.user else None  # who is not known is sent away by the API itself
    return _refused(refusal) if refusal else None


def _refusal(caller: Caller, rule: Rule) -> str | None:
    """Why this caller may not; None when they may."""
    if not rule.allows(caller.user or AnonymousUser()):
        return str(rule.refusal)
    if caller.key is None:
        return None
    if rule.scope is None:
        return _("No key opens this; sign in.")
    if not caller.key.allows(rule.scope):
        return _("This key was not made for that. Make one with the scope %(scope)s.") % {"scope": rule.scope.value}
    return None


def _refused(detail: str | Promise) -> HttpResponse:
    return problem(title=NotAllowed.title, status=NotAllowed.status, detail=str(detail))


def operation_of(match: ResolverMatch, method: str) -> Operation | None:
    """The operation that a request means; HEAD is asked as GET. None for pages and for methods that there are not."""
    return operations().get((match.route, "GET" if method == "HEAD" else method))


@cache
def operations() -> dict[tuple[str, str], Operation]:
    """Every operation of the API by route and method."""
    found: dict[tuple[str, str], Operation] = {}
    at = _prefix_of_api()
    for router in api._get_bound_routers():
        each = (operation for view in router.path_operations.values() for operation in view.operations)
        for pattern, operation in zip(router.urls_paths(router.prefix), each, strict=True):
            found |= {(f"{at}{pattern.pattern}", method): operation for method in operation.methods}
    return found


@cache
def api_routes() -> frozenset[str]:
    return frozenset(route for route, _method in operations())


def page_names() -> Iterator[str]:
    """The name of every page, with its namespace; one without a name by its route."""
    return _names(get_resolver(), "", "")


def _names(resolver: URLResolver, namespace: str, route: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = f"{route}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            if path not in api_routes():
                yield f"{namespace}{pattern.name or path}"
        else:
            yield from _names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace, path)


def unnamed_in_table() -> list[str]:
    """Pages and operations that the table says nothing about: nobody can open them."""
    pages = {name for name in page_names() if name not in PAGES and name.split(":")[0] not in NAMESPACES}
    calls = {str(operation.operation_id) for operation in operations().values()} - OPERATIONS.keys()
    return sorted(pages) + sorted(calls)


def _prefix_of_api() -> str:
    return next(
        str(resolver.pattern)
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.namespace == API
    )
