"""What the pipeline does with CVs that came in."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from cvmatch.core.errors import CvmatchError
from cvmatch.core.runner import StageReport, work_off
from ingestion import services
from ingestion.extract.sandbox import Limits, read_document_sandboxed
from ingestion.models import CV
from ingestion.parse import parse_document
from ingestion.values import Document, ParsedCV

# A scan that is claimed last may take both times of the sandbox, and the run has to end before the queue's time-out.
BUDGET_S = 5.0


def parse_cvs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Read and understand uploaded CV files."""
    rows = CV.objects.all() if only is None else CV.objects.filter(pk__in=only)
    # One at a time: nothing is gained together, and one slow file must not hold the others beyond the queue's time-out.
    report = work_off(rows, limit=limit, work=_read_all, save=_store, chunk=1, budget_s=BUDGET_S)
    if report.failed:
        services.return_to_readable()
    return report


def reread_skills(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Look for skills again in the CVs that name some that people changed."""
    count = services.read_skills_again(limit=limit)
    return StageReport(claimed=count, done=count, more=count >= limit)


def _read_all(cvs: Sequence[CV]) -> Sequence[tuple[Document, ParsedCV]]:
    return [_read(cv) for cv in cvs]


def _read(cv: CV) -> tuple[Document, ParsedCV]:
    document = read_document_sandboxed(
        _content(cv),
        filename=cv.filename,
        max_bytes=settings.MAX_UPLOAD_BYTES,
        timeout_s=settings.EXTRACT_TIMEOUT_S,
        memory_mb=settings.EXTRACT_MEMORY_MB,
        recognition=Limits(settings.RECOGNISE_TIMEOUT_S, settings.RECOGNISE_MEMORY_MB),
    )
    return document, parse_document(document)


def _content(cv: CV) -> bytes:
    try:
        with cv.file.open("rb") as file:
            return bytes(file.read())
    except OSError as error:
        raise CvmatchError("The stored file cannot be opened.", details={"cv": cv.pk}) from error


def _store(cv: CV, result: tuple[Document, ParsedCV]) -> None:
    document, parsed = result
    services.store_parse(cv, document.text, parsed)
