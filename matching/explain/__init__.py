"""Accounts of matches: findings with their places in the texts, what would raise the score, and a few sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jobs.skills import SkillMention
from matching.explain.evidence import STATED, findings
from matching.explain.words import sentences
from matching.values import Account, CVProfile, Finding, JobProfile, Part, Raise

RAISES = 3


def explain(
    *,
    cv_text: str,
    cv_skills: tuple[SkillMention, ...],
    job_text: str,
    cv: CVProfile,
    job: JobProfile,
    parts: Sequence[Part],
    score: float,
    score_with: Callable[[str], float],
) -> Account:
    """The account of one match; ``score_with`` is the real scorer, asked for the CV with one skill more."""
    found = findings(cv_text=cv_text, cv_skills=cv_skills, job_text=job_text, requirements=job.requirements)
    return Account(
        findings=found,
        raises=_raises(found, score, score_with),
        sentences=sentences(findings=found, parts=parts, cv=cv, job=job),
    )


def _raises(found: Sequence[Finding], score: float, score_with: Callable[[str], float]) -> tuple[Raise, ...]:
    """The additions that would raise the score most."""
    options = [Raise(finding.name, score_with(finding.subject)) for finding in found if finding.state != STATED]
    better = [option for option in options if option.score > score]
    return tuple(sorted(better, key=lambda option: (-option.score, option.name))[:RAISES])
