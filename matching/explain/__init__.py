"""Accounts of matches: findings with their places in the texts, what would raise the score, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matching.explain.answers import sentence_findings
from matching.explain.evidence import findings
from matching.explain.raises import ScoreWith, raises
from matching.explain.reasons import reasons
from matching.explain.shown import Shown, shown_in
from matching.explain.words import sentences, talking_points
from matching.values import Account, CVProfile, Finding, JobProfile, Passages, Score, Standing

__all__ = ["Pair", "Shown", "explain", "shown_in"]


@dataclass(frozen=True)
class Pair:
    """Both sides of a match: the texts, what the scorer saw of them, and what stands where in the CV."""

    cv_text: str
    cv: CVProfile
    shown: Shown
    cv_passages: Passages | None
    job_text: str
    job: JobProfile
    job_passages: Passages | None


def explain(pair: Pair, scored: Score, *, score_with: ScoreWith, standing: Standing | None = None) -> Account:
    """The account of one match.

    ``score_with`` is the real scorer, asked for the CV with what one finding asks for; ``standing`` the place in a list.
    """
    found = _counted(_findings(pair), scored)
    options = raises(found, scored, score_with=score_with, standing=standing)
    return Account(
        findings=found,
        raises=options,
        sentences=sentences(findings=found, parts=scored.parts, cv=pair.cv, job=pair.job),
        points=talking_points(findings=found, raises=options, score=scored),
        reasons=reasons(scored.parts, found, pair.cv, pair.job),
    )


def _findings(pair: Pair) -> tuple[Finding, ...]:
    named = findings(shown=pair.shown, cv=pair.cv, job=pair.job, job_text=pair.job_text)
    return named + sentence_findings(
        job_text=pair.job_text,
        cv_text=pair.cv_text,
        asked=pair.job_passages,
        shown=pair.cv_passages,
        named=named,
        cv=pair.cv,
        job=pair.job,
    )


def _counted(found: Sequence[Finding], scored: Score) -> tuple[Finding, ...]:
    """Findings name a part only where that part counts in this score."""
    known = {part.name for part in scored.parts if part.value is not None}
    return tuple(finding if finding.part in known else replace(finding, part="") for finding in found)
