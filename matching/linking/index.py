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
# Phrases that are compared at once, which bounds the memory: 14 MB of cosines; columns of a group (see _tops).
AT_ONCE, GROUP = 256, 32
# Few, so that the file stays small: cosines move by about 0.005.
LEVELS = 10
VECTORS = Path(__file__).parent / "data" / "vectors.npz"


@dataclass(frozen=True, slots=True)
class Nearest:
    """The concepts nearest to one phrase, the nearest first, then others that it names: ``places`` among all concepts, and
    cosines as arrays of the same length: of the phrase to the ``best`` of label and sayings, to the preferred ``label`` and
    to the ``description``, and of the ``sentence`` around it to the label; ``named`` tells those that it names."""

    places: NDArray[np.intp]
    best: Vectors
    label: Vectors
    description: Vectors
    sentence: Vectors
    named: NDArray[np.bool_]


class LabelIndex:
    """Vectors of the preferred label, the description and the sayings of every concept: ``vectors`` has one row for each of
    ``index_texts``.

    ESCO's other labels are left to the words that phrase and label share: as vectors, six times as many, they found no
    concept that these did not.
    """

    def __init__(self, concepts: Sequence[Concept], vectors: Vectors) -> None:
        counts = [len(concept.sayings) for concept in concepts]
        if len(vectors) != 2 * len(concepts) + sum(counts):
            raise ValueError(f"{len(vectors)} vectors for {len(concepts)} concepts and {sum(counts)} sayings")
        self._labels, self._descriptions, self._sayings = np.split(vectors, [len(concepts), 2 * len(concepts)])
        self._owners = np.flatnonzero(counts)  # the concepts that have sayings, and where those of each begin
        self._firsts = np.cumsum([0, *counts])[self._owners]

    def nearest(self, phrases: Vectors, sentences: Vectors, named: Sequence[frozenset[int]]) -> list[Nearest]:
        """For each row of ``phrases``, unit vectors, the concepts nearest to it; ``sentences`` are those around them, and
        ``named`` the places of the concepts that each phrase names, which are among the nearest in any case."""
        found: list[Nearest] = []
        for first in range(0, len(phrases), AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            labels = phrases[rows] @ self._labels.T
            best = self._with_sayings(labels, phrases[rows])
            for row, (top, names) in enumerate(zip(_tops(best), named[rows], strict=True)):
                places = _in_order(top, best[row], names)
                found.append(
                    Nearest(
                        places,
                        best[row, places],
                        labels[row, places],
                        self._descriptions[places] @ phrases[first + row],
                        self._labels[places] @ sentences[first + row],
                        np.isin(places, list(names)),
                    )
                )
        return found

    def _with_sayings(self, labels: Vectors, phrases: Vectors) -> Vectors:
        """The cosine to the best of label and sayings of every concept, from those to the labels."""
        best = labels.copy()
        if len(self._owners):
            said = np.maximum.reduceat(phrases @ self._sayings.T, self._firsts, axis=1)
            best[:, self._owners] = np.maximum(best[:, self._owners], said)
        return best


def _tops(best: Vectors) -> list[NDArray[np.intp]]:
    """For each row, the columns that may be among its NEAREST largest: those not below as many maxima of groups of columns.

    Sorting or partitioning 14,000 numbers takes ten times as long as comparing them in groups.
    """
    grouped = best.shape[1] - best.shape[1] % GROUP
    groups = np.hstack([best[:, :grouped].reshape(len(best), GROUP, -1).max(axis=1), best[:, grouped:]])
    if groups.shape[1] <= NEAREST:
        return [np.arange(best.shape[1])] * len(best)
    bars = np.partition(groups, -NEAREST, axis=1)[:, -NEAREST]
    return [np.flatnonzero(row >= bar) for row, bar in zip(best, bars, strict=True)]


def _in_order(top: NDArray[np.intp], best: Vectors, named: frozenset[int]) -> NDArray[np.intp]:
    """The NEAREST largest of ``top`` and the named ones, by place where the cosine is the same, so that the same text always
    gives the same links."""
    places = top[np.lexsort((top, -best[top]))][:NEAREST]
    others = sorted(named.difference(places.tolist()), key=lambda place: (-best[place], place))
    return np.append(places, np.array(others, dtype=np.intp))


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
