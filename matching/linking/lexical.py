"""Compares a phrase and a label by the words they share, word forms set aside, where rare words weigh more."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+[+#]*")
_STOP = frozenset(
    """
    a an the and or of in on for to with at by from as is are be your our their its his her you we they it that this
    all any other within into
    """.split()
)
_ENDINGS = """
    isations izations isation ization ational fulness ousness iveness ations ation ments ment ings ing ers er ors or ies
    ied ive ions ion ities ity ance ence ances ences able ible ally al ed es ly e s y
""".split()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The word without its ending; at least four letters stay, so that "design" and "designing" meet and "use" stays."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


def stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP)


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of a text and what they weigh together."""

    stems: frozenset[str]
    weight: float


class WordWeights:
    """How much each word tells: the logarithm of the share of labels that lack it (inverse document frequency)."""

    def __init__(self, labels: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        total = 0
        for label in labels:
            counts.update(stems(label))
            total += 1
        self._weights = {word: math.log((total + 1) / (count + 0.5)) for word, count in counts.items()}
        self._unknown = math.log((total + 1) / 0.5)

    def words(self, text: str) -> Words:
        found = stems(text)
        return Words(found, self._sum(found))

    def overlap(self, phrase: Words, label: Words) -> tuple[float, float]:
        """The weight of shared words as a share of the phrase's and of the label's, each from 0 to 1."""
        shared = phrase.stems & label.stems
        if not shared:
            return 0.0, 0.0
        weight = self._sum(shared)
        return weight / phrase.weight, weight / label.weight

    def _sum(self, words: Iterable[str]) -> float:
        return sum(self._weights.get(word, self._unknown) for word in sorted(words))


def best_overlap(weights: WordWeights, phrase: Words, labels: Sequence[Words]) -> tuple[float, float]:
    """The overlap with that of a concept's labels which shares most with the phrase, by the harmonic mean of both shares."""
    return max(
        (weights.overlap(phrase, label) for label in labels), key=lambda both: both[0] * both[1] / (sum(both) or 1.0)
    )
