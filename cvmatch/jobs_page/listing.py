"""The table of jobs: search as you type, boxes with counts, an order by any column, and how many candidates fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cvmatch.core.keeping import kept
from cvmatch.core.models import User
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from jobs.asked import Asked, asked_from
from jobs.facets import Facets, count_facets
from jobs.paying import read_estimates
from jobs.searches import list_searches
from jobs.selectors import list_jobs
from jobs.sorting import Order, order_of
from matching.selectors.tallies import by_candidates, tallies_of


@dataclass(frozen=True)
class Column:
    """``sorted`` is ascending, descending or empty, as aria-sort says it; ``address`` sorts by it, or the other way round."""

    name: str
    label: str
    address: str
    sorted: str

    @property
    def is_number(self) -> bool:
        return self.name in {"pay", "posted", "candidates"}


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """HTMX asks for the rows and filters alone, a browser without it sends the same form."""
    user, asked = current_user(request), asked_from(request.GET)
    facets = facets_of(asked)
    order = order_for(user, asked, facets.currency)
    page = list_jobs(
        words=asked.words,
        place=asked.place,
        only=asked.only,
        ended=asked.ended,
        order=order,
        after=request.GET.get("after", ""),
    )
    tallies = tallies_of([job.pk for job in page.rows]) if user.is_recruiter else {}
    read_estimates(page.rows)
    context = {
        "page": page,
        "rows": [(job, tallies.get(job.pk)) for job in page.rows],
        "asked": request.GET.dict(),
        "wanted": asked,
        "only": asked.only,
        "facets": facets,
        "columns": list(_columns(request.GET, order, user)),
        "orders": list(_orders(user)),
        "left_out": _left_out(order, facets.currency),
        **_addresses(request, page.next),
    }
    if request.headers.get("HX-Target") == "jobs":
        return render(request, "jobs/list.html#update", context)
    context |= {"searches": list_searches(user), "opened": number(request.GET.get("saved", ""))}
    return render(request, "jobs/list.html", context)


def facets_of(asked: Asked) -> Facets:
    """The boxes with their counts; over many jobs they may be a minute old."""
    of = (asked.words, asked.place, asked.ended, asked.only, asked.currency)
    return kept("facets", of, lambda: count_facets(asked.found(), asked.only, currency=asked.currency))


def order_for(user: User, asked: Asked, currency: str) -> Order:
    """The order asked for; that of candidates is for recruiters, and others get the newest first."""
    if asked.sort.removeprefix("-") == "candidates" and user.is_recruiter:
        return by_candidates(descending=asked.sort.startswith("-"))
    return order_of(asked.sort, currency=currency)


def _columns(query: QueryDict, order: Order, user: User) -> Iterator[Column]:
    labels = {"title": _("Job"), "company": _("Company"), "place": _("Place"), "-pay": _("Pay"), "-posted": _("Posted")}
    labels |= {"-candidates": _("Candidates")} if user.is_recruiter else {}
    for first, label in labels.items():
        name = first.removeprefix("-")
        now = order.name == name
        direction = ("descending" if order.descending else "ascending") if now else ""
        # The same column once more turns it round; a new one begins with what is looked for mostly.
        is_first = now and order.descending == first.startswith("-")
        turned = (name if first.startswith("-") else f"-{name}") if is_first else first
        address = _with(query, sort="" if turned == "-posted" else turned)
        yield Column(name, label, "" if name == "place" else address, direction)


def _orders(user: User) -> Iterator[tuple[str, str]]:
    """The same by name, for where the head of the table has no room."""
    yield "", _("Newest first")
    yield from {"posted": _("Oldest first"), "title": _("By title"), "-title": _("By title, from Z"),
                "company": _("By company"), "-company": _("By company, from Z"), "-pay": _("Best pay first"),
                "pay": _("Lowest pay first")}.items()  # fmt: skip
    if user.is_recruiter:
        yield "-candidates", _("Most candidates first")
        yield "candidates", _("Fewest candidates first")


def _with(query: QueryDict, **values: str) -> str:
    changed = query.copy()
    for gone in ("after", "saved"):
        changed.pop(gone, None)
    for name, value in values.items():
        changed[name] = value
    return changed.urlencode()


def _left_out(order: Order, currency: str) -> str:
    return {
        "company": _("Jobs that name no company are left out of this order."),
        "pay": _("Only jobs that say what they pay in %(currency)s are in this order.") % {"currency": currency},
        "candidates": _("Only jobs whose candidates were looked for are in this order."),
    }.get(order.name, "")


def _addresses(request: HttpRequest, after: str) -> dict[str, Any]:
    return {
        "next_query": _with(request.GET, after=after) if after else "",
        "query": _with(request.GET),
        "here": request.get_full_path(),
    }
