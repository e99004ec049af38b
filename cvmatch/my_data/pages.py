"""The page of a candidate's own data: what it may be used for, versions, who looked, how long, download, and erasing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import Purpose, User
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from cvmatch.my_data.download import person_of, stream_archive
from cvmatch.my_data.erasing import erase_account
from ingestion.clock import is_ending, keep_longer
from ingestion.consents import list_standings, set_consent
from ingestion.erasing import erase_candidate
from ingestion.models import Candidate, Correction
from ingestion.selectors import list_candidate_versions
from ingestion.viewings import list_views
from matching.models import Interaction, JobMark

# Typed to confirm; the same in every language, and the form says so.
CONFIRMATION = "delete"
VIEWS = 50


@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about the person who asks."""
    views_to = number(request.GET.get("before", ""))
    return render(request, "my_data.html", _context(current_user(request), before=views_to))


@require_safe
def my_data_download(request: HttpRequest) -> StreamingHttpResponse:
    """All of it as one archive, written while it is sent."""
    response = StreamingHttpResponse(stream_archive(person_of(current_user(request))), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="cvmatch-{timezone.now():%Y-%m-%d}.zip"'
    return response


@require_POST
def my_data_consent(request: HttpRequest) -> HttpResponse:
    """Agree to a purpose, or take that back; it has its effect before the page is there again."""
    purpose, given = request.POST.get("purpose", ""), request.POST.get("given") == "yes"
    if purpose not in Purpose.values:
        raise InvalidInput(_("There is no such purpose. Load the page again."))
    set_consent(user=current_user(request), purpose=Purpose(purpose), is_given=given, how="page")
    messages.success(request, _("Kept. It holds from now on.") if given else _("Taken back. It holds from now on."))
    return redirect("my-data")


@require_POST
def my_data_keep(request: HttpRequest) -> HttpResponse:
    """Begin the time anew that the person is kept."""
    candidate = Candidate.objects.filter(user=current_user(request)).first()
    if candidate is not None:
        until = keep_longer(candidate=candidate)
        messages.success(request, _("Your data is kept until %(date)s.") % {"date": f"{until:%d %B %Y}"})
    return redirect("my-data")


@require_POST
@sensitive_post_parameters("password")
def my_data_delete(request: HttpRequest) -> HttpResponse:
    """Erase every version of the CV, or that and the account, once the word and the password are right."""
    user = current_user(request)
    whole = request.POST.get("what") == "account"
    error = _objection(request, user)
    if error:
        context = {**_context(user), "error": error, "error_at": "account" if whole else "cv"}
        return render(request, "my_data.html", context, status=422)
    if not whole:
        candidate = Candidate.objects.filter(user=user).first()
        if candidate is not None:
            erase_candidate(candidate=candidate, by=user)
        messages.success(request, _("Your CV is erased, with everything that was made from it."))
        return redirect("home")
    erase_account(user=user)
    logout(request)
    messages.success(request, _("Your account is erased, with your CV and everything that was made from it."))
    return redirect("account_login")


def _objection(request: HttpRequest, user: User) -> str:
    if request.POST.get("word", "").strip().casefold() != CONFIRMATION:
        return _('Nothing was erased: type the word "%(word)s" to confirm.') % {"word": CONFIRMATION}
    if not user.check_password(request.POST.get("password", "")):
        return _("Nothing was erased: this is not your password.")
    return ""


def _context(user: User, *, before: int | None = None) -> dict[str, Any]:
    candidate = Candidate.objects.filter(user=user).first()
    marks = JobMark.objects.filter(user=user)
    views = list(list_views(candidate, before=before)[: VIEWS + 1]) if candidate else []
    return {
        "candidate": candidate,
        "is_ending": candidate is not None and is_ending(candidate),
        "standings": list_standings(user),
        "versions": list_candidate_versions(candidate) if candidate else [],
        "views": views[:VIEWS],
        "older": views[VIEWS - 1].pk if len(views) > VIEWS else None,
        "corrections": Correction.objects.filter(cv__candidate=candidate).count() if candidate else 0,
        "marks": marks.count(),
        "interactions": Interaction.objects.filter(user=user).count(),
        "word": CONFIRMATION,
    }
