"""A CV and a job side by side, with the way through the list that one came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cvmatch.core.web import current_user
from matching.models import Prediction
from matching.recruiting.asked import address_of, narrowing_from, query_of
from matching.recruiting.candidates import deciding_context
from matching.recruiting.toasts import toast_from
from matching.selectors.candidates import list_order
from matching.selectors.explained import MatchPage, find_neighbours


@dataclass(frozen=True)
class Way:
    """The matches before and after this one in the list as it was asked for; ``place`` of ``count`` counts from one."""

    before: int | None
    after: int | None
    place: int = 0
    count: int = 0
    query: str = ""
    back: str = ""


def side_context(request: HttpRequest, page: MatchPage) -> dict[str, Any]:
    """What the page of a match shows; the bar of decisions for recruiters only."""
    user, match = current_user(request), page.match
    context = {"page": page, "match": match, "way": _way(request, page)}
    if user.is_recruiter:
        context |= deciding_context(user, match.job, match.cv)
        context |= {"toast": toast_from(request, match.job), "here": request.get_full_path()}
    return context


def _way(request: HttpRequest, page: MatchPage) -> Way:
    match = page.match
    if match.prediction.side == Prediction.Side.JOBS_FOR_CV:
        return Way(*find_neighbours(current_user(request), match))
    only = narrowing_from(request.GET)
    back = address_of(match.job_id, only, match=match.pk)
    order = list_order(current_user(request), match, only)
    if match.pk not in order:  # what narrows the list has put it out of sight since
        return Way(None, None, query=query_of(only), back=back)
    place = order.index(match.pk)
    after = order[place + 1] if place + 1 < len(order) else None
    return Way(order[place - 1] if place else None, after, place + 1, len(order), query_of(only), back)
