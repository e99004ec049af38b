"""Links: the phrases of a CV that mean a skill without naming it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SkillLink:
    """``start`` and ``end`` are places in the CV's matched text, end exclusive; ``similarity`` is a cosine."""

    skill_id: str
    start: int
    end: int
    similarity: float


def links_to_json(links: Iterable[SkillLink]) -> list[tuple[str, int, int, float]]:
    """The form of the column ``CVPassages.links_json``."""
    return [(link.skill_id, link.start, link.end, round(link.similarity, 3)) for link in links]


def links_from_json(rows: Sequence[tuple[str, int, int, float]]) -> tuple[SkillLink, ...]:
    """The inverse of ``links_to_json``."""
    return tuple(SkillLink(*row) for row in rows)
