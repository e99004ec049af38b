"""Two to four candidates for a job beside each other."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion.models import CVView
from ingestion.viewings import note_views
from jobs.selectors import get_job
from matching.recruiting.toasts import toast_from
from matching.selectors.compared import FEWEST, MOST, compare_candidates


@require_safe
def job_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What the job asks for in rows, the candidates in columns; more than four are cut off and the page says so."""
    job = get_job(pk)
    ids = list(dict.fromkeys(found for found in map(number, request.GET.getlist("match")) if found))
    user = current_user(request)
    compared = compare_candidates(user, job, ids[:MOST])
    note_views(user=user, cv_ids=[column.page.match.cv_id for column in compared.columns], how=CVView.How.MATCH)
    context = {
        "job": job,
        "compared": compared,
        "is_enough": len(compared.columns) >= FEWEST,
        "left_out": max(len(ids) - MOST, 0),
        "is_gone": len(compared.columns) < min(len(ids), MOST),
        "here": request.get_full_path(),
        "toast": toast_from(request, job),
    }
    return render(request, "matching/compare.html", context)
