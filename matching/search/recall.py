"""Samples how much of what is truly nearest the vector index finds, on the vectors that are stored now."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from cvmatch.core.metrics import VECTOR_RECALL
from matching.models import CVVector, JobVector, Kind
from matching.search import Side
from matching.search.tables import tables

NEAREST = 10

# Two statements and not one with another setting: a plan that was kept would give the index's answer for the truth.
# Adding nothing hides the distance from the index.
_BY_INDEX = """
SELECT embedding <=> %(vector)s::halfvec FROM {target_vectors} WHERE kind = 'text' AND model = %(model)s
 ORDER BY embedding <=> %(vector)s::halfvec LIMIT %(nearest)s
"""
_BY_COMPARING_ALL = """
SELECT (embedding <=> %(vector)s::halfvec) + 0 FROM {target_vectors} WHERE kind = 'text' AND model = %(model)s
 ORDER BY 1 LIMIT %(nearest)s
"""
# Of two texts that are the same either may be found.
SAME = 1e-6


def keep_recall(side: Side, *, model: str, subjects: int, ef_search: int) -> float | None:
    """The share, 0 to 1, of the ten nearest texts that the index finds for some subjects chosen by chance; kept as a metric.

    None, and nothing is kept, where there is nothing to search with or in.
    """
    found = wanted = 0
    for vector in _chosen(side, model, subjects):
        truth = _nearest(_BY_COMPARING_ALL, side, model, vector, ef_search)
        wanted += len(truth)
        found += sum(distance <= truth[-1] + SAME for distance in _nearest(_BY_INDEX, side, model, vector, ef_search))
    if not wanted:
        return None
    VECTOR_RECALL.labels(side=side).set(found / wanted)
    return found / wanted


def _chosen(side: Side, model: str, subjects: int) -> list[Sequence[float]]:
    """Vectors of subjects from some place on by their number, so that the table need not be read as a whole."""
    vectors: Any = CVVector.objects if side is Side.JOBS_FOR_CV else JobVector.objects
    rows = vectors.filter(kind=Kind.TEXT, model=model).order_by("pk")
    last = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    first = rows.values_list("pk", flat=True).first() or 0
    chosen: list[Sequence[float]] = []
    for _ in range(subjects if last else 0):
        start = random.randint(first, last)  # noqa: S311 - protects nothing
        chosen += rows.filter(pk__gte=start).values_list("embedding", flat=True)[:1]
    return chosen


def _nearest(query: str, side: Side, model: str, vector: Sequence[float], ef_search: int) -> list[float]:
    """Distances of the targets that the query says are nearest, nearest first, with the index set as it is for searching."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true)",
            [str(ef_search)],
        )
        values: dict[str, str | int] = {
            "model": model,
            "vector": str([float(number) for number in vector]),
            "nearest": NEAREST,
        }
        cursor.execute(query.format(**vars(tables(side))), values)
        return sorted(distance for (distance,) in cursor.fetchall())
