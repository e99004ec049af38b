"""Reads of saved searches: those that are there for somebody, each with how many jobs it finds and how many are new to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.keeping import kept
from cvmatch.core.models import User
from jobs.asked import asked_from
from jobs.models import JobQuerySet, SavedSearch, SearchLook

# Counting goes no further, and no more searches than these are counted on one page.
CAP = 1000
COUNTED = 30


@dataclass(frozen=True)
class Search:
    """A search with its counts, each at most CAP + 1; None where it can no longer be asked or is one too many to count.

    New is what came in after ``since``: when the person looked last, or when it was saved.
    """

    saved: SavedSearch
    is_own: bool
    found: int | None
    new: int | None
    since: datetime

    @property
    def found_said(self) -> str:
        return _said(self.found)

    @property
    def new_said(self) -> str:
        return _said(self.new)


def visible_to(user: User) -> QuerySet[SavedSearch]:
    """The person's own, and for recruiters those that others share."""
    theirs = Q(user=user)
    return SavedSearch.objects.filter(theirs | Q(is_shared=True) if user.is_recruiter else theirs)


def seen_by(user: User) -> QuerySet[SavedSearch]:
    """Those that are there for the person, with ``since`` and their owners."""
    looked = SearchLook.objects.filter(search=OuterRef("pk"), user=user).values("looked_at")
    return visible_to(user).select_related("user").annotate(since=Coalesce(Subquery(looked), F("created_at")))


def list_searches(user: User) -> tuple[Search, ...]:
    """By name, the person's own first; two queries however many there are."""
    return counted(user, sorted(seen_by(user), key=lambda row: (row.user_id != user.pk, row.name.casefold())))


def get_search(user: User, pk: int) -> Search:
    """One with its counts. Raises NotFound for a search that is not there for them."""
    found = counted(user, list(seen_by(user).filter(pk=pk)))
    if not found:
        raise NotFound(_("There is no such search. It may have been deleted."))
    return found[0]


def counted(user: User, searches: Sequence[SavedSearch]) -> tuple[Search, ...]:
    """Rows of ``seen_by`` with their counts, those of the first ``COUNTED``; one query."""
    asked = [(row.query, _since(row)) for row in searches[:COUNTED]]
    counts = kept("searches", asked, lambda: _count(asked)) if asked else []
    return tuple(
        Search(row, row.user_id == user.pk, *(counts[number] if number < len(counts) else (None, None)), _since(row))
        for number, row in enumerate(searches)
    )


def jobs_of(search: Search, *, only_new: bool = False) -> JobQuerySet:
    """The jobs that it finds now. Raises InvalidInput where what it asks for is no longer known, such as a town."""
    asked = asked_from(QueryDict(search.saved.query))
    jobs = asked.found().filtered(asked.only)
    return jobs.filter(first_seen_at__gt=search.since) if only_new else jobs


def _since(row: SavedSearch) -> datetime:
    since: datetime = row.since  # type: ignore[attr-defined]  # of seen_by
    return since


def _count(asked: Sequence[tuple[str, datetime]]) -> list[tuple[int | None, int | None]]:
    """How many open jobs each finds, and how many of them came in since; one statement."""
    parts: list[str] = []
    values: list[Any] = []
    for place, (query, since) in enumerate(asked):
        found = _found(query)
        if found is None:
            continue
        counts = []
        for jobs in (found, found.filter(first_seen_at__gt=since)):
            sql, given = jobs.order_by().values("pk")[: CAP + 1].query.sql_with_params()
            counts.append(f"(SELECT count(*) FROM ({sql}) found)")  # noqa: S608 - by Django, with parameters
            values += given
        parts.append(f"SELECT {place}, {', '.join(counts)}")
    result: list[tuple[int | None, int | None]] = [(None, None)] * len(asked)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for place, all_of_them, new in cursor.fetchall():
                result[place] = (all_of_them, new)
    return result


def _found(query: str) -> JobQuerySet | None:
    """The jobs of a search; None where what it asks for is no longer known, such as a town."""
    try:
        asked = asked_from(QueryDict(query))
    except InvalidInput:
        return None
    return asked.found().filtered(asked.only)


def _said(count: int | None) -> str:
    return "" if count is None else f"{CAP}+" if count > CAP else str(count)
