"""What a CV scores for a job as it is stored, and what it would score as another text: by the stages of every other CV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import Status
from ingestion.extract import read_document
from ingestion.models import CV, Candidate
from ingestion.parse import parse_document
from ingestion.services import store_reading
from jobs.models import Job
from matching.embedding import get_provider
from matching.live import is_ready
from matching.models import CVEmbedding
from matching.ranking import score_pairs
from matching.search import Side
from matching.services import store_cv_vectors
from matching.tailoring.proving import Read
from matching.values import Score
from matching.vectors import cv_vectors


def stored_score(cv: CV, job: Job, *, now: datetime) -> Score:
    """As a list of today would have it. Raises InvalidInput where the CV has no vectors yet."""
    if not is_ready(cv):
        raise InvalidInput("This CV is still being read, or a newer one has replaced it.")
    return score_pairs(Side.JOBS_FOR_CV, [(cv.pk, job.pk)], now=now)[cv.pk, job.pk].score


def read_file(content: bytes) -> Read:
    """A Word file of our own, read as if somebody had sent it."""
    document = read_document(content, filename="cv.docx", max_bytes=settings.MAX_UPLOAD_BYTES)
    return Read(document.text, parse_document(document))


def scores_of(readings: Sequence[Read], cv: CV, job: Job, *, now: datetime) -> list[Score]:
    """The score of each reading in the place of the CV, with the person's corrections and wish for pay; nothing is kept.

    The rows are written as those of any CV, since words are compared in the database, and rolled back.
    """
    with transaction.atomic():
        rows = [store_beside(read, cv, now) for read in readings]
        for row, vectors in zip(rows, cv_vectors(rows), strict=True):
            embedding = CVEmbedding.objects.create(
                cv=row, content_hash=row.content_hash, model=get_provider().name, status=Status.COMPLETED
            )
            store_cv_vectors(embedding, vectors)
        lines = score_pairs(Side.JOBS_FOR_CV, [(row.pk, job.pk) for row in rows], now=now)
        scores = [lines[row.pk, job.pk].score for row in rows]
        transaction.set_rollback(True)
    return scores


def store_beside(read: Read, cv: CV, now: datetime) -> CV:
    """A reading as a CV of somebody new, with what people corrected and wish for; to be rolled back by the caller."""
    own = cv.candidate
    person = Candidate.objects.create(desired_pay=own.desired_pay, desired_currency=own.desired_currency)
    row = CV.objects.create(
        candidate=person, version=1, filename="", size=0, status=Status.COMPLETED, finished_at=now, expires_at=now
    )
    row.text, row.format = read.text, read.parsed.format
    row.save(update_fields=["text", "format"])
    store_reading(row, read.parsed, list(cv.corrections.all()))
    return row
