"""Matches a file that is not kept: the way of a stored CV from end to end, in a transaction that is rolled back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cvmatch.core.models import Status
from ingestion.extract.sandbox import Limits, read_document_sandboxed
from ingestion.models import CV
from ingestion.parse import parse_document
from ingestion.services import keep_text
from ingestion.values import Document
from jobs.models import Job
from matching import services
from matching.embedding import get_provider
from matching.live import explained
from matching.models import CVEmbedding
from matching.ranking import Line, Ranked, rank
from matching.search import Side
from matching.values import Account, Score
from matching.vectors import cv_vectors


@dataclass(frozen=True)
class ExplainedMatch:
    """One line of the list with its job and its account."""

    rank: int
    job_id: int
    title: str
    company: str
    place: str
    url: str
    score: Score
    account: Account

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"account": self.account.to_json()}


def match_file(content: bytes, *, filename: str, top: int) -> list[ExplainedMatch]:
    """The best jobs for a CV file, explained; leaves nothing behind. Raises UnreadableDocument."""
    document = read_document_sandboxed(
        content,
        filename=filename,
        max_bytes=settings.MAX_UPLOAD_BYTES,
        timeout_s=settings.EXTRACT_TIMEOUT_S,
        memory_mb=settings.EXTRACT_MEMORY_MB,
        recognition=Limits(settings.RECOGNISE_TIMEOUT_S, settings.RECOGNISE_MEMORY_MB),
    )
    with transaction.atomic():
        cv = embedded_cv(document, filename=filename)
        ranked = rank(Side.JOBS_FOR_CV, [cv.pk], now=timezone.now(), top=top, cvs={cv.pk: cv}, whole_jobs=True)[cv.pk]
        matches = _explained(cv, ranked)
        transaction.set_rollback(True)
    return matches


def embedded_cv(document: Document, *, filename: str) -> CV:
    """A CV of no file, parsed and embedded at once in the caller's transaction."""
    cv = keep_text(filename=filename, text=document.text, parsed=parse_document(document))
    row = CVEmbedding.objects.create(
        cv=cv, content_hash=cv.content_hash, model=get_provider().name, status=Status.COMPLETED
    )
    services.store_cv_vectors(row, cv_vectors([cv])[0])
    return cv


def _explained(cv: CV, ranked: Ranked) -> list[ExplainedMatch]:
    accounts = explained(cv, ranked.lines, among=ranked)
    return [
        _match(number, ranked.jobs[line.job_id], line, account)
        for number, (line, account) in enumerate(zip(ranked.lines, accounts, strict=True), start=1)
    ]


def _match(number: int, job: Job, line: Line, account: Account) -> ExplainedMatch:
    return ExplainedMatch(
        rank=number,
        job_id=job.pk,
        title=job.title,
        company=job.company,
        place="Remote" if job.remote else str(job.place),
        url=job.url,
        score=line.score,
        account=account,
    )
