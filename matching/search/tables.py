"""The names that differ between the two directions of search."""

from __future__ import annotations

from dataclasses import dataclass

from matching.search import Side


@dataclass(frozen=True)
class Tables:
    """The names that differ between the two directions; constants, never input."""

    subject: str
    subject_vectors: str
    subject_key: str
    target: str
    target_vectors: str
    target_key: str
    open_targets: str
    corpus: str


_TABLES = {
    Side.JOBS_FOR_CV: Tables(
        subject="ingestion_cv",
        subject_vectors="matching_cvvector",
        subject_key="cv_id",
        target="jobs_job",
        target_vectors="matching_jobvector",
        target_key="job_id",
        open_targets="t.status = 'active'",
        corpus="jobs",
    ),
    Side.CVS_FOR_JOB: Tables(
        subject="jobs_job",
        subject_vectors="matching_jobvector",
        subject_key="job_id",
        target="ingestion_cv",
        target_vectors="matching_cvvector",
        target_key="cv_id",
        open_targets="t.is_latest AND t.expires_at IS NULL",
        corpus="cvs",
    ),
}


def tables(side: Side) -> Tables:
    """The tables of a direction."""
    return _TABLES[side]
