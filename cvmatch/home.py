"""The first page: for a candidate their CV and jobs, for a recruiter what needs attention, for an admin also the pipeline."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.models import User
from cvmatch.core.web import current_user
from cvmatch.pipeline_state import stage_rows
from ingestion.selectors import find_own_cv, list_unfinished
from ingestion.source_figures import list_failing
from jobs.selectors import list_jobs
from matching.progress import cv_progress
from matching.selectors import jobs_for_cv, list_strong_jobs
from matching.steps import steps_of

TOP = 5


class SignIn(LoginView):
    """The sign-in form. A part of a page that is asked for after the session ended must not become the form itself."""

    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Refresh": "true"})  # the page as a whole then leads to the form, and back
        return super().get(request, *args, **kwargs)


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """One page, by role."""
    user = current_user(request)
    if user.is_recruiter:
        return render(request, "home_recruiter.html", _recruiter(user))
    return render(request, "home_candidate.html", _candidate(user))


def _candidate(user: User) -> dict[str, Any]:
    cv = find_own_cv(user)
    if cv is None:
        return {"cv": None}
    progress = cv_progress(cv)
    return {
        "cv": cv,
        "steps": steps_of(progress),
        "is_over": progress.is_over,
        "status": progress.status,
        "ranked": jobs_for_cv(cv),
        "top": TOP,
    }


def _recruiter(user: User) -> dict[str, Any]:
    waiting, failed = list_unfinished(user, limit=TOP)
    return {
        "strong": list_strong_jobs(),
        "waiting": waiting,
        "failed": failed,
        "jobs": list_jobs(limit=TOP).rows,
        "failing": list_failing()[:TOP] if user.is_operator else None,
        "stages": [row for row in stage_rows() if row.waiting or row.working or row.failed]
        if user.is_operator
        else None,
    }
