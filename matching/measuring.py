"""How good ranked lists are against labels, and whether one ranker is better than another by more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ir_measures
import numpy as np

# Average precision, the first ten lines by gain and by share, what the first hundred hold, and the first good line.
MEASURES = ("AP", "nDCG@10", "P@10", "R@100", "RR")
# Grades by document, and documents best first, by query.
Labels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[str]]
ByQuery = dict[str, dict[str, float]]

_SIGN_FLIPS, _SEED = 20_000, 20_250


def by_query(labels: Labels, run: Run) -> ByQuery:
    """Each measure for each query that has a label; a query that the run leaves out counts 0."""
    measured: ByQuery = {name: {} for name in MEASURES}
    wanted = [ir_measures.parse_measure(name) for name in MEASURES]
    grades = {query: dict(documents) for query, documents in labels.items()}
    # The order is what counts, not the scores: equal ones would be put into the order of their names.
    scores = {query: {name: -float(place) for place, name in enumerate(run.get(query, ()))} for query in labels}
    for metric in ir_measures.iter_calc(wanted, grades, scores):
        measured[str(metric.measure)][metric.query_id] = round(float(metric.value), 6)
    return measured


def means(measured: ByQuery) -> dict[str, float]:
    """The mean of each measure over its queries."""
    return {
        name: round(float(np.mean(list(values.values()))), 6) if values else 0.0 for name, values in measured.items()
    }


def chance(ours: Mapping[str, float], others: Sequence[Mapping[str, float]]) -> list[float]:
    """For each of the others how likely its difference to ours is by chance: paired randomisation, corrected after Holm.

    Two-sided: under the null hypothesis the sign of each query's difference is a coin flip (Fisher 1935; Smucker, Allan
    and Carterette 2007 for rankings). The coins are the same at each call. Holm 1979 keeps the chance of any false
    alarm among several comparisons at the level that is read off.
    """
    return _holm([_randomised([ours[query] - other[query] for query in sorted(ours)]) for other in others])


def _randomised(differences: Sequence[float]) -> float:
    values = np.array(differences)
    if not values.any():
        return 1.0
    coins = np.random.default_rng(_SEED)
    signs = coins.integers(0, 2, size=(_SIGN_FLIPS, len(values)), dtype=np.int8) * 2 - 1
    # What was seen is one of the possible outcomes and counts as such; a hair of slack for sums in another order.
    as_far = np.abs(signs @ values) >= abs(values.sum()) - 1e-12
    return float((as_far.sum() + 1) / (_SIGN_FLIPS + 1))


def _holm(chances: Sequence[float]) -> list[float]:
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    corrected, least = [0.0] * len(chances), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, chances[place] * (len(chances) - rank)))
        corrected[place] = round(least, 6)
    return corrected


def read_labels(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """Labels in TREC form, ``query 0 document grade``. Raises ValueError with the number of a line that is not."""
    labels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                query, _, document, grade = line.split()
                labels.setdefault(query, {})[document] = int(grade)
            except ValueError as error:
                raise ValueError(f"line {number}: not query 0 document grade") from error
    return labels
