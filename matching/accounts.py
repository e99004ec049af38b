"""Explains one stored pair of a CV and a job: joins the rows with the pure explainer and the real scorer."""

from __future__ import annotations

from ingestion.models import CV
from jobs.models import Job
from matching.explain import explain
from matching.scoring import score_with_skill, total
from matching.values import Account, CVProfile, JobProfile, Part


def account_of(cv: CV, job: Job, parts: tuple[Part, ...], *, profiles: tuple[CVProfile, JobProfile]) -> Account:
    """Why this CV and this job scored as they did; ``parts`` are those of the score, ``profiles`` what it saw."""
    cv_seen, job_seen = profiles
    return explain(
        cv_text=cv.text,
        cv_skills=cv.skills,
        job_text=job.description,
        cv=cv_seen,
        job=job_seen,
        parts=parts,
        score=total(parts).score,
        score_with=lambda skill_id: score_with_skill(parts, cv_seen, job_seen, skill_id),
    )
