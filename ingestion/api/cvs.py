"""CVs over HTTP: upload, list, status."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from cvmatch.core.http_api import Page, keyset_page, user_of
from ingestion import selectors, services
from ingestion.api.corrections import CorrectionOut, out
from ingestion.extract import check_size
from ingestion.models import CV

router = Router(tags=["CVs"])


class CVOut(Schema):
    """A CV without its text."""

    id: int
    status: str = Field(description="pending, processing, completed or failed: reading the file", examples=["pending"])
    error: str = Field(description="Why reading failed, in words; empty otherwise")
    version: int
    filename: str
    name: str
    label: str
    uploaded_at: datetime
    completeness: float | None = Field(description="Share of the expected facts found, 0 to 1")


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
    response={202: CVOut},
    summary="Upload a CV",
    operation_id="upload_and_parse",
)
def upload_and_parse(request: HttpRequest, response: HttpResponse, file: File[UploadedFile]) -> CV:
    """Keeps the file and answers at once; reading, matching and explaining follow. Poll the address in `Location`."""
    user = user_of(request)
    check_size(file.size or 0, max_bytes=settings.MAX_UPLOAD_BYTES)
    cv = services.receive_cv(content=file.read(), filename=file.name or "cv", uploaded_by=user, interactive=True)
    response["Location"] = f"/api/v1/cvs/{cv.pk}/status"
    response["Retry-After"] = "1"
    return cv


@router.get("/cvs", response=Page[CVOut], summary="CVs", operation_id="list_cvs")
def list_cvs(
    request: HttpRequest, cursor: int | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Page[Any]:
    """The newest version of each CV that you may see, newest first; `next` is the address of the next page."""
    return keyset_page(request, selectors.list_cvs(user_of(request)), cursor, limit)


@router.get("/cvs/{cv_id}", response=ParsedCVOut, summary="One CV", operation_id="get_cv")
def get_cv(request: HttpRequest, cv_id: int) -> dict[str, Any]:
    """What holds of a CV: what was read, with the confidence and the place of each field, and what was corrected."""
    cv = selectors.get_cv(user_of(request), cv_id)
    listed = {name: getattr(cv, name) for name in CVOut.model_fields}
    corrections = [out(correction) for correction in selectors.list_corrections(cv) if correction.undone_at is None]
    read = {"resume": cv.parsed_json, "corrections": corrections, "text": cv.text, "findings": cv.findings}
    concerns = [asdict(concern) for concern in cv.parsed.concerns]
    return cast(dict[str, Any], {**listed, **read, "concerns": concerns})
