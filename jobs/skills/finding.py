"""Finds the skills and languages that a text speaks of, by the vocabulary in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from jobs.skills.context import belongs_to_phrase, stands_as_skill
from jobs.skills.matcher import Matcher, SkillMention
from jobs.skills.phrases import Phrase, PhraseIndex
from jobs.skills.vocabulary import Vocabulary, shipped_vocabulary, vocabulary

# "Provide evidence-based care" provides no evidence; Health Education England is the name of an office.
_GOES_ON = re.compile(r"[- ](?:based|led|related|driven|oriented|focused|free)\b", re.IGNORECASE)
_NAME_GOES_ON = re.compile(r" [A-Z][a-z]")


def find_skills(text: str) -> tuple[SkillMention, ...]:
    """The skills of our own list and the technology that a text mentions by name, in reading order, without languages."""
    return tuple(found for found in _named().find(text) if not _is_language(found))


def find_listed_skills(text: str) -> tuple[SkillMention, ...]:
    """The same in a list of skills, where ``Go`` and ``R`` are never anything else."""
    return tuple(found for found in _named().find_listed(text) if not _is_language(found))


def find_languages(text: str) -> tuple[SkillMention, ...]:
    """The human languages that a text speaks of as languages ("fluent German", not "the German market")."""
    return tuple(found for found in _named().find(text) if _is_language(found))


def find_all_skills(text: str) -> tuple[SkillMention, ...]:
    """Every skill that a text speaks of, by name or as an ESCO phrase in any inflection, in reading order.

    A name inside a longer phrase counts as well: who can "carry out wound care" knows "wound care". Of two phrases that
    overlap, the longer counts.
    """
    return find_skills_and_languages(text)[0]


def find_skills_and_languages(text: str) -> tuple[tuple[SkillMention, ...], tuple[SkillMention, ...]]:
    """``find_all_skills`` and ``find_languages`` at once."""
    found = _named().find(text)
    names = [one for one in found if not _is_language(one)]
    languages = tuple(one for one in found if _is_language(one))
    phrases = [_mention(text, phrase) for phrase in _phrases(text, found)]
    return tuple(sorted((*names, *phrases), key=lambda one: (one.start, -one.end))), languages


def in_use(mention: SkillMention) -> SkillMention:
    """A stored mention under the id and name that its skill has now; one of a skill that is gone is left as it was."""
    words = vocabulary()
    skill = words.skills.get(words.merged.get(mention.skill_id, mention.skill_id))
    if skill is None or skill.id == mention.skill_id:
        return mention
    return replace(mention, skill_id=skill.id, name=skill.name)


def _phrases(text: str, named: tuple[SkillMention, ...]) -> Iterator[Phrase]:
    """The phrases that tell more than the names do: none that a name covers or cuts through."""
    taken = [(one.start, one.end, _is_language(one)) for one in named]
    position = reached = 0
    for phrase in phrase_index().find(text):
        while position < len(taken) and taken[position][1] <= phrase.start:
            position += 1
        if phrase.end <= reached or not _is_meant(text, phrase):
            continue
        over = [one for one in taken[position : position + 8] if one[0] < phrase.end]
        if all(phrase.start <= a and b <= phrase.end and (a, b) != phrase.span and not spoken for a, b, spoken in over):
            if phrase.start < reached:
                continue
            reached = phrase.end
            yield phrase


def _is_meant(text: str, phrase: Phrase) -> bool:
    if _GOES_ON.match(text, phrase.end):
        return False
    if not phrase.needs_context:
        return not (text[phrase.start : phrase.end].istitle() and _NAME_GOES_ON.match(text, phrase.end))
    return not belongs_to_phrase(text, *phrase.span) and stands_as_skill(text, *phrase.span)


def _mention(text: str, phrase: Phrase) -> SkillMention:
    skill = vocabulary().get(phrase.skill_id)
    return SkillMention(skill.id, skill.name, phrase.start, phrase.end, text[phrase.start : phrase.end])


def _is_language(found: SkillMention) -> bool:
    return vocabulary().skills[found.skill_id].is_language


def _named() -> Matcher:
    return _matcher_of(vocabulary())


@lru_cache(maxsize=2)
def _matcher_of(words: Vocabulary) -> Matcher:
    return Matcher(words.skills.values())


@cache
def phrase_index() -> PhraseIndex:
    """The phrases of the data files; what people merge is resolved when they are found."""
    skills = shipped_vocabulary().skills.values()
    return PhraseIndex((skill.id, phrase) for skill in skills if not skill.is_language for phrase in skill.phrases)
