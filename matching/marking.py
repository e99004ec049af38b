"""What a person does with the jobs they are shown, from the pages: keep, hide, judge, apply, and look through those."""

from __future__ import annotations

from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from cvmatch.core.pages import number
from cvmatch.core.web import View, current_user
from ingestion.selectors import get_cv
from jobs.models import Job
from jobs.selectors import get_job
from matching import feedback
from matching.models import Interaction, JobMark, Match
from matching.selectors import jobs_for_cv
from matching.selectors.marks import count_marked, find_shown, list_marked

ACTIONS = ("save", "hide", "clear", "up", "down", "unjudge")


def opening(view: View[[int]]) -> View[[int]]:
    """The same page of a job, and it is kept that somebody opened it."""

    @wraps(view)
    def opened(request: HttpRequest, pk: int) -> HttpResponse:
        response = view(request, pk)
        feedback.note(user=current_user(request), job_id=pk, kind=Interaction.Kind.OPEN)
        return response

    return opened


@require_POST
def job_mark(request: HttpRequest) -> HttpResponse:
    """One press of a button beside a job; its name says what to do, its value which job, in which list, and why."""
    user = current_user(request)
    action = next((name for name in ACTIONS if name in request.POST), "")
    job_id, match_id, reason = (*request.POST.get(action, "").split(".", 2), "", "", "")[:3]
    job = get_job(number(job_id) or 0)
    match = find_shown(user, number(match_id))
    mark = _do(action, reason, user, job, match)
    if not request.headers.get("HX-Request"):
        messages.success(request, _said(action))
        return redirect(_back(request))
    counts = count_marked(user) if "tabs" in request.POST else None
    context = {"job": job, "mark": mark, "match_id": match.pk if match else "", "counts": counts}
    response = render(request, "matching/job_marked.html", context)
    response["HX-Retarget"] = f"#actions-{job.pk}"
    return response


@require_safe
def job_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Count that somebody goes to apply, and send them to the posting's own page."""
    user, job = current_user(request), get_job(pk)
    try:
        address = feedback.apply_to(user=user, job=job, match=find_shown(user, number(request.GET.get("match", ""))))
    except NotFound as nowhere:
        messages.error(request, nowhere.message)
        return redirect("job", pk=job.pk)
    return HttpResponseRedirect(address)


@require_safe
def cv_saved(request: HttpRequest, pk: int) -> HttpResponse:
    """The jobs that a person keeps, with how each stands in the newest list for their CV."""
    return _marked(request, pk, JobMark.Kind.SAVED)


@require_safe
def cv_hidden(request: HttpRequest, pk: int) -> HttpResponse:
    """The jobs that a person has put out of sight, to bring back."""
    return _marked(request, pk, JobMark.Kind.HIDDEN)


def _marked(request: HttpRequest, pk: int, kind: JobMark.Kind) -> HttpResponse:
    user = current_user(request)
    cv = get_cv(user, pk)
    if cv.candidate.user_id != user.pk:
        raise NotFound(_("What people keep and hide is for their own eyes."))
    marked = list_marked(user, kind, jobs_for_cv(cv).lines)
    context = {
        "cv": cv,
        "tab": kind.value,
        "counts": count_marked(user),
        "marked": marked,
        "jobs": [item.mark.job for item in marked],
    }
    return render(request, "matching/marked.html", context)


def _do(action: str, reason: str, user: User, job: Job, match: Match | None) -> JobMark:
    if action == "save":
        return feedback.save_job(user=user, job=job, match=match)
    if action == "hide":
        return feedback.hide_job(user=user, job=job, reason=reason, match=match)
    if action == "clear":
        return feedback.unmark_job(user=user, job=job)
    if action in {"up", "down", "unjudge"}:
        return feedback.judge_fit(user=user, job=job, verdict="" if action == "unjudge" else action, match=match)
    raise InvalidInput(_("Nothing was asked for."))


def _said(action: str) -> str:
    return {
        "save": _("Saved. It is on your list of saved jobs."),
        "hide": _("Hidden. You find it among the hidden jobs, where you can bring it back."),
        "clear": _("Back as it was."),
    }.get(action, _("Thank you. This is kept with your data."))


def _back(request: HttpRequest) -> str:
    """Where the form was, if it says so and that is here."""
    asked = request.POST.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else reverse("home")
