"""Lists page by page: a page is read by keyset, and where the next one begins is a cursor that only we can make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar, cast

from django.core import signing
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from cvmatch.core.errors import InvalidInput

T = TypeVar("T")
M = TypeVar("M", bound=Model)

MOST = 200
Cursor = Annotated[
    str | None, Query(max_length=500, description="Where to go on: taken from `next`, never made by hand")
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Most lines of the answer")]


class Page(Schema, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="The address of the next page; null on the last one")


def keyset_page(request: HttpRequest, rows: QuerySet[M], cursor: str | None, limit: int) -> Page[M]:
    """The rows below the id in ``cursor``, newest id first; the cost does not grow with the depth of the page."""
    below = rows.filter(pk__lt=position(request, cursor)[0]) if cursor else rows
    found = list(below.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    address = address_with(request, cursor=cursor_at(request, [found[-1].pk])) if more else None
    return Page[Any].model_construct(items=found, next=address)


def cursor_at(request: HttpRequest, values: Sequence[Any]) -> str:
    """The position after the row with these values of what the list at this address is ordered by; they fit into JSON."""
    return _signer(request).sign_object(list(values))


def position(request: HttpRequest, cursor: str) -> list[Any]:
    """The values that a cursor of this address was made from. Raises InvalidInput for any other text.

    It is signed, and for one list only: the values have the types that the database expects, whoever sends them.
    """
    try:
        return cast(list[Any], _signer(request).unsign_object(cursor))
    except signing.BadSignature as error:
        message = "This is no cursor of this list. Take it from next, or leave it out to begin anew."
        raise InvalidInput(message, details={"field": "query.cursor"}) from error


def address_with(request: HttpRequest, **changed: int | str) -> str:
    """The address of this request with other values of some parameters."""
    query = request.GET.copy()  # some parameters are given more than once
    for name, value in changed.items():
        query[name] = str(value)
    return f"{request.path}?{query.urlencode()}"


def _signer(request: HttpRequest) -> signing.Signer:
    return signing.Signer(salt=f"cursor of {request.path}")
