"""Synthetic jobs and CVs for the search: vectors in clusters, and two columns to filter by, one that follows the clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384
# As texts of professions lie: fields, occupations within them, and postings that differ in a few directions only.
FIELDS, OCCUPATIONS, DIRECTIONS = 40, 25, 48
CHUNK = 50_000
# The pay of the first job by cluster; that of the others falls evenly to nothing.
PAY = 1_000_000
# How much the filters keep.
SHARES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)

Vectors = NDArray[np.float16]


@dataclass(frozen=True)
class Collection:
    """``vectors[i]`` belongs to job ``i + 1``; both shares are in [0, 1), evenly spread over the jobs.

    ``by_chance`` has nothing to do with the vectors; ``by_cluster`` orders the jobs cluster by cluster, so that the first
    tenth are the jobs of a tenth of the clusters. ``subjects`` are the vectors of CVs, drawn like the jobs.
    """

    vectors: Vectors
    by_chance: NDArray[np.float64]
    by_cluster: NDArray[np.float64]
    subjects: Vectors

    @property
    def countries(self) -> list[str]:
        """By chance, too: the jobs of the countries from one on are one of SHARES."""
        return [f"A{(np.array(SHARES) > share).sum() - 1}" for share in self.by_chance]


def make_collection(jobs: int, subjects: int, *, seed: int = 7) -> Collection:
    """The same collection for the same numbers; every vector has length 1 before it is rounded to halves."""
    random = np.random.default_rng(seed)
    fields = random.standard_normal((FIELDS, DIMENSIONS))
    centres = np.repeat(fields, OCCUPATIONS, axis=0) + 0.8 * random.standard_normal((FIELDS * OCCUPATIONS, DIMENSIONS))
    directions = random.standard_normal((DIRECTIONS, DIMENSIONS))
    clusters = random.integers(len(centres), size=jobs)
    vectors = np.empty((jobs, DIMENSIONS), dtype=np.float16)
    for start in range(0, jobs, CHUNK):
        vectors[start : start + CHUNK] = _near(centres[clusters[start : start + CHUNK]], directions, random)
    return Collection(
        vectors,
        by_chance=random.permutation(jobs) / jobs,
        by_cluster=np.argsort(np.lexsort((random.random(jobs), random.permutation(len(centres))[clusters]))) / jobs,
        subjects=_near(centres[random.integers(len(centres), size=subjects)], directions, random),
    )


def cosines(collection: Collection) -> NDArray[np.float32]:
    """Of each CV (rows) to each job (columns), chunk by chunk, since a million jobs in single precision would not fit."""
    found = np.empty((len(collection.subjects), len(collection.vectors)), dtype=np.float32)
    subjects = _unit(collection.subjects.astype(np.float32))
    for start in range(0, len(collection.vectors), CHUNK):
        rows = _unit(collection.vectors[start : start + CHUNK].astype(np.float32))
        found[:, start : start + CHUNK] = subjects @ rows.T
    return found


def least_of_nearest(cosines: NDArray[np.float32], kept: NDArray[np.bool_], count: int) -> NDArray[np.float32]:
    """For each CV the cosine of the last of the ``count`` nearest jobs among those kept."""
    columns = np.flatnonzero(kept)
    place = max(len(columns) - count, 0)
    return np.array([np.partition(row[columns], place)[place] for row in cosines], dtype=np.float32)


def _near(centres: NDArray[np.float64], directions: NDArray[np.float64], random: np.random.Generator) -> Vectors:
    wide = centres + random.standard_normal((len(centres), DIRECTIONS)) @ directions / np.sqrt(DIRECTIONS)
    return _unit(wide).astype(np.float16)


def _unit(rows: NDArray[Any]) -> NDArray[Any]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
