"""What recruiters do about candidates: decide, undo, tag, note, read blind; forms that work with and without HTMX."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion.models import CV
from jobs.models import Job
from jobs.selectors import get_job
from matching import deciding
from matching.models import Match, TailoringBatch
from matching.optimising import request_batch
from matching.recruiting.asked import narrowing_from, page_query, way_back
from matching.recruiting.candidates import deciding_context, people_context
from matching.recruiting.toasts import Toast, toast_for
from matching.selectors.candidates import list_candidates

PEOPLE, DECISION = "people", "decision"


@require_POST
def job_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the selected candidates of a job to a stage."""
    user, form = current_user(request), request.POST

    def act(job: Job, people: list[int]) -> Toast:
        stage, reason, comment = form.get("stage", ""), form.get("reason", ""), form.get("comment", "")
        return toast_for(
            deciding.decide(job=job, candidates=people, stage=stage, reason=reason, comment=comment, by=user)
        )

    return _answer(request, pk, act)


@require_POST
def job_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one click decided."""

    def act(job: Job, people: list[int]) -> Toast:
        batch = _uuid(request.POST.get("batch", ""))
        return toast_for(deciding.undo(job=job, batch=batch, by=current_user(request)), undone=True)

    return _answer(request, pk, act)


@require_POST
def job_tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a tag on the selected candidates, or take one off them."""
    user, form = current_user(request), request.POST

    def act(job: Job, people: list[int]) -> Toast:
        if taken := number(form.get("remove", "")):
            deciding.remove_tag(tag=taken, candidates=people)
            return Toast(_("The tag was taken off."))
        tag = deciding.add_tag(name=form.get("tag", ""), candidates=people, by=user)
        return Toast(_("Tagged: %(name)s") % {"name": tag.name})

    return _answer(request, pk, act)


@require_POST
def job_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note about a candidate, or delete one's own."""
    user, form = current_user(request), request.POST

    def act(job: Job, people: list[int]) -> Toast:
        if deleted := number(form.get("delete", "")):
            deciding.delete_note(note=deleted, by=user)
            return Toast(_("The note was deleted."))
        deciding.write_note(job=job, candidate=people[0] if people else 0, text=form.get("text", ""), by=user)
        return Toast(_("The note was kept."))

    return _answer(request, pk, act)


@require_POST
def job_pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare or export those who are selected: their page, by an address that can be shared; or have their CVs improved."""
    lines = request.POST.getlist("match")
    if "improve" in request.POST:
        return redirect("improvements", pk=_improved(request, get_job(pk)).pk)
    if "export" in request.POST:
        return redirect(f"{reverse('job-candidates-csv', kwargs={'pk': pk})}?{urlencode({'match': lines}, doseq=True)}")
    return redirect(f"{reverse('job-compare', kwargs={'pk': pk})}?{urlencode({'match': lines}, doseq=True)}")


@require_POST
def blind(request: HttpRequest) -> HttpResponse:
    """Hide who the candidates are, or show it again."""
    deciding.set_blind(user=current_user(request), blind=request.POST.get("blind") == "on")
    return redirect(way_back(request, reverse("home")))


Act = Callable[[Job, list[int]], Toast]


def _answer(request: HttpRequest, pk: int, act: Act) -> HttpResponse:
    """Do it, and show what is so now: the part of the page that asked, or the page where the form stood."""
    job = get_job(pk)
    toast, status = Toast(""), 200
    try:
        toast = act(job, _people(request, job))
    except (InvalidInput, NotFound) as error:
        toast, status = Toast(error.message, is_problem=True), error.status
    part = request.headers.get("HX-Target", "")
    if part == PEOPLE:
        only = narrowing_from(page_query(request))
        shown = list_candidates(current_user(request), job, only)
        context = people_context(request, shown, only, number(request.POST.get("then", "")))
        return render(request, "matching/candidates.html#acted", {**context, "toast": toast}, status=status)
    if part == DECISION:
        context = deciding_context(current_user(request), job, _cv(request, job))
        return render(request, "matching/decision.html#acted", {**context, "toast": toast}, status=status)
    return _redirect(request, job, toast)


def _redirect(request: HttpRequest, job: Job, toast: Toast) -> HttpResponse:
    back = way_back(request, reverse("job-candidates", kwargs={"pk": job.pk}))
    if toast.batch:
        address, _sign, anchor = back.partition("#")
        joined = "&" if "?" in address else "?"
        back = f"{address}{joined}{urlencode({'done': toast.batch})}" + (f"#{anchor}" if anchor else "")
    else:
        (messages.error if toast.is_problem else messages.success)(request, toast.words)
    return redirect(back)


def _improved(request: HttpRequest, job: Job) -> TailoringBatch:
    lines = [pk for pk in map(number, request.POST.getlist("match")) if pk]
    cvs = list(Match.objects.filter(job=job, pk__in=lines).order_by("rank").values_list("cv_id", flat=True))
    if not cvs:
        raise InvalidInput(_("Nobody is selected. Tick somebody first."))
    return request_batch(user=current_user(request), cv_ids=cvs, job_ids=[job.pk])[0]


def _people(request: HttpRequest, job: Job) -> list[int]:
    """Candidates that are named by themselves or by their lines of the job's lists."""
    named = [pk for pk in map(number, request.POST.getlist("candidate")) if pk]
    lines = [pk for pk in map(number, request.POST.getlist("match")) if pk]
    found = list(Match.objects.filter(job=job, pk__in=lines).values_list("cv__candidate", flat=True)) if lines else []
    if len(found) < len(set(lines)):
        raise NotFound(_("The list was made anew since. Load the page again."))
    return [*named, *found]


def _cv(request: HttpRequest, job: Job) -> CV:
    """The one candidate that the page in the browser is about."""
    candidate = number(request.POST.get("candidate", ""))
    cv = CV.objects.visible_to(current_user(request)).current().filter(candidate=candidate).defer("search").first()
    if cv is None:
        raise NotFound(_("This candidate is not here any more."))
    return cv


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(_("There is nothing to undo in this address.")) from error
