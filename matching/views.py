"""Pages of matching: a CV on its way, its jobs, a job's candidates, one match explained."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.models import Status
from cvmatch.core.pages import number
from cvmatch.core.web import current_user, recruiters_only
from ingestion.correction_form import Form, form_of, history_of
from ingestion.corrections import Corrected, corrected
from ingestion.models import CV, Correction
from ingestion.reading import reading_of
from ingestion.selectors import find_confirmation, get_cv, list_corrections, list_versions
from jobs.facets import count_facets
from jobs.filter_input import filter_from
from jobs.models import Job
from jobs.selectors import get_job
from jobs.values import JobFilter
from matching import retrying, services
from matching.live import is_ready, rank_now
from matching.progress import Progress, cv_progress
from matching.selectors import candidates_for_job, get_match_page, jobs_for_cv
from matching.selectors.lines import line_of
from matching.selectors.lists import RankedList, is_searchable, needs_new_list
from matching.steps import steps_of

PREVIEW = 3


@require_safe
@login_required
def cv_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A CV: how far it is, its best jobs, what was read from it. The parts that are not there yet fill by themselves."""
    cv = get_cv(current_user(request), pk)
    context = cv_context(cv, edit=request.GET.get("edit", ""))
    part = {"head": "#head", "reading": "#reading", "preview": "#best"}.get(request.GET.get("part", ""), "")
    return render(request, f"matching/cv.html{part}", context)


def cv_context(cv: CV, *, edit: str = "", form: Form | None = None) -> dict[str, object]:
    """What the page of a CV shows; ``edit`` is the address of what is to be corrected, ``form`` that form if it is made."""
    corrections = list(list_corrections(cv)) if cv.is_read else []
    reading = reading_with(cv, corrections) if cv.is_read else None
    if reading and edit and form is None:
        form = form_of(reading, edit)
    return {
        **_progress_context(cv, cv_progress(cv)),
        "versions": list_versions(cv),
        "reading": reading_of(reading, cv.text) if reading else None,
        "corrections": history_of(corrections),
        "confirmation": find_confirmation(cv) if reading else None,
        "form": form,
        "ranked": jobs_for_cv(cv),
        "preview": PREVIEW,
    }


def reading_with(cv: CV, corrections: Sequence[Correction]) -> Corrected:
    """What was read from a CV with those of its corrections that hold."""
    return corrected(cv.read, [correction.change for correction in corrections if correction.undone_at is None])


@require_safe
@login_required
def cv_progress_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The line of stages, asked for every two seconds until it is over; events tell the rest of the page what is new."""
    cv = get_cv(current_user(request), pk)
    progress = cv_progress(cv)
    response = render(request, "matching/cv.html#progress", _progress_context(cv, progress))
    done = [f"cv-{step.name}" for step in progress.steps if step.status == Status.COMPLETED]
    response["HX-Trigger"] = ", ".join(done)
    return response


@require_POST
@login_required
def cv_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the failed step of a CV again."""
    cv = get_cv(current_user(request), pk)
    if not retrying.retry_cv(cv):
        messages.info(request, "Nothing has failed here any more.")
    return redirect("cv", pk=cv.pk)


@require_safe
@login_required
def cv_matches(request: HttpRequest, pk: int) -> HttpResponse:
    """The jobs for a CV, with why and what is missing; under a filter they are ranked anew."""
    cv, only = get_cv(current_user(request), pk), filter_from(request.GET)
    asked = request.GET.dict()
    context = {
        "cv": cv,
        "only": only,
        "asked": asked,
        "ranked": filtered_jobs(cv, only) if only and is_ready(cv) else jobs_for_cv(cv),
    }
    if request.headers.get("HX-Target") == "list" and request.headers.get("HX-Trigger") == "list":
        return render(request, "matching/jobs.html#list", context)
    context["facets"] = count_facets(Job.objects.listed(), only, currency=asked.get("currency", ""))
    part = "#update" if request.headers.get("HX-Target") == "list" else ""
    return render(request, f"matching/jobs.html{part}", context)


def filtered_jobs(cv: CV, only: JobFilter) -> RankedList:
    """The best jobs under a filter, ranked and explained now."""
    found = rank_now(cv, only=only)
    return RankedList(found.prediction, found.prediction, tuple(line_of(match) for match in found.matches))


@require_POST
@login_required
def cv_match_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new list of jobs for a CV."""
    user = current_user(request)
    cv = get_cv(user, pk)
    if cv.is_read and cv.is_latest:
        services.request_matches(cv=cv, requested_by=user)
    else:
        messages.info(request, "Only the newest version of a CV is matched, and only once it has been read.")
    return redirect("cv-matches", pk=cv.pk)


@require_safe
@login_required
def match_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a CV and a job match: the parts, the findings, and both texts side by side."""
    page = get_match_page(current_user(request), pk)
    part = {"people-detail": "#panel", "account": "#account"}.get(request.headers.get("HX-Target", ""), "")
    return render(request, f"matching/match.html{part}", {"page": page, "match": page.match})


@require_safe
@recruiters_only
def job_candidates(request: HttpRequest, pk: int) -> HttpResponse:
    """The ranked candidates of a job; looking at them starts a new search when the last one is out of date."""
    user, job = current_user(request), get_job(pk)
    candidates = candidates_for_job(job)
    polled = request.headers.get("HX-Target") == "people"
    if not polled and needs_new_list(job, candidates.ranked, fresh_for=services.FRESH_FOR):
        services.request_matches(job=job, requested_by=user)
        candidates = candidates_for_job(job)
    chosen = _chosen(request, [line.match.pk for line in candidates.ranked.lines])
    context = {
        "job": job,
        "candidates": candidates,
        "ranked": candidates.ranked,
        "is_searchable": candidates.ranked.shown is not None or is_searchable(job),
        "chosen": chosen,
        "is_chosen": "match" in request.GET,
        "page": get_match_page(user, chosen) if chosen else None,
    }
    return render(request, f"matching/candidates.html{'#people' if polled else ''}", context)


@require_POST
@recruiters_only
def job_search_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for candidates again, or try a failed search again."""
    job = get_job(pk)
    if not retrying.retry_job(job):
        services.request_matches(job=job, requested_by=current_user(request))
    return redirect(reverse("job-candidates", kwargs={"pk": job.pk}))


def _chosen(request: HttpRequest, ids: list[int]) -> int | None:
    """The match that the address names, or that of the page which polls; else the best."""
    polling_page = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    asked = number(request.GET.get("match") or "".join(polling_page.get("match", [])[:1]))
    if asked in ids:
        return asked
    return ids[0] if ids else None


def _progress_context(cv: CV, progress: Progress) -> dict[str, object]:
    return {"cv": cv, "progress": progress, "steps": steps_of(progress), "is_over": progress.is_over}
