"""What all API routers share: who asks, pages by key, keys as bearer tokens, and problem details for errors."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest, JsonResponse
from ninja import Schema
from ninja.security import HttpBearer
from pydantic import Field

from cvmatch.core.auth import find_user
from cvmatch.core.models import User

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class Page(Schema, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="The address of the next page; null on the last one")


class Problem(Schema):
    """An error as RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="What happened and what to do")
    errors: list[dict[str, Any]] = Field(default=[], description="Which field, and what would be right")


class KeyAuth(HttpBearer):
    """`Authorization: Bearer cvm_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return find_user(token)


def user_of(request: HttpRequest) -> User:
    """The user behind the session or key; set by the authentication of the API."""
    return cast(User, request.auth)  # type: ignore[attr-defined]


def keyset_page(request: HttpRequest, rows: QuerySet[M], cursor: int | None, limit: int) -> Page[M]:
    """The rows below ``cursor`` (an id), newest id first; the cost does not grow with the depth of the page."""
    below = rows.filter(pk__lt=cursor) if cursor is not None else rows
    found = list(below.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    address = address_with(request, cursor=found[-1].pk) if more else None
    return Page[Any].model_construct(items=found, next=address)


def address_with(request: HttpRequest, **changed: int) -> str:
    """The address of this request with other values of some parameters."""
    query = request.GET.copy()  # some parameters are given more than once
    for name, value in changed.items():
        query[name] = str(value)
    return f"{request.path}?{query.urlencode()}"


def problem(*, title: str, status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> JsonResponse:
    """An error answer in the one shape that every endpoint uses."""
    body = Problem(title=title, status=status, detail=detail, errors=errors or [])
    return JsonResponse(body.model_dump(), status=status, content_type="application/problem+json")
