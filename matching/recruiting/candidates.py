"""The ranked candidates of a job: whom to call and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.models import User
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion.models import CV, CVView
from ingestion.viewings import note_view
from jobs.models import Job
from jobs.selectors import get_job
from matching import feedback, retrying, services
from matching.models import Interaction, Reason, Stage
from matching.recruiting.asked import address_of, narrowing_from, page_query, query_of
from matching.recruiting.toasts import toast_from
from matching.selectors import get_match_page
from matching.selectors.candidates import CandidateList, Row, list_candidates
from matching.selectors.decided import About, about_of, get_about
from matching.selectors.lists import is_searchable, needs_new_list
from matching.showing import count_shown
from matching.values.narrowing import Narrowing, Show

BANDS = ("strong", "good", "partial", "weak", "no data")


@require_safe
def job_candidates(request: HttpRequest, pk: int) -> HttpResponse:
    """The list with the chosen candidate beside it; looking at it starts a new search when the last one is out of date."""
    user, job, target = current_user(request), get_job(pk), request.headers.get("HX-Target", "")
    only = narrowing_from(page_query(request))
    if target == "people-detail":
        chosen = number(request.GET.get("match", "")) or 0
        context: dict[str, Any] = {"kept": query_of(only), "here": address_of(pk, only, match=chosen)}
        context |= panel_context(user, chosen)
        feedback.note(user=user, job_id=context["job"].pk, kind=Interaction.Kind.OPEN, match=context["match"])
        return render(request, "matching/panel.html", context)
    shown = list_candidates(user, job, only)
    if target != "people" and not only.prediction and _is_out_of_date(shown):
        services.request_matches(job=job, requested_by=user)
        shown = list_candidates(user, job, only)
    context = people_context(request, shown, only, number(page_query(request).get("match", "")))
    if target == "people":  # asked anew by itself it keeps the panel as it is, but not when it is narrowed otherwise
        response = render(request, "matching/candidates.html#people", {**context, "renewed": bool(request.GET)})
    else:
        response = render(request, "matching/candidates.html", {**context, "toast": toast_from(request, job)})
    surface = Interaction.Surface.FILTERED if only.is_narrow else Interaction.Surface.LIST
    opened = None if target else pk
    return count_shown(request, response, [row.line for row in shown.rows], surface=surface, opened_job=opened)


@require_POST
def job_search_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for candidates again, or try a failed search again."""
    job = get_job(pk)
    if not retrying.retry_job(job):
        services.request_matches(job=job, requested_by=current_user(request))
    return redirect(reverse("job-candidates", kwargs={"pk": job.pk}))


def people_context(request: HttpRequest, shown: CandidateList, only: Narrowing, chosen: int | None) -> dict[str, Any]:
    """What the list and the panel beside it show; ``chosen`` is a match, and the first of the list where it is not in it."""
    rows = {row.match.pk: row for row in shown.order}
    picked = chosen if chosen in rows else next(iter(rows), None)
    return {
        "job": shown.job,
        "shown": shown,
        "ranked": shown.ranked,
        "only": only,
        "kept": query_of(only),
        "here": address_of(shown.job.pk, only, match=picked if chosen else None),
        "link": address_of(shown.job.pk, only, list=shown.ranked.shown.pk if shown.ranked.shown else None),
        "tabs": list(_tabs(shown, only)),
        "bands": BANDS,
        "is_searchable": shown.ranked.shown is not None or is_searchable(shown.job),
        "is_gone": bool(only.prediction and shown.ranked.shown and shown.ranked.shown.pk != only.prediction),
        "chosen": picked,
        "is_chosen": chosen is not None,
        "is_sunk": not shown.rows,
        **(panel_context(current_user(request), picked, rows[picked]) if picked else {}),
    }


def panel_context(user: User, match: int, row: Row | None = None) -> dict[str, Any]:
    """One candidate beside the list; ``row`` is their line of it, where that is known already. Raises NotFound."""
    page = get_match_page(user, match)
    job, cv = page.match.job, page.match.cv
    note_view(user=user, cv=cv, how=CVView.How.MATCH)
    about = about_of(user, job, cv, row.decision, row.tags) if row else None
    return {"page": page, "match": page.match, **deciding_context(user, job, cv, about)}


def deciding_context(user: User, job: Job, cv: CV, about: About | None = None) -> dict[str, Any]:
    """What the bar of decisions shows about one candidate, with their notes and tags."""
    return {
        "job": job,
        "cv": cv,
        "about": about or get_about(user, job, cv),
        "stages": Stage.choices,
        "reasons": Reason.choices,
    }


def _is_out_of_date(shown: CandidateList) -> bool:
    return needs_new_list(shown.job, shown.ranked, fresh_for=services.FRESH_FOR)


def _tabs(shown: CandidateList, only: Narrowing) -> Any:
    """Name, address, count, and whether it is open."""
    names = {
        Show.ALL: _("All"),
        Show.UNDECIDED: _("Undecided"),
        Show.SHORTLISTED: _("Shortlisted"),
        Show.REJECTED: _("Rejected"),
    }
    for show, name in names.items():
        count = len(shown.ranked.lines) if show == Show.ALL else shown.counts[show]
        address = address_of(shown.job.pk, only, show="" if show == Show.ALL else show.value)
        yield name, address, count, show == only.show
