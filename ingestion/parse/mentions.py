"""Skills that the text of a CV names without listing them: in positions, projects and the summary."""

from __future__ import annotations

from collections.abc import Iterable

from ingestion.parse.sections import Section
from ingestion.values import Document, Mention, Resume
from jobs.skills import SkillMention, find_listed_skills, find_skills

_TELLING = {"work", "volunteer", "projects", "summary", "education", "certificates", "publications", "awards", ""}


def mentioned_skills(document: Document, sections: Iterable[Section], resume: Resume) -> tuple[Mention, ...]:
    """Each skill of the vocabulary once, where it is named first, as it is written there."""
    spans = [(line.start, line.end) for s in sections if s.kind in _TELLING for line in s.lines]
    known = _listed(resume)
    mentions: list[Mention] = []
    for hit in find_skills(document.text):
        told = any(start <= hit.start and hit.end <= end for start, end in spans)
        if told and hit.skill_id not in known and not _is_hidden(document, hit):
            known.add(hit.skill_id)
            mentions.append(Mention(hit.surface, hit.start, hit.end))
    return tuple(mentions)


def _listed(resume: Resume) -> set[str]:
    names = [name for skill in resume.skills for name in (skill.name, *skill.keywords)]
    return {hit.skill_id for hit in find_listed_skills("\n".join(names))}


def _is_hidden(document: Document, hit: SkillMention) -> bool:
    """Nothing is read from words that were put there for machines."""
    return any(c.start < hit.end and hit.start < c.end for c in document.concerns)
