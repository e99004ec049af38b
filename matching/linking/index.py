"""Finds the concepts whose label or saying lies nearest to a phrase, by the cosine of their vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.linking.concepts import Concept

Vectors = NDArray[np.float32]
# Texts in, one unit vector for each out.
Embed = Callable[[Sequence[str]], Sequence[Vectors]]

NEAREST = 10
# Few, so that the file stays small: cosines move by about 0.005.
LEVELS = 10
VECTORS = Path(__file__).parent / "data" / "vectors.npz"


@dataclass(frozen=True, slots=True)
class Nearest:
    """The concepts nearest to one phrase, the nearest first: ``places`` among all concepts, and cosines as arrays of the
    same length, NEAREST or fewer: of the phrase to the ``best`` of label and sayings, to the preferred ``label`` and to the
    ``description``, and of the ``sentence`` around it to the label."""

    places: NDArray[np.intp]
    best: Vectors
    label: Vectors
    description: Vectors
    sentence: Vectors


class LabelIndex:
    """Vectors of the preferred label, the description and the sayings of every concept: ``vectors`` has one row for each of
    ``index_texts``.

    ESCO's other labels are left to the words that phrase and label share: as vectors, six times as many, they found no
    concept that these did not.
    """

    def __init__(self, concepts: Sequence[Concept], vectors: Vectors) -> None:
        self._owners = np.array(
            [place for place, concept in enumerate(concepts) for _ in concept.sayings], dtype=np.intp
        )
        if len(vectors) != 2 * len(concepts) + len(self._owners):
            raise ValueError(f"{len(vectors)} vectors for {len(concepts)} concepts and {len(self._owners)} sayings")
        self._labels, self._descriptions, self._sayings = np.split(vectors, [len(concepts), 2 * len(concepts)])

    def nearest(self, phrases: Vectors, sentences: Vectors) -> list[Nearest]:
        """For each row of ``phrases``, unit vectors, the concepts nearest to it; ``sentences`` are those around them."""
        labels = phrases @ self._labels.T
        best = labels.copy()
        for row, said in zip(best, phrases @ self._sayings.T, strict=True):
            np.maximum.at(row, self._owners, said)
        count = min(NEAREST, labels.shape[1])
        tops = np.argpartition(-best, count - 1, axis=1)[:, :count]
        return [
            self._nearest(top, best[row], labels[row], phrases[row], sentences[row]) for row, top in enumerate(tops)
        ]

    def _nearest(
        self, top: NDArray[np.intp], best: Vectors, labels: Vectors, phrase: Vectors, sentence: Vectors
    ) -> Nearest:
        # By place where the cosine is the same, so that the same text always gives the same links.
        places = top[np.lexsort((top, -best[top]))]
        return Nearest(
            places, best[places], labels[places], self._descriptions[places] @ phrase, self._labels[places] @ sentence
        )


def index_texts(concepts: Sequence[Concept]) -> list[str]:
    """What is embedded: the preferred labels, the descriptions, then all sayings."""
    sayings = (saying for concept in concepts for saying in concept.sayings)
    return [*(concept.name for concept in concepts), *(concept.description for concept in concepts), *sayings]


def embedded(concepts: Sequence[Concept], embed: Embed) -> Vectors:
    """The vectors of ``index_texts``, made now."""
    texts = index_texts(concepts)
    return np.asarray(embed(texts), dtype=np.float32).reshape(len(texts), -1)


def write_vectors(vectors: Vectors, texts: Sequence[str], path: Path = VECTORS) -> None:
    """LEVELS steps to either side; the lengths of the rows need not be kept, since all are 1."""
    codes = np.rint(LEVELS * vectors / np.abs(vectors).max(axis=1, keepdims=True)).astype(np.int8)
    np.savez_compressed(path, codes=codes, of=digest(texts))


def read_vectors(path: Path = VECTORS) -> tuple[Vectors, str]:
    """Unit vectors, shape [n, dimensions], and the digest of the texts that they are of."""
    with np.load(path, allow_pickle=False) as file:
        rows = file["codes"].astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True), str(file["of"])


def digest(texts: Sequence[str]) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()
