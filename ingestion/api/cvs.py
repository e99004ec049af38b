"""CVs over HTTP: upload, list, status."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from cvmatch.core.http_api import Cursor, Limit, Page, keyset_page, user_of
from cvmatch.core.models import User
from cvmatch.core.waits import SHORTEST_POLL_S, WAY_OF_CV, expected_wait
from ingestion import selectors, services
from ingestion.api.corrections import CorrectionOut, out
from ingestion.erasing import erase_cv
from ingestion.extract import check_size
from ingestion.models import CV, CVView
from ingestion.naming import label_for, number_of, refuse_blind
from ingestion.viewings import note_view

router = Router(tags=["CVs"])


class CVOut(Schema):
    """A CV without its text."""

    id: int = Field(examples=[17])
    status: str = Field(description="pending, processing, completed or failed: reading the file", examples=["pending"])
    error: str = Field(description="Why reading failed, in words; empty otherwise", examples=[""])
    version: int = Field(description="1 is the candidate's first file", examples=[1])
    filename: str = Field(examples=["cv.pdf"])
    name: str = Field(description="Of the person; empty until the file is read", examples=["Mara Lindqvist"])
    label: str = Field(description="What they are, as the CV says it", examples=["Data Engineer"])
    uploaded_at: datetime
    completeness: float | None = Field(description="Share of the expected facts found, 0 to 1")


class AcceptedCVOut(CVOut):
    """A CV that has just been accepted."""

    expected_s: float | None = Field(
        description="About how long it takes from now to its explained matches, with what waits before it; "
        "null while nobody can say: a stage is paused or no worker shows a sign of life",
        examples=[2.4],
    )
    ahead: int | None = Field(description="CVs before it that people wait for as well; null likewise", examples=[0])


class VersionOut(CVOut):
    """One version of a CV."""

    is_latest: bool = Field(description="Whether it is the one that is matched")
    is_corrected: bool = Field(description="Whether corrections of it hold")


class ParsedCVOut(CVOut):
    """A CV with what was read from it."""

    resume: dict[str, Any] = Field(
        description="JSON Resume with the corrections in it; meta.fields has confidence and place of each field that was "
        "read, meta.corrected what was read where something else holds"
    )
    corrections: list[CorrectionOut] = Field(description="Those that hold, in the order they were made")
    text: str = Field(description="The text that every place points into")
    findings: list[str]
    concerns: list[dict[str, Any]] = Field(
        description="Left out of matching: kind (hidden, glyphs, stuffing, instruction), reason, excerpt, page, start, end"
    )


@router.post(
    "/candidate/upload_and_parse",
    response={202: AcceptedCVOut},
    summary="Upload a CV",
    operation_id="upload_and_parse",
)
def upload_and_parse(request: HttpRequest, response: HttpResponse, file: File[UploadedFile]) -> dict[str, Any]:
    """Keeps the file and answers at once, however many wait; reading, matching and explaining follow. Poll the address in
    `Location`, as often as `Retry-After` says."""
    user = user_of(request)
    check_size(file.size or 0, max_bytes=settings.MAX_UPLOAD_BYTES)
    cv = services.receive_cv(content=file.read(), filename=file.name or "cv", uploaded_by=user, interactive=True)
    response["Location"] = f"/api/v1/cvs/{cv.pk}/status"
    wait = expected_wait(WAY_OF_CV)
    response["Retry-After"] = str(wait.poll_after_s if wait else SHORTEST_POLL_S)
    listed = {name: getattr(cv, name) for name in CVOut.model_fields}
    return {**listed, "expected_s": wait and wait.seconds, "ahead": wait and wait.ahead}


@router.get("/cvs", response=Page[CVOut], summary="CVs", operation_id="list_cvs")
def list_cvs(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[Any]:
    """The newest version of each CV that you may see, newest first; `next` is the address of the next page."""
    user = user_of(request)
    page = keyset_page(request, selectors.list_cvs(user), cursor, limit)
    return page.model_copy(update={"items": [_shown(user, cv) for cv in page.items]})


@router.get("/cvs/{cv_id}", response=ParsedCVOut, summary="One CV", operation_id="get_cv")
def get_cv(request: HttpRequest, cv_id: int) -> dict[str, Any]:
    """What holds of a CV: what was read, with the confidence and the place of each field, and what was corrected."""
    user = user_of(request)
    cv = selectors.get_cv(user, cv_id)
    refuse_blind(user)
    note_view(user=user, cv=cv, how=CVView.How.API)
    listed = {name: getattr(cv, name) for name in CVOut.model_fields}
    corrections = [out(correction) for correction in selectors.list_corrections(cv) if correction.undone_at is None]
    read = {"resume": cv.parsed_json, "corrections": corrections, "text": cv.text, "findings": cv.findings}
    concerns = [asdict(concern) for concern in cv.parsed.concerns]
    return cast(dict[str, Any], {**listed, **read, "concerns": concerns})


@router.get(
    "/cvs/{cv_id}/versions", response=list[VersionOut], summary="Versions of a CV", operation_id="list_cv_versions"
)
def list_cv_versions(request: HttpRequest, cv_id: int) -> list[Any]:
    """Every version of the same candidate's CV that is still kept, newest first."""
    user = user_of(request)
    return [_shown(user, version) for version in selectors.list_versions(selectors.get_cv(user, cv_id))]


@router.delete("/cvs/{cv_id}", response={204: None}, summary="Erase a CV", operation_id="delete_cv")
def delete_cv(request: HttpRequest, cv_id: int) -> Status[None]:
    """Erases this version for good, with its file and all that was made from it. The version before it is matched again.

    A candidate without an account goes with their last version.
    """
    user = user_of(request)
    erase_cv(cv=selectors.get_cv(user, cv_id), by=user)
    return Status(204, None)


def _shown(user: User, cv: CV) -> CV:
    """As its user may know it: without name and file name for those who read blind."""
    if user.is_blind:
        cv.label = label_for(user, cv)  # before the name goes, which is covered in it
        cv.name, cv.filename = number_of(cv), ""
    return cv
