"""What the pipeline does with what comes in: CVs are read, connected sources are synced."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from cvmatch.core.errors import CvmatchError, LeaseLost
from cvmatch.core.runner import StageReport, work_off
from ingestion import link_checks, services, source_facts, syncing
from ingestion.extract.sandbox import Limits, read_document_sandboxed
from ingestion.models import CV, SyncRun
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


def start_syncs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Ask for a run of every connected source whose time has come."""
    count = syncing.start_due(limit=limit)
    return StageReport(claimed=count, done=count, more=count >= limit)


def sync_sources(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Work on one run of a connected source, as far as the time goes; what is left over is enqueued again."""
    rows = SyncRun.objects.select_related("source")
    return work_off(rows, limit=1, work=_sync, save=syncing.finish, chunk=1)


def check_links(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Follow some links of each source, to see whether what it says is open still is."""
    checked = link_checks.check_links(limit=limit)
    return StageReport(claimed=checked.links, done=checked.links, more=checked.more)


def judge_sources(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Judge how good the postings of each source are: read by ranking and pages, which must not wait for it."""
    count = source_facts.judge_sources()
    return StageReport(claimed=count, done=count)


def _sync(runs: Sequence[SyncRun]) -> list[syncing.Outcome]:
    return [_sync_one(run) for run in runs]


def _sync_one(run: SyncRun) -> syncing.Outcome:
    mapper = syncing.mapper_of(run.source)
    try:
        return syncing.sync(run, mapper, syncing.fetcher_of(run.source, mapper))
    except LeaseLost:
        return syncing.Outcome(
            is_through=False
        )  # the run cannot be completed by this worker either, which counts it as lost


def _read_all(cvs: Sequence[CV]) -> Sequence[tuple[Document, ParsedCV]]:
    return [read_file(cv) for cv in cvs]


def read_file(cv: CV) -> tuple[Document, ParsedCV]:
    """What today's parser reads in the file of a CV; nothing is stored. Raises CvmatchError where it cannot be read."""
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
