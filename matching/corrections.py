"""Correcting what was read, on the page of the CV: one address for all that can be done, with and without HTMX."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cvmatch.core.errors import CvmatchError, InvalidInput, NotFound
from cvmatch.core.models import User
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion import correcting
from ingestion.correction_form import VALUE, Form, form_of, written
from ingestion.models import CV, CVView
from ingestion.naming import refuse_blind
from ingestion.selectors import get_cv, list_corrections
from ingestion.viewings import note_view
from matching.views import cv_context, reading_with


@require_POST
def cv_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Save, remove, undo or confirm; what cannot be comes back with what is there now, in its form where there is one."""
    user = current_user(request)
    cv = get_cv(user, pk)
    refuse_blind(user)
    failure: CvmatchError | None = None
    try:
        _do(request, cv, user)
    except (InvalidInput, NotFound) as error:
        if not cv.is_read:
            raise
        failure = error
    if failure is None and not request.headers.get("HX-Request"):
        messages.success(request, _("Saved. The jobs are compared again with what holds now."))
        return redirect("cv", pk=cv.pk)
    form = _form_again(request, cv, failure) if failure else None
    note_view(user=user, cv=cv, how=CVView.How.PAGE)  # what is answered is the whole reading
    part = "#corrected" if request.headers.get("HX-Request") else ""
    context = {
        **cv_context(user, get_cv(user, pk), form=form),
        "oob": bool(part),
        "problem": failure.message if failure and form is None else "",
    }
    return render(request, f"matching/cv.html{part}", context, status=failure.status if failure else 200)


def _form_again(request: HttpRequest, cv: CV, failure: CvmatchError) -> Form | None:
    """The form as it was filled in; None when what it was about is gone, or there was none."""
    if request.POST.get("action") != "save":
        return None
    try:
        path = request.POST.get("path", "")
        return form_of(reading_with(cv, list(list_corrections(cv))), path, request.POST.dict(), failure)
    except (InvalidInput, NotFound):
        return None


def _do(request: HttpRequest, cv: CV, by: User) -> None:
    action, path = request.POST.get("action", ""), request.POST.get("path", "")
    if action == "undo":
        correcting.undo(cv, correction_id=number(request.POST.get("correction", "")) or 0, by=by)
    elif action == "confirm":
        correcting.confirm(cv, by=by)
    elif action == "remove":
        correcting.remove(cv, path=path, by=by)
    elif action == "save":
        _save(request, cv, path, by)
    elif "take" in request.POST:
        correcting.add(cv, path="skills", values={"name": request.POST["take"]}, by=by)
    elif "drop" in request.POST:
        correcting.remove(cv, path=request.POST["drop"], by=by)
    else:
        raise InvalidInput("Nothing was asked for.")


def _save(request: HttpRequest, cv: CV, path: str, by: User) -> None:
    """What the form of that address was filled in with: a value, the fields of an entry, or something new."""
    form = form_of(reading_with(cv, list(list_corrections(cv))), path)
    typed = written(form, request.POST.dict())
    if form.is_new:
        correcting.add(cv, path=path, values=typed.get(VALUE, "") if form.inputs[0].name == VALUE else typed, by=by)
    elif form.inputs[0].name != VALUE:
        correcting.correct_entry(cv, path=path, values=typed, by=by)
    elif VALUE in typed:
        correcting.correct(cv, path=path, value=typed[VALUE], by=by)
