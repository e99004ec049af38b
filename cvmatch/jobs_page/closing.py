"""A recruiter closes a job, or opens it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cvmatch.core.web import current_user
from jobs import services
from jobs.selectors import get_job


@require_POST
def job_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of searches and lists to come, with all postings of its vacancy."""
    services.close_jobs([get_job(pk).pk], by=current_user(request))
    messages.success(request, _("Closed. Searches no longer find it."))
    return redirect("job", pk=pk)


@require_POST
def job_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes that back."""
    services.open_job(get_job(pk), by=current_user(request))
    messages.success(request, _("Open again. Searches find it."))
    return redirect("job", pk=pk)
