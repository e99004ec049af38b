"""The people of a job about whom something was decided, by stage."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.web import current_user
from ingestion.models import CVView
from ingestion.viewings import note_views
from jobs.selectors import get_job
from matching.models import Reason, Stage
from matching.recruiting.toasts import toast_from
from matching.selectors.shortlisted import list_shortlist


@require_safe
def job_shortlist(request: HttpRequest, pk: int) -> HttpResponse:
    """Stages with their people, notes, tags and reasons."""
    user, job = current_user(request), get_job(pk)
    groups = list_shortlist(user, job)
    # With their contacts, as beside a job.
    note_views(user=user, cv_ids=[entry.cv.pk for group in groups for entry in group.entries], how=CVView.How.MATCH)
    context = {
        "job": job,
        "groups": groups,
        "stages": Stage.choices,
        "reasons": Reason.choices,
        "here": request.path,
        "toast": toast_from(request, job),
    }
    return render(request, "matching/shortlist.html", context)
