"""What a match rests on: for each thing the job asks, where it stands in the job and where (if at all) in the CV.

Every claim carries the characters it rests on, cut out of the texts themselves; what somebody added to a CV by hand stands
beyond its text and is said to be added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jobs.requirements import JobRequirements
from jobs.skills import SkillMention, related, skill_name
from matching.values import Finding, Place

STATED, RELATED, MISSING = "stated", "related", "missing"


@dataclass(frozen=True)
class Asked:
    """A skill or language that the job asks for; no place when it stands only in the title."""

    skill_id: str
    name: str
    must: bool
    start: int | None
    end: int | None


def findings(
    *, cv_text: str, cv_skills: tuple[SkillMention, ...], job_text: str, requirements: JobRequirements
) -> tuple[Finding, ...]:
    """One finding for each skill and language asked, must-haves first, in the order of the posting."""
    shown = {mention.skill_id: mention for mention in cv_skills}
    asked = sorted(_asked(requirements), key=lambda item: not item.must)
    return tuple(_finding(item, shown, cv_text, job_text) for item in asked)


def _asked(requirements: JobRequirements) -> Iterator[Asked]:
    for skill in requirements.skills:
        yield Asked(skill.skill_id, skill.name, skill.must, skill.start, skill.end)
    for language in requirements.languages:
        yield Asked(language.language_id, language.name, language.must, language.start, language.end)


def _finding(asked: Asked, shown: Mapping[str, SkillMention], cv_text: str, job_text: str) -> Finding:
    in_job = _place(job_text, asked.start, asked.end)
    mention = shown.get(asked.skill_id)
    if mention is not None:
        in_cv = _place(cv_text, mention.start, mention.end)
        return Finding(asked.skill_id, asked.name, STATED, asked.must, in_job, in_cv, added=in_cv is None)
    near = max(shown, key=lambda own: (related(asked.skill_id, own), own), default=None)
    if near is not None and related(asked.skill_id, near) > 0:
        in_cv = _place(cv_text, shown[near].start, shown[near].end)
        name = skill_name(near)
        return Finding(asked.skill_id, asked.name, RELATED, asked.must, in_job, in_cv, via=name, added=in_cv is None)
    return Finding(asked.skill_id, asked.name, MISSING, asked.must, in_job)


def _place(text: str, start: int | None, end: int | None) -> Place | None:
    if start is None or end is None or not 0 <= start < end <= len(text):
        return None
    return Place(start, end, text[start:end])
