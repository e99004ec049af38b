"""Pages of postings: the list with its search, and one posting."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobs import selectors


@require_safe
@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    """Search as you type: HTMX asks for the rows alone, a browser without it sends the same form."""
    asked = {name: request.GET.get(name, "") for name in ("q", "place", "remote")}
    page = selectors.list_jobs(
        words=asked["q"], place=asked["place"], remote=bool(asked["remote"]), after=request.GET.get("after", "")
    )
    query = request.GET.copy()
    query["after"] = page.next
    context = {"page": page, "asked": asked, "is_searched": any(asked.values()), "next_query": query.urlencode()}
    part = "#rows" if request.headers.get("HX-Target") == "jobs" else ""
    return render(request, f"jobs/list.html{part}", context)


@require_safe
@login_required
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A posting with what was read from it."""
    job = selectors.get_job(pk)
    return render(request, "jobs/job.html", {"job": job, "requirements": job.requirements})
