"""The first page: for a candidate their CV and jobs, for a recruiter what needs attention, for an admin also the pipeline."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.keeping import kept
from cvmatch.core.models import User
from cvmatch.core.web import current_user
from cvmatch.pipeline_state import Backlog, list_backlogs
from ingestion.clock import is_ending
from ingestion.selectors import find_own_cv, list_unfinished
from ingestion.source_figures import list_failing
from jobs.searches import list_searches
from matching.models import Interaction
from matching.progress import cv_progress
from matching.selectors import jobs_for_cv
from matching.selectors.attention import list_attention, list_under_way, list_unmet
from matching.selectors.marks import counts_of, in_sight, marks_of
from matching.showing import count_shown
from matching.steps import steps_of

TOP = 5
JOBS = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One page, by role."""
    user = current_user(request)
    if user.is_recruiter:
        return render(request, "home_recruiter.html", _recruiter(user))
    context = _candidate(user)
    response = render(request, "home_candidate.html", context)
    return count_shown(request, response, context.get("lines", ()), surface=Interaction.Surface.PREVIEW)


def _candidate(user: User) -> dict[str, Any]:
    cv = find_own_cv(user)
    if cv is None:
        return {"cv": None}
    ranked = jobs_for_cv(cv, user)
    progress = cv_progress(cv, newest=ranked.newest)
    marks = marks_of(user, cv)
    lines = in_sight(ranked.lines, marks)
    return {
        "cv": cv,
        "steps": steps_of(progress),
        "is_over": progress.is_over,
        "status": progress.status,
        "ranked": ranked,
        "marks": marks,
        "lines": lines[:TOP],
        "counts": counts_of(marks or {}),
        "good": sum(line.match.band in {"strong", "good"} for line in lines),
        "checks": cv.findings[:TOP],
        "is_ending": is_ending(cv.candidate),
    }


def _recruiter(user: User) -> dict[str, Any]:
    waiting, failed = list_unfinished(user, limit=TOP)
    attention = kept("attention", user.pk, lambda: list_attention(user, limit=JOBS))
    return {
        "attention": attention,
        "unmet": kept("unmet", (), lambda: list_unmet(limit=TOP)),
        "under_way": list_under_way(limit=JOBS),
        "searches": list_searches(user)[:JOBS],
        "waiting": waiting,
        "failed": failed,
        "shown": [row.job for row in attention],
        "failing": list_failing()[:TOP] if user.is_operator else None,
        "stages": kept("stages", (), _busy_stages) if user.is_operator else None,
    }


def _busy_stages() -> list[tuple[str, Backlog]]:
    """Those with rows that wait, are being worked on or have failed."""
    return [(name, row) for name, row in list_backlogs().items() if row.waiting or row.working or row.failed]
