"""A tailored CV as a file to download."""

from __future__ import annotations

from enum import StrEnum

from django.http import HttpResponse

from cvmatch.core.errors import NotFound
from matching.models import Tailoring
from matching.tailoring import Tailored, as_docx, as_pdf


class Kind(StrEnum):
    """What the file is."""

    DOCX = "docx"
    PDF = "pdf"


def kind_of(name: str) -> Kind:
    """Raises NotFound for a name that is none."""
    try:
        return Kind(name)
    except ValueError as error:
        raise NotFound("A tailored CV is to be had as docx or pdf.") from error


_MAKERS = {Kind.DOCX: as_docx, Kind.PDF: as_pdf}


def file_of(row: Tailoring, kind: Kind) -> HttpResponse:
    """The new CV, always as a download; its name is that of the pair, which says nothing of the person."""
    content = _MAKERS[kind](Tailored.from_json(row.body_json))
    # As the CV's own file is given: a browser must never run what somebody sent in.
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="cv-{row.cv_id}-for-job-{row.job_id}.{kind.value}"'
    return response
