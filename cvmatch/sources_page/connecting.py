"""Pages that connect, change and disconnect a source; nothing is stored before somebody says so."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cvmatch.core.errors import CvmatchError, NotFound
from cvmatch.core.pages import typed
from cvmatch.core.web import current_user
from cvmatch.sources_page.form import SourceForm, initial_of
from cvmatch.sources_page.kinds import Choice, list_kinds
from cvmatch.sources_page.trying import WAIT_S, preview_within
from ingestion import syncing
from ingestion.models import Source
from ingestion.source_figures import find_source
from ingestion.syncing.disconnecting import disconnect
from ingestion.syncing.secrets import Secrets, seal, unseal
from jobs.models import Job

DEFAULTS = {"every": 1, "unit": "days", "grace_days": 2}
TRIED = "tried-secrets"


@require_safe
def source_add(request: HttpRequest) -> HttpResponse:
    """Choose a kind: all of them as cards, searched by words."""
    words = typed(request.GET.get("q", ""))
    part = "#kinds" if request.headers.get("HX-Target") == "kinds" else ""
    shown = {"words": words, "kinds": list_kinds(words)}
    return render(request, f"operations/source_add.html{part}", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def source_connect(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of a new source: tried as often as one likes, and then connected, which starts its first run."""
    choice = _choice(kind)
    kept = _tried(request, kind)
    if request.method != "POST":
        return _form_page(request, choice, SourceForm(kind, choice.about, kept=kept, initial=DEFAULTS))
    form = SourceForm(kind, choice.about, kept=kept, data=request.POST)
    if request.POST.get("action") == "preview":
        return _preview(request, choice, form)
    if form.is_valid():
        given = form.given()
        try:
            source = syncing.connect_source(
                name=given.name,
                kind=kind,
                options=given.options,
                secrets=given.secrets,
                every_minutes=given.every_minutes,
                grace_days=given.grace_days,
                connected_by=current_user(request),
            )
        except CvmatchError as error:
            _add_error(form, error)
        else:
            request.session.pop(TRIED, None)
            syncing.request_sync(source)
            messages.success(request, _("%s is connected and read for the first time now.") % source)
            return redirect("source", name=source.name)
    return _form_page(request, choice, _again(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def source_change(request: HttpRequest, name: str) -> HttpResponse:
    """Change parameters and schedule. Secrets that are left empty stay as they are."""
    source = find_source(name)
    choice = _choice(source.kind)
    values: dict[str, Any] = {"kept": _known(source), "has_name": False}
    if request.method != "POST":
        form = SourceForm(source.kind, choice.about, initial=initial_of(source), **values)
        return _form_page(request, choice, form, source)
    form = SourceForm(source.kind, choice.about, data=request.POST, **values)
    if request.POST.get("action") == "preview":
        return _preview(request, choice, form, source)
    if form.is_valid():
        given = form.given()
        try:
            syncing.change_source(
                source,
                options=given.options,
                secrets=given.secrets,
                every_minutes=given.every_minutes,
                grace_days=given.grace_days,
            )
        except CvmatchError as error:
            _add_error(form, error)
        else:
            messages.success(request, _("%s is changed, from its next run on.") % source)
            return redirect("source", name=source.name)
    return _form_page(request, choice, form, source)


@require_http_methods(["GET", "HEAD", "POST"])
def source_disconnect(request: HttpRequest, name: str) -> HttpResponse:
    """Says what will happen, and does it when it is confirmed."""
    source = find_source(name)
    if request.method != "POST":
        count = Job.objects.active().filter(source=source.name).count()
        return render(request, "operations/source_disconnect.html", {"source": source, "open_jobs": count})
    count = disconnect(source)
    messages.success(
        request,
        _("%(source)s is disconnected; %(count)d of its jobs were closed.") % {"source": source, "count": count},
    )
    return redirect("sources")


def _choice(kind: str) -> Choice:
    choice = next((each for each in list_kinds() if each.kind == kind and each.is_fetched), None)
    if choice is None:
        raise NotFound("There is no such kind of source. Choose one of the list.")
    return choice


def _preview(request: HttpRequest, choice: Choice, form: SourceForm, source: Source | None = None) -> HttpResponse:
    """Ten postings as they would be stored, or what is wrong; stores nothing."""
    shown: dict[str, Any] = {"is_tried": True}
    if form.is_valid():
        given = form.given()
        try:
            shown["preview"] = preview_within(WAIT_S, kind=choice.kind, options=given.options, secrets=given.secrets)
        except CvmatchError as error:
            shown["problem"] = error.message
    if request.headers.get("HX-Request"):
        return render(request, "operations/source_preview.html", {"form": form, **shown})
    if source is None:
        form = _again(request, form)
    return _form_page(request, choice, form, source, **shown)


def _form_page(
    request: HttpRequest, choice: Choice, form: SourceForm, source: Source | None = None, **shown: Any
) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"choice": choice, "form": form, "source": source, "wait_s": WAIT_S, **shown}
    return render(request, "operations/source_form.html", context, status=status)


def _add_error(form: SourceForm, error: CvmatchError) -> None:
    field = error.details.get("parameter")
    form.add_error(field if field in form.fields else None, error.message)


def _again(request: HttpRequest, form: SourceForm) -> SourceForm:
    """The form once more; secrets that were typed stay with the session, sealed, so that nobody types them twice."""
    typed_in = {
        one.name: form.cleaned_data[one.name]
        for one in form.parameters
        if one.secret and form.cleaned_data.get(one.name)
    }
    if not typed_in:
        return form
    request.session[TRIED] = {form.kind: seal({**form.kept, **typed_in})}
    again = SourceForm(form.kind, _choice(form.kind).about, kept={**form.kept, **typed_in}, data=form.data)
    for name, errors in form.errors.items():
        for message in errors:
            if message not in again.errors.get(name, []):
                again.add_error(None if name == "__all__" else name, message)
    return again


def _tried(request: HttpRequest, kind: str) -> Secrets:
    return _opened(request.session.get(TRIED, {}).get(kind, ""))


def _known(source: Source) -> Secrets:
    return _opened(source.sealed)


def _opened(sealed: str) -> Secrets:
    try:
        return unseal(sealed)
    except CvmatchError:
        return {}  # kept under a key that is gone: they have to be typed in again
