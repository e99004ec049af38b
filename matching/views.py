"""Pages of matching: a CV on its way, its jobs, a job's candidates, one match explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.keeping import kept
from cvmatch.core.models import Status, User
from cvmatch.core.pages import number
from cvmatch.core.waits import WAY_OF_CV, expected_wait
from cvmatch.core.web import current_user
from ingestion.correction_form import Form, form_of, history_of
from ingestion.corrections import Corrected, corrected
from ingestion.models import CV, Correction, CVView
from ingestion.page_pictures import pages_of
from ingestion.reading import reading_of
from ingestion.selectors import find_confirmation, get_cv, list_corrections, list_versions
from ingestion.viewings import note_view
from jobs.facets import count_facets
from jobs.filter_input import filter_from
from jobs.models import Job
from jobs.paying import read_estimates
from jobs.values import JobFilter
from matching import feedback, retrying, services
from matching.asking import WITHHELD
from matching.live import is_ready, rank_now
from matching.models import Interaction, JobMark
from matching.progress import Progress, cv_progress
from matching.recruiting.blind_cv import blind_page
from matching.recruiting.side_by_side import side_context
from matching.selectors import get_match_page, jobs_for_cv
from matching.selectors.lines import Line, line_of
from matching.selectors.lists import RankedList
from matching.selectors.marks import counts_of, in_sight, marks_of
from matching.showing import count_shown
from matching.steps import steps_of, took

PREVIEW = 3
# A wait that is worth a word.
LONG_S = 20
LINES = 20


@require_safe
def cv_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A CV: how far it is, its best jobs, what was read from it. The parts that are not there yet fill by themselves."""
    user = current_user(request)
    cv = get_cv(user, pk)
    note_view(user=user, cv=cv, how=CVView.How.PAGE)  # its parts too: they have addresses of their own
    if user.is_blind:
        return blind_page(request, cv)
    context = cv_context(user, cv, edit=request.GET.get("edit", ""))
    part = {"head": "#head", "reading": "#reading", "preview": "#best"}.get(request.GET.get("part", ""), "")
    response = render(request, f"matching/cv.html{part}", context)
    shown = context["lines"] if part in {"", "#best"} else ()
    return count_shown(request, response, shown, surface=Interaction.Surface.PREVIEW)


def cv_context(user: User, cv: CV, *, edit: str = "", form: Form | None = None) -> dict[str, Any]:
    """What the page of a CV shows; ``edit`` is the address of what is to be corrected, ``form`` that form if it is made."""
    corrections = list(list_corrections(cv)) if cv.is_read else []
    reading = reading_with(cv, corrections) if cv.is_read else None
    if reading and edit and form is None:
        form = form_of(reading, edit)
    ranked = jobs_for_cv(cv, user)
    return {
        **_progress_context(cv, cv_progress(cv, newest=ranked.newest)),
        "versions": list_versions(cv),
        "reading": reading_of(reading, cv.text) if reading else None,
        "pages": pages_of(cv) if reading else (),
        "corrections": history_of(corrections),
        "confirmation": find_confirmation(cv) if reading else None,
        "form": form,
        "ranked": ranked,
        "lines": in_sight(ranked.lines, marks_of(user, cv))[:PREVIEW],
    }


def reading_with(cv: CV, corrections: Sequence[Correction]) -> Corrected:
    """What was read from a CV with those of its corrections that hold."""
    return corrected(cv.read, [correction.change for correction in corrections if correction.undone_at is None])


@require_safe
def cv_progress_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The line of stages, asked for every second until it is over; events tell the rest of the page what is new."""
    cv = get_cv(current_user(request), pk)
    progress = cv_progress(cv)
    response = render(request, "matching/cv.html#progress", _progress_context(cv, progress))
    done = [f"cv-{step.name}" for step in progress.steps if step.status == Status.COMPLETED]
    response["HX-Trigger"] = ", ".join(done)
    return response


@require_POST
def cv_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the failed step of a CV again."""
    cv = get_cv(current_user(request), pk)
    if not retrying.retry_cv(cv):
        messages.info(request, _("Nothing has failed here any more."))
    return redirect("cv", pk=cv.pk)


