"""A tailored CV as a file to download."""

from __future__ import annotations

from enum import StrEnum

from django.http import HttpResponse

from cvmatch.core.errors import NotFound
from matching.models import Tailoring
from matching.tailoring import Tailored, as_docx, as_pdf


class Format(StrEnum):
    """What the file is."""

    DOCX = "docx"
    PDF = "pdf"


def format_of(name: str) -> Format:
    """Raises NotFound for a name that is none."""
    try:
        return Format(name)
    except ValueError as error:
        raise NotFound("A tailored CV is to be had as docx or pdf.") from error


_MAKERS = {Format.DOCX: as_docx, Format.PDF: as_pdf}


def file_of(row: Tailoring, as_format: Format) -> HttpResponse:
    """The new CV, always as a download; its name is that of the pair, which says nothing of the person."""
    content = _MAKERS[as_format](Tailored.from_json(row.body_json))
    # As the CV's own file is given: a browser must never run what somebody sent in.
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="cv-{row.cv_id}-for-job-{row.job_id}.{as_format.value}"'
    return response
