"""Finds what may fit a subject, behind one protocol: pgvector in production, exact search to test it against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Protocol

from django.conf import settings

from cvmatch.core.backends import build
from jobs.values import JobFilter
from matching.values import Candidate


class Side(StrEnum):
    """What is looked for; the same values as ``Prediction.Side``."""

    JOBS_FOR_CV = "jobs"
    CVS_FOR_JOB = "cvs"


class SearchBackend(Protocol):
    """``find`` takes a batch of subjects (CV ids or job ids, by side) that are embedded with ``model``.

    Returns for each subject up to ``limit`` targets by each channel (text, title, words), compared in full, in no order
    that matters. Only active jobs and the latest CVs are found, and of the jobs only those that ``only`` lets through.
    """

    def find(
        self, side: Side, subject_ids: Sequence[int], *, model: str, limit: int, only: JobFilter | None = None
    ) -> Mapping[int, list[Candidate]]: ...


@cache
def get_search() -> SearchBackend:
    """The backend of this installation, as the settings name it."""
    backend: SearchBackend = build(settings.SEARCH_BACKENDS[settings.SEARCH_BACKEND])
    return backend