@require_safe
def cv_matches(request: HttpRequest, pk: int) -> HttpResponse:
    """The jobs for a CV, with why and what is missing; under a filter they are ranked anew."""
    user, only = current_user(request), filter_from(request.GET)
    cv = get_cv(user, pk)
    note_view(user=user, cv=cv, how=CVView.How.MATCH)  # the reasons quote it
    asked = request.GET.dict()
    is_filtered = bool(only) and is_ready(cv)
    ranked = filtered_jobs(cv, only) if is_filtered else jobs_for_cv(cv, user)
    marks = marks_of(user, cv)
    context: dict[str, Any] = {
        "cv": cv,
        "only": only,
        "asked": asked,
        "ranked": ranked,
        "marks": marks,
        "tab": "best" if marks is not None else "",
        **_page_of(request, in_sight(ranked.lines, marks)),
    }
    is_in_list = request.headers.get("HX-Target") == "list"
    part = "#update" if is_in_list else ""
    if is_in_list and request.headers.get("HX-Trigger") == "list":
        part = "#list"
    else:
        context |= _facets(only, asked.get("currency", "").upper(), marks)
    response = render(request, f"matching/jobs.html{part}", context)
    surface = Interaction.Surface.FILTERED if is_filtered else Interaction.Surface.LIST
    return count_shown(request, response, context["lines"], surface=surface, first=context["first"])


def _facets(only: JobFilter, currency: str, marks: Mapping[int, JobMark] | None) -> dict[str, object]:
    """What stands beside the list: how many jobs each filter leaves, and of a person's own list how many they marked."""
    facets = kept(
        "facets of all", (only, currency), lambda: count_facets(Job.objects.listed(), only, currency=currency)
    )
    return {"counts": counts_of(marks) if marks is not None else None, "facets": facets}


def _page_of(request: HttpRequest, lines: Sequence[Line]) -> dict[str, object]:
    """So many of the lines that the page stays light, and the address of those that follow."""
    first = number(request.GET.get("from", "")) or 0
    query = request.GET.copy()
    query["from"] = str(first + LINES)
    following = query.urlencode() if len(lines) > first + LINES else ""
    return {"lines": lines[first : first + LINES], "first": first, "following": following}


def filtered_jobs(cv: CV, only: JobFilter) -> RankedList:
    """The best jobs under a filter, ranked and explained now."""
    found = rank_now(cv, only=only)
    read_estimates(match.job for match in found.matches)
    return RankedList(found.prediction, found.prediction, tuple(line_of(match) for match in found.matches))


@require_POST
def cv_match_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new list of jobs for a CV."""
    user = current_user(request)
    cv = get_cv(user, pk)
    if cv.candidate.is_withheld:
        messages.info(request, str(WITHHELD))
    elif cv.is_read and cv.is_latest:
        services.request_matches(cv=cv, requested_by=user)
    else:
        messages.info(request, _("Only the newest version of a CV is matched, and only once it has been read."))
    return redirect("cv-matches", pk=cv.pk)


@require_safe
def match_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a CV and a job match: the parts, the findings, and both texts side by side."""
    user = current_user(request)
    page = get_match_page(user, pk)
    part = "#account" if request.headers.get("HX-Target") == "account" else ""
    note_view(user=user, cv=page.match.cv, how=CVView.How.MATCH)
    if not part:
        feedback.note(user=user, job_id=page.match.job_id, kind=Interaction.Kind.OPEN, match=page.match)
    return render(request, f"matching/match.html{part}", side_context(request, page))


def _progress_context(cv: CV, progress: Progress) -> dict[str, object]:
    steps = steps_of(progress)
    wait = None if progress.is_over else expected_wait(WAY_OF_CV)
    return {
        "cv": cv,
        "progress": progress,
        "steps": steps,
        "is_over": progress.is_over,
        "took": took(steps),
        "wait": wait,
        "wait_is_long": wait is not None and wait.seconds > LONG_S,
    }
