"""Pages of postings: the list with its search, and one posting."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobs import selectors, vacancies
from jobs.facets import count_facets
from jobs.filter_input import filter_from


@require_safe
@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    """Search as you type: HTMX asks for the rows and filters alone, a browser without it sends the same form."""
    asked, only = request.GET.dict(), filter_from(request.GET)
    words, place = asked.get("q", ""), asked.get("place", "")
    page = selectors.list_jobs(words=words, place=place, only=only, after=asked.get("after", ""))
    query = request.GET.copy()
    query["after"] = page.next
    context = {
        "page": page,
        "asked": asked,
        "only": only,
        "facets": count_facets(selectors.open_jobs(words=words, place=place), only, currency=asked.get("currency", "")),
        "is_searched": bool(words or place or only),
        "next_query": query.urlencode(),
    }
    part = "#update" if request.headers.get("HX-Target") == "jobs" else ""
    return render(request, f"jobs/list.html{part}", context)


@require_safe
@login_required
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A posting with what was read from it."""
    job = selectors.get_job(pk)
    vacancy = vacancies.find_vacancy(job)
    context = {
        "job": job,
        "requirements": job.requirements,
        "vacancy": vacancy,
        "text_of": vacancy.best_text if vacancy else job,
        "other_places": vacancies.list_other_places(job),
    }
    return render(request, "jobs/job.html", context)
