"""Which skills the lines of a CV mean without naming them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from jobs.skills import SkillMention
from jobs.skills.vocabulary import shipped_vocabulary
from matching.linking.linker import Link, Linker, Span
from matching.values import SkillLink


@dataclass(frozen=True, slots=True)
class Told:
    """A text, the spans of its telling lines, and what it names by a label."""

    text: str
    lines: Sequence[Span]
    named: Sequence[SkillMention]


def implied_skills(linker: Linker, told: Sequence[Told]) -> list[tuple[SkillLink, ...]]:
    """What the lines of each text mean beside what the text names anywhere: each skill once, where it is likeliest, in the
    order of the text. The model is called once for all texts.

    No language is implied: what lies near "Czech Republic" is Czech, and says nothing of speaking it.
    """
    pieces = [one.text[start:end] for one in told for start, end in one.lines]
    taken = [_inside(one.named, start) for one in told for start, _ in one.lines]
    links = iter(linker.link_many(pieces, taken))
    return [_of_text(one, [(start, next(links)) for start, _ in one.lines]) for one in told]


def _of_text(told: Told, found: Sequence[tuple[int, Sequence[Link]]]) -> tuple[SkillLink, ...]:
    placed = [replace(link, start=link.start + at, end=link.end + at) for at, links in found for link in links]
    known = _languages() | {mention.skill_id for mention in told.named}
    best: dict[str, Link] = {}
    for link in sorted(placed, key=lambda link: (-link.probability, link.start)):
        if link.concept_id not in known:
            best.setdefault(link.concept_id, link)
    by_place = sorted(best.values(), key=lambda link: (link.start, link.concept_id))
    return tuple(SkillLink(link.concept_id, link.start, link.end, link.similarity) for link in by_place)


@cache
def _languages() -> frozenset[str]:
    return frozenset(skill_id for skill_id, skill in shipped_vocabulary().skills.items() if skill.kind == "language")


def _inside(named: Sequence[SkillMention], start: int) -> list[Span]:
    """The spans as places in the line that begins at ``start``; those of other lines touch no phrase of it."""
    return [(mention.start - start, mention.end - start) for mention in named]
