"""What speaks for and against a phrase meaning a concept, in numbers, and the odds that follow from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.linking.concepts import Concept
from matching.linking.index import Nearest
from matching.linking.lexical import Words, WordWeights, best_overlap

LONGEST = 6
WEIGHTS = Path(__file__).parent / "data" / "weights.json"
NAMES = (
    "cosine",  # to the best of the label and the sayings
    "cosine of label",
    "lead",  # of the cosine over the mean of the nearest concepts: a phrase near to everything says nothing
    "nearest",  # cosine of the nearest concept
    "phrase covered",  # share of the phrase's words, by weight, in the name that shares most with it
    "name covered",
    "both covered",  # geometric mean of the two
    "phrase covered by label",
    "label covered",
    "words",  # of the phrase, up to LONGEST
    "words of label",
    "sentence",  # cosine of the whole sentence to the label
    "sentence lead",  # behind the concept among the nearest that suits the sentence best
    "description",
    "description lead",
    "sayings",  # 1 where advertisements are known to ask for the concept in words of their own
    "named",  # 1 where the vocabulary found a name of the concept in the phrase
)


class Features:
    """Computes NAMES for phrases and the concepts nearest to them."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._concepts = concepts
        self._weights = WordWeights(concept.name for concept in concepts)
        self._names: dict[int, list[Words]] = {}

    def of(self, phrase: str, near: Nearest) -> NDArray[np.float32]:
        """One row of NAMES for each of the nearest concepts."""
        words, length = self._weights.words(phrase), min(len(phrase.split()), LONGEST) / LONGEST
        shared = np.array([self._shared(words, place) for place in near.places.tolist()], dtype=np.float32)
        first = np.full(len(near.best), near.best[0])
        columns = (
            near.best,
            near.label,
            near.best - near.best.mean(),
            first,
            *shared[:, :5].T,
            np.full(len(near.best), length),
            shared[:, 5],
            near.sentence,
            near.sentence - near.sentence.max(),
            near.description,
            near.description - near.description.max(),
            [bool(self._concepts[place].sayings) for place in near.places.tolist()],
            near.named,
        )
        return np.column_stack(columns).astype(np.float32)

    def _shared(self, words: Words, place: int) -> tuple[float, float, float, float, float, float]:
        names = self._words(place)
        phrase_share, name_share = best_overlap(self._weights, words, names)
        of_phrase, of_label = self._weights.overlap(words, names[0])
        return phrase_share, name_share, sqrt(phrase_share * name_share), of_phrase, of_label, len(names[0].stems) / 5

    def _words(self, place: int) -> list[Words]:
        if place not in self._names:
            concept = self._concepts[place]
            self._names[place] = [self._weights.words(name) for name in (*concept.names, *concept.sayings)]
        return self._names[place]


class Odds:
    """Logistic regression on NAMES; fitted by training/linking.py on sentences of our own."""

    def __init__(self, weights: Sequence[float], bias: float, threshold: float) -> None:
        self._weights = np.array(weights, dtype=np.float32)
        self._bias = bias
        self.threshold = threshold

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability that the phrase means the concept, for each row."""
        return np.asarray(1 / (1 + np.exp(-(rows @ self._weights + self._bias))), dtype=np.float32)


@dataclass(frozen=True)
class Fitted:
    """The odds and what they hold for: vectors of this ``model``. ``threshold`` has the best F1; from ``sure`` on seven of ten
    links are right."""

    model: str
    weights: tuple[float, ...]
    bias: float
    threshold: float
    sure: float

    @property
    def odds(self) -> Odds:
        return Odds(self.weights, self.bias, self.threshold)

    @property
    def sure_odds(self) -> Odds:
        return Odds(self.weights, self.bias, self.sure)


@cache
def read_fitted(path: Path = WEIGHTS) -> Fitted:
    row = json.loads(path.read_text(encoding="utf-8"))
    weights = tuple(row["weights"][name] for name in NAMES)
    return Fitted(row["model"], weights, row["bias"], row["threshold"], row["sure"])
