"""Pages of CVs as files: upload, the list, the original."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cvmatch.core.errors import NotFound, UnreadableDocument
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion import selectors, services
from ingestion.comparing import differences
from ingestion.extract import check_size
from ingestion.models import CV, CVView
from ingestion.naming import refuse_blind
from ingestion.page_pictures import page_picture
from ingestion.viewings import note_view


@require_http_methods(["GET", "HEAD", "POST"])
def cv_upload(request: HttpRequest) -> HttpResponse:
    """One drop zone; a file that cannot be read is said at the field, before anything is stored.

    The page's own script asks for JSON: where to go, or what is wrong, so that the chosen file stays in the form.
    """
    user = current_user(request)
    replaced = _replaced(request)
    error = ""
    if request.method == "POST":
        try:
            cv = services.receive_cv(
                content=_content(request.FILES.get("file")),
                filename=_filename(request.FILES.get("file")),
                uploaded_by=user,
                candidate=replaced.candidate if replaced else None,
                interactive=True,
            )
            if request.accepts("text/html"):
                return redirect("cv", pk=cv.pk)
            return JsonResponse({"location": reverse("cv", args=[cv.pk])}, status=201)
        except UnreadableDocument as unreadable:
            error = unreadable.message
            if not request.accepts("text/html"):
                return JsonResponse({"error": error}, status=422)
    own = None if user.is_recruiter else selectors.find_own_cv(user)
    context = {
        "error": error,
        "replaced": replaced or own,
        "limit": settings.MAX_UPLOAD_BYTES,
    }
    return render(request, "ingestion/upload.html", context, status=422 if error else 200)


@require_safe
def cv_list(request: HttpRequest) -> HttpResponse:
    """Every CV for recruiters; a candidate is led to their own."""
    user = current_user(request)
    if not user.is_recruiter:
        own = selectors.find_own_cv(user)
        return redirect("cv", pk=own.pk) if own else redirect("cv-upload")
    words, before = request.GET.get("q", ""), request.GET.get("before", "")
    page = selectors.list_cv_page(user, words=words, before=number(before))
    query = request.GET.copy()
    query["before"] = page.next
    part = "#rows" if request.headers.get("HX-Target") == "cvs" else ""
    return render(request, f"ingestion/cvs.html{part}", {"page": page, "words": words, "next_query": query.urlencode()})


@require_safe
def cv_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was uploaded, always as a download: a browser must never run what somebody sent in."""
    user = current_user(request)
    cv = selectors.get_cv(user, pk)
    refuse_blind(user)
    try:
        file = cv.file.open("rb")
    except OSError as error:
        raise NotFound("The stored file is not there any more.") from error
    note_view(user=user, cv=cv, how=CVView.How.FILE)
    return FileResponse(file, as_attachment=True, filename=cv.filename, content_type="application/octet-stream")


@require_safe
def cv_picture(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """A page as people see it, for those who may see the file."""
    user = current_user(request)
    cv = selectors.get_cv(user, pk)
    refuse_blind(user)
    response = FileResponse(page_picture(cv, number).open("rb"), content_type="image/jpeg")
    note_view(user=user, cv=cv, how=CVView.How.PAGE)
    response["Cache-Control"] = "private, max-age=86400"
    return response


@require_safe
def cv_versions(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """What differs between two versions of one person's CV, the older one first."""
    user = current_user(request)
    refuse_blind(user)
    old, new = sorted((selectors.get_cv(user, pk), selectors.get_cv(user, other)), key=lambda cv: cv.version)
    if old.candidate_id != new.candidate_id:
        raise NotFound("These are not two versions of one CV.")
    unread = next((cv for cv in (old, new) if not cv.is_read), None)
    if unread:
        raise NotFound(f"Version {unread.version} has not been read, so it cannot be compared.")
    sections = differences(old.parsed, new.parsed)
    note_view(user=user, cv=new, how=CVView.How.PAGE)
    return render(request, "ingestion/versions.html", {"old": old, "new": new, "sections": sections})


def _replaced(request: HttpRequest) -> CV | None:
    """The CV that the upload is a newer version of, when the address names one that this user may see."""
    asked = number(request.GET.get("replaces", ""))
    return selectors.get_cv(current_user(request), asked) if asked is not None else None


def _content(file: UploadedFile[Any] | None) -> bytes:
    if file is None:
        raise UnreadableDocument("No file was chosen. Choose one, or drop it onto the field.")
    check_size(file.size or 0, max_bytes=settings.MAX_UPLOAD_BYTES)
    return bytes(file.read())


def _filename(file: UploadedFile[Any] | None) -> str:
    return PurePath(file.name or "cv").name if file else "cv"
