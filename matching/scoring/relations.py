"""How far the skills of a CV stand in for one that is asked: by the vocabulary of now, or as kept with a stored match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from jobs.skills import kin, skills_version
from matching.values import CVProfile, JobProfile

_kept: ContextVar[Mapping[str, float] | None] = ContextVar("kept", default=None)


# A phrase that means the skill without naming it counts like a narrowly related one: a model read it, and may be wrong.
IMPLIED = 0.5


def skill_credit(cv: CVProfile, skill_id: str) -> float:
    """1 when the CV names the skill; otherwise the nearest related skill's share, or that of a phrase that means it."""
    if skill_id in cv.skills:
        return 1.0
    kept = _kept.get()
    if kept is not None:
        return kept.get(skill_id, 0.0)
    return max(_nearest(cv.skills, skill_id, skills_version()), IMPLIED if skill_id in cv.implied else 0.0)


def partial_credits(cv: CVProfile, job: JobProfile) -> dict[str, float]:
    """What the vocabulary adds to the two profiles: the asked skills that others of the CV stand in for, with the share."""
    asked = {skill.skill_id for skill in job.requirements.skills} - cv.skills
    credits = {skill_id: skill_credit(cv, skill_id) for skill_id in sorted(asked)}
    return {skill_id: share for skill_id, share in credits.items() if share}


@contextmanager
def as_kept(credits: Mapping[str, float]) -> Iterator[None]:
    """Inside, one pair is scored with the shares that were kept with it, whatever the vocabulary says by now."""
    token = _kept.set(credits)
    try:
        yield
    finally:
        _kept.reset(token)


@lru_cache(maxsize=50_000)  # the same few hundred skills are asked of one CV by all the jobs of its list
def _nearest(shown: frozenset[str], skill_id: str, _version: str) -> float:
    return max((share for other, share in kin(skill_id).items() if other in shown), default=0.0)
