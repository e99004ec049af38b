"""Puts a job's requirements together from its title and the segments of its text."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from jobs.requirements.conditions import employment, pay, workplace
from jobs.requirements.facts import language_level, lowest_degree, most_years, names_degree
from jobs.requirements.segments import Part, Segment, cut, is_nice
from jobs.requirements.values import JobRequirements, LanguageAsked, RequiredSkill
from jobs.skills import SkillMention, find_skills, find_skills_and_languages
from jobs.skills.vocabulary import vocabulary
from jobs.titles import read_title

# Where a posting has its own list of requirements, a tool named among the duties or the perks is not one of them.
_ASKING = (Part.MUST, Part.NICE, Part.OPEN)


def read_requirements(title: str, text: str) -> JobRequirements:
    """What the posting asks for. Every span is a place in ``text``; what the text does not say stays None or empty."""
    segments = tuple(cut(text))
    skills, languages = find_skills_and_languages(text)
    return JobRequirements(
        skills=_skills(title, skills, segments),
        years=most_years(segments),
        level=read_title(title).level,
        degree_asked=lowest_degree(segments),
        languages=_languages(languages, segments),
        employment=employment(title, segments),
        workplace=workplace(segments),
        pay_said=pay(segments),
    )


def asking_segments(text: str) -> tuple[tuple[Part, int, int], ...]:
    """The sentences in which a posting asks for something or says what is done, as (part, start, end) in ``text``.

    What it says about the employer and what it offers are left out.
    """
    return tuple((s.part, s.start, s.end) for s in cut(text) if s.part in (*_ASKING, Part.DUTIES))


def _skills(title: str, mentions: tuple[SkillMention, ...], segments: tuple[Segment, ...]) -> tuple[RequiredSkill, ...]:
    has_list = any(segment.part is Part.MUST for segment in segments)
    best: dict[str, RequiredSkill] = {}
    for mention in mentions:
        segment = _segment_of(mention, segments)
        if segment is None or segment.part in (Part.ABOUT, Part.OFFER) or _is_subject_of_degree(mention, segment):
            continue
        must = not is_nice(segment, mention.start, mention.end) and not (has_list and segment.part is Part.DUTIES)
        known = best.get(mention.skill_id)
        if known is None or (must and not known.must):
            best[mention.skill_id] = RequiredSkill(mention.skill_id, mention.name, must, mention.start, mention.end)
    return _with_title_skills(title, mentions, best)


def _is_subject_of_degree(mention: SkillMention, segment: Segment) -> bool:
    """ "A degree in physics, chemistry or biology" asks for a degree, not for three sciences."""
    return vocabulary().get(mention.skill_id).kind in ("subject", "knowledge") and names_degree(segment)


def _with_title_skills(
    title: str, mentions: tuple[SkillMention, ...], best: dict[str, RequiredSkill]
) -> tuple[RequiredSkill, ...]:
    """A skill of the title is a must, wherever in the text it is mentioned."""
    for found in find_skills(title):
        anywhere = next((mention for mention in mentions if mention.skill_id == found.skill_id), None)
        known = best.get(found.skill_id)
        if known is not None:
            best[found.skill_id] = replace(known, must=True)
        elif anywhere is not None:
            best[found.skill_id] = RequiredSkill(found.skill_id, found.name, True, anywhere.start, anywhere.end)
        else:
            best[found.skill_id] = RequiredSkill(found.skill_id, found.name, True)
    return tuple(sorted(best.values(), key=lambda skill: (not skill.must, skill.start or 0, skill.skill_id)))


def _languages(mentions: tuple[SkillMention, ...], segments: tuple[Segment, ...]) -> tuple[LanguageAsked, ...]:
    asked: dict[str, LanguageAsked] = {}
    for mention in mentions:
        segment = _segment_of(mention, segments)
        if segment is None or segment.part not in _ASKING:
            continue
        must = not is_nice(segment, mention.start, mention.end)
        known = asked.get(mention.skill_id)
        if known is None or (must and not known.must):
            level = language_level(segment, mention.start, mention.end)
            asked[mention.skill_id] = LanguageAsked(
                mention.skill_id, mention.name, must, mention.start, mention.end, level
            )
    return tuple(asked.values())


def _segment_of(mention: SkillMention, segments: tuple[Segment, ...]) -> Segment | None:
    """The segment in which a mention begins; None inside a heading."""
    index = bisect_right(segments, mention.start, key=lambda segment: segment.start) - 1
    if index < 0 or mention.start >= segments[index].end:
        return None
    return segments[index]
