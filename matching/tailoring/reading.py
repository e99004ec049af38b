"""Brings a stored CV and a job into the form that edits are proposed from and checked by."""

from __future__ import annotations

from collections.abc import Iterator

from cvmatch.core.text import squeeze
from ingestion.models import CV
from ingestion.parse.regions import language_of
from jobs.models import Job
from jobs.requirements import RequiredSkill
from jobs.skills import find_skills_and_languages
from matching.tailoring.checking import Ground
from matching.tailoring.lines import read_lines
from matching.tailoring.support import Support, read_support
from matching.tailoring.values import AskedSkill, Facts, Shown


def read_ground(cv: CV) -> Ground:
    """What edits of this CV are held against: its text as it was read, with what people said about it since."""
    parsed = cv.read
    lines = read_lines(cv.text, parsed, hidden=cv.matched_text)
    named = {mention.skill_id for found in find_skills_and_languages(cv.text) for mention in found}
    added = [mention for mention in cv.skill_mentions if mention.start >= len(cv.text)]
    # What is named in the text and counts for nothing was taken away by a person, or stands where it is not to be trusted.
    removed = named - {mention.skill_id for mention in cv.skill_mentions}
    return Ground(lines, read_support(cv.text, lines, parsed, removed=removed, added=added))


def read_facts(cv: CV, job: Job, ground: Ground) -> Facts:
    """What a proposer may know of both."""
    headings = [line.text for line in ground.lines if line.is_heading]
    return Facts(
        lines=ground.lines,
        asked=tuple(_asked(job, ground.support)),
        job_title=job.title,
        job_text=job.description,
        language=language_of(headings) or "en",
    )


def _asked(job: Job, support: Support) -> Iterator[AskedSkill]:
    for skill in sorted(job.requirements.skills, key=lambda skill: not skill.must):
        stated, implying = support.of(skill.skill_id), support.implying(skill.skill_id)
        found = stated or implying
        yield AskedSkill(
            skill_id=skill.skill_id,
            name=skill.name,
            words=_words(job, skill),
            must=skill.must,
            state=Shown.STATED if stated else Shown.IMPLIED if implying else Shown.MISSING,
            said=tuple(dict.fromkeys(one.words for one in found)),
            lines=tuple(dict.fromkeys(one.line for one in found if one.line)),
            through=() if stated else tuple(dict.fromkeys(one.skill_id for one in implying)),
        )


def _words(job: Job, skill: RequiredSkill) -> str:
    """As the posting says it; where only its title does, the name."""
    if skill.start is None or skill.end is None:
        return skill.name
    return squeeze(job.description[skill.start : skill.end]) or skill.name
