"""How well the embedding does on occupations and skills that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.embedding_data import TrainingData
from training.lowrank import Student

Numbers = NDArray[np.int64]
SHOWN = 150
TITLES_EACH = 6


def held_out_figures(student: Student, data: TrainingData) -> str:
    """Mean average precision of names by names, names by titles and names by descriptions, over SHOWN held-out ones."""
    occupations = [concept for concept in data.occupations if concept.held_out][:SHOWN]
    skills = [concept for concept in data.skills if concept.held_out and len(concept.names) > 1][:SHOWN]
    names, owners = _flat([concept.names for concept in occupations])
    titles, title_owners = _flat([concept.titles[:TITLES_EACH] for concept in occupations])
    found = student.vectors(names)
    descriptions = student.vectors([" ".join(concept.sentences) for concept in occupations])
    likeness = found @ found.T
    np.fill_diagonal(likeness, -np.inf)
    first, second = student.vectors([s.names[0] for s in skills]), student.vectors([s.names[1] for s in skills])
    numbers = np.arange(len(skills))
    figures = {
        "names by names": average_precision(likeness[::3], owners[::3], owners),
        "names by descriptions": average_precision(descriptions @ found.T, np.arange(len(occupations)), owners),
        "skills by aliases": average_precision(second @ first.T, numbers, numbers),
    }
    if titles:
        figures["names by titles"] = average_precision(student.vectors(titles) @ found.T, title_owners, owners)
    return ", ".join(f"{name} {value:.4f}" for name, value in figures.items())


def average_precision(likeness: NDArray[np.float32], queries: Numbers, documents: Numbers) -> float:
    """The mean over queries; a document is relevant when it has the query's number and its likeness is not -inf."""
    values = []
    for row, number in zip(likeness, queries, strict=True):
        order = np.argsort(-row, kind="stable")
        right = (documents[order] == number) & np.isfinite(row[order])
        if right.any():
            precision = np.cumsum(right) / np.arange(1, len(right) + 1)
            values.append(float(precision[right].mean()))
    return float(np.mean(values))


def _flat(groups: Sequence[Sequence[str]]) -> tuple[list[str], Numbers]:
    pairs = [(text, number) for number, group in enumerate(groups) for text in group]
    return [text for text, _ in pairs], np.array([number for _, number in pairs], dtype=np.int64)
