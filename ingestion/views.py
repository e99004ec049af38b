"""Pages of CVs as files: upload, the list, the original."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cvmatch.core.errors import NotFound, UnreadableDocument
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion import selectors, services
from ingestion.extract import check_size
from ingestion.models import CV


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cv_upload(request: HttpRequest) -> HttpResponse:
    """One drop zone; a file that cannot be read is said at the field, before anything is stored."""
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
            return redirect("cv", pk=cv.pk)
        except UnreadableDocument as unreadable:
            error = unreadable.message
    own = None if user.is_recruiter else selectors.find_own_cv(user)
    context = {
        "error": error,
        "replaced": replaced or own,
        "limit": settings.MAX_UPLOAD_BYTES,
    }
    return render(request, "ingestion/upload.html", context, status=422 if error else 200)


@require_safe
@login_required
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
@login_required
def cv_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was uploaded, always as a download: a browser must never run what somebody sent in."""
    cv = selectors.get_cv(current_user(request), pk)
    try:
        file = cv.file.open("rb")
    except OSError as error:
        raise NotFound("The stored file is not there any more.") from error
    return FileResponse(file, as_attachment=True, filename=cv.filename, content_type="application/octet-stream")


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
