"""What a recruiter does with several jobs at once: look for candidates for all of them, close them, take them along as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from cvmatch.jobs_page.listing import facets_of, order_for
from ingestion.crediting import attributions_of
from jobs.asked import asked_from
from jobs.models import Job
from jobs.selectors import list_jobs
from jobs.services import close_jobs
from matching.recruiting.asked import way_back
from matching.recruiting.exporting import csv_response
from matching.selectors.tallies import tallies_of
from matching.services import request_candidates

MOST_ROWS = 5000
MOST_AT_ONCE = 200


@require_POST
def job_bulk(request: HttpRequest) -> HttpResponse:
    """The jobs that are ticked, and what to do with them."""
    chosen = [pk for pk in map(number, request.POST.getlist("job")) if pk][:MOST_AT_ONCE]
    if not chosen:
        messages.error(request, _("Nothing was ticked. Tick the jobs that you mean, then press the button again."))
    elif request.POST.get("action") == "csv":
        jobs = Job.objects.visible().defer("description", "description_html", "search", "requirements_json")
        return _jobs_csv(request, list(jobs.filter(pk__in=chosen).order_by("-listed_at", "-pk")))
    elif request.POST.get("action") == "close":
        count = close_jobs(chosen, by=current_user(request))
        messages.success(request, ngettext("Closed %(count)d job.", "Closed %(count)d jobs.", count) % {"count": count})
    else:
        count = request_candidates(job_ids=chosen, requested_by=current_user(request))
        messages.success(
            request,
            ngettext("Looking for candidates for %(count)d job.", "Looking for candidates for %(count)d jobs.", count)
            % {"count": count},
        )
    return redirect(way_back(request, reverse("job-list")))


@require_safe
def jobs_csv(request: HttpRequest) -> HttpResponse:
    """The table as it is asked for, in its order, at most 5,000 rows."""
    user, asked = current_user(request), asked_from(request.GET)
    order = order_for(user, asked, asked.currency or facets_of(asked).currency)
    found = list_jobs(
        words=asked.words, place=asked.place, only=asked.only, ended=asked.ended, order=order, limit=MOST_ROWS
    )
    return _jobs_csv(request, found.rows)


def _jobs_csv(request: HttpRequest, jobs: Sequence[Job]) -> HttpResponse:
    return csv_response("jobs.csv", _head(), _rows(request, jobs))


def _head() -> list[str]:
    return [
        _("Job"), _("Company"), _("Town"), _("Region"), _("Country"), _("Remote"), _("Type"), _("Level"), _("Pay from"),
        _("Pay to"), _("Currency"), _("Per"), _("Pay is an estimate"), _("Posted"), _("Status"), _("Strong"), _("Good"),
        _("Source"), _("Original"), _("Page"), _("Attribution"),
    ]  # fmt: skip


def _rows(request: HttpRequest, jobs: Sequence[Job]) -> Iterator[Iterable[object]]:
    tallies, credits = tallies_of([job.pk for job in jobs]), attributions_of(job.source for job in jobs)
    for job in jobs:
        tally = tallies.get(job.pk)
        posted = job.posted_at.strftime("%Y-%m-%d") if job.posted_at else ""
        pay = ("" if bound is None else bound for bound in (job.salary_min, job.salary_max))
        yield [
            job.title, job.company, job.city, job.region, job.country, _yes(job.remote), job.employment_type, job.level, *pay,
            job.salary_currency, job.salary_period, _yes(job.salary_estimated), posted, job.get_status_display(),
            *((tally.strong, tally.good) if tally else ("", "")), job.source, job.url,
            request.build_absolute_uri(reverse("job", kwargs={"pk": job.pk})), credits.get(job.source, ""),
        ]  # fmt: skip


def _yes(flag: bool) -> str:
    return _("yes") if flag else ""
