"""Decides which names of ESCO concepts say enough to be believed where they stand in running text.

ESCO calls "help people" a name of "mentor individuals" and "improve services" one of "focus on service". How much a name says is
judged inside ESCO alone: by how few concepts its words are used in (inverse document frequency, natural logarithm), by whether
it shares a word with the preferred name, and by whether another concept claims it as well. Other names of knowledge come out of
a text in which they run together and are wider than the concept as often as not: they have to hold the preferred name, or all
of it but one word.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobs.skills.phrases import MOST_WORDS, content_keys, phrase_keys
from jobs.skills.words import Key

# Set by reading ESCO's own names sorted by what they say: "control equipment" has 6.5, "help people" 9.6, "bake bread" 15.9.
LEAST_PREFERRED, LEAST_KNOWLEDGE, LEAST_ALIAS, LEAST_UNLIKE = 6.5, 8.0, 9.5, 12.5


@dataclass(frozen=True)
class Named:
    """The names of one concept: ``phrases`` are looked for in texts, ``others`` are true and say too little alone."""

    phrases: tuple[str, ...]
    others: tuple[str, ...]


def judged(concepts: Sequence[tuple[str, Sequence[str]]]) -> list[Named]:
    """For (kind, names with the preferred one first) of every concept, its names in the two groups."""
    weight = _weights([names for _, names in concepts])
    owners = Counter(keys for _, names in concepts for keys in {phrase_keys(name) for name in names})
    preferred = {phrase_keys(names[0]) for _, names in concepts}

    def says_enough(kind: str, label: str, name: str) -> bool:
        keys = phrase_keys(name)
        content = content_keys(keys)
        if not content or len(keys) > MOST_WORDS:
            return False
        says = sum(weight[key] for key in content)
        if name == label:
            if kind == "knowledge":
                return says >= (LEAST_KNOWLEDGE if len(content) > 1 else LEAST_PREFERRED)
            return says >= LEAST_PREFERRED and len(content) > 1
        if owners[keys] > 1 or keys in preferred or len(content) < 2:
            return False
        named = content_keys(phrase_keys(label))
        if kind == "knowledge":
            return says >= LEAST_ALIAS and (named <= content or (content < named and len(content) == len(named) - 1))
        return says >= (LEAST_ALIAS if named & content else LEAST_UNLIKE)

    return [_parted(names, [says_enough(kind, names[0], name) for name in names]) for kind, names in concepts]


def _parted(names: Sequence[str], kept: Sequence[bool]) -> Named:
    """Names that differ in inflection only are one phrase: the first stands for all."""
    phrases: dict[tuple[Key, ...], str] = {}
    for name, keep in zip(names, kept, strict=True):
        if keep:
            phrases.setdefault(phrase_keys(name), name)
    chosen = tuple(phrases.values())
    return Named(chosen, tuple(name for name in names if name not in chosen))


def _weights(concepts: Iterable[Sequence[str]]) -> dict[Key, float]:
    """How telling each word is: the logarithm of one over the share of concepts that have it in a name."""
    words = [{key for name in names for key in phrase_keys(name)} for names in concepts]
    counts = Counter(key for keys in words for key in keys)
    return {key: math.log(len(words) / count) for key, count in counts.items()}
