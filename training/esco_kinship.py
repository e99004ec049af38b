"""Computes which skills are near each other, and how far one stands in for the other: by words contained and by meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from jobs.skills.phrases import content_keys, phrase_keys
from jobs.skills.skill import Skill

# "manage budgets" and "manage operational budgets" are one skill, broader and narrower.
CONTAINED_PERCENT = 50
MOST_NARROWER = 12
# Below the first cosine, labels of this model share a topic rather than a task; credit grows from there to the half.
NEAR, SAME = 0.70, 0.95
LEAST_PERCENT, MOST_PERCENT = 20, 50
MOST_NEIGHBOURS = 5
BLOCK = 1024
Pair = tuple[str, str]


def kinship(concepts: Mapping[str, str], house: Mapping[str, Skill]) -> Iterator[tuple[str, str, int]]:
    """(first id, second id, percent) for names by id, each pair once, in order; two of our own have their groups instead."""
    ours = {skill_id: skill.name for skill_id, skill in house.items() if not skill.is_language}
    named = {skill_id: name for skill_id, name in concepts.items() if skill_id not in house} | ours
    percents = by_meaning(list(named.items()))
    for pair in contained(named.items()):
        percents[pair] = max(percents.get(pair, 0), CONTAINED_PERCENT)
    for (first, second), percent in sorted(percents.items()):
        if first not in house or second not in house:
            yield first, second, percent


def contained(named: Iterable[tuple[str, str]]) -> Iterator[Pair]:
    """Pairs in which all words of one name, two at least, are words of the other; names that half of a trade contains are
    left out."""
    keys = {skill_id: frozenset(phrase_keys(name)) for skill_id, name in named}
    having: dict[str, set[str]] = {}
    for skill_id, words in keys.items():
        for word in words:
            having.setdefault(word, set()).add(skill_id)
    for skill_id, words in keys.items():
        if len(content_keys(words)) < 2:
            continue
        wider = set.intersection(*(having[word] for word in words)) - {skill_id}
        if len(wider) <= MOST_NARROWER:
            yield from ((min(skill_id, other), max(skill_id, other)) for other in wider)


def by_meaning(named: Sequence[tuple[str, str]]) -> dict[Pair, int]:
    """The nearest names of each by the plain MiniLM, as far as they are near."""
    vectors = _vectors([name for _, name in named])
    percents: dict[Pair, int] = {}
    for start in range(0, len(named), BLOCK):
        cosines = vectors[start : start + BLOCK] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -1
        nearest = np.argpartition(-cosines, MOST_NEIGHBOURS, axis=1)[:, :MOST_NEIGHBOURS]
        for row, column in zip(*np.nonzero(np.take_along_axis(cosines, nearest, axis=1) >= NEAR), strict=True):
            other = int(nearest[row, column])
            pair = sorted((named[start + row][0], named[other][0]))
            percents[pair[0], pair[1]] = _percent(float(cosines[row, other]))
    return percents


def _percent(cosine: float) -> int:
    share = min(1.0, (cosine - NEAR) / (SAME - NEAR))
    return round(LEAST_PERCENT + share * (MOST_PERCENT - LEAST_PERCENT))


def _vectors(texts: Sequence[str]) -> np.ndarray:
    from matching.embedding.minilm import MiniLMProvider

    return np.vstack(MiniLMProvider(precision="float32").embed(texts))
