"""How often people of different groups come to the top of ranked lists, side by side: impact ratios on labelled data."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.measuring import Labels, Run

# The four-fifths rule of the Uniform Guidelines on Employee Selection Procedures (29 CFR 1607.4 D, 1978): a group that is
# selected less than four fifths as often as the most selected one is looked into.
FOUR_FIFTHS = 0.8
# Both bounds of a 95 % interval.
Z = 1.959964

# Group by person, for each attribute that is declared.
Groups = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Selection:
    """One group: of ``pool`` chances to be among the top lines, ``selected`` were taken.

    A chance is one person for one job. ``low`` and ``high`` are the Wilson interval of the rate; ``ratio`` is the rate
    over that of the group with the highest, None when nobody was selected.
    """

    group: str
    pool: int
    selected: int
    low: float
    high: float
    ratio: float | None
    verdict: str

    @property
    def rate(self) -> float:
        return self.selected / self.pool


def impact(
    groups: Mapping[str, str], run: Run, *, top: int, pool: Mapping[str, Iterable[str]]
) -> tuple[Selection, ...]:
    """Selection among the first ``top`` lines by group, most selected first; ``pool`` are the people in question by query."""
    chances: dict[str, int] = {}
    taken: dict[str, int] = {}
    for query, people in pool.items():
        first = set(run.get(query, ())[:top])
        for person in set(people) & groups.keys():
            group = groups[person]
            chances[group] = chances.get(group, 0) + 1
            taken[group] = taken.get(group, 0) + (person in first)
    rates = {group: taken[group] / count for group, count in chances.items()}
    order = sorted(chances, key=lambda group: (-rates[group], group))
    return tuple(_selection(group, taken, chances, order[0]) for group in order)


def suitable(labels: Labels) -> dict[str, list[str]]:
    """By query those whom a label calls suitable."""
    return {query: [name for name, grade in grades.items() if grade > 0] for query, grades in labels.items()}


def wilson(selected: int, pool: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); unlike the simple one it holds for few people and for shares near 0 and 1."""
    share, square = selected / pool, Z * Z
    middle = (share + square / (2 * pool)) / (1 + square / pool)
    half = Z / (1 + square / pool) * math.sqrt(share * (1 - share) / pool + square / (4 * pool * pool))
    return max(0.0, middle - half), min(1.0, middle + half)


def read_groups(lines: Iterable[str]) -> Groups:
    """A CSV of ``id`` and a column for each attribute; empty cells are not declared. Raises ValueError saying what is wrong."""
    rows = csv.DictReader(lines)
    names: Sequence[str] = rows.fieldnames or ()
    attributes = [name for name in names if name != "id"]
    if "id" not in names or not attributes:
        raise ValueError("the first line must name a column id and at least one attribute")
    table = list(rows)
    return {name: {row["id"]: row[name].strip() for row in table if (row[name] or "").strip()} for name in attributes}


def read_run(lines: Iterable[str]) -> dict[str, list[str]]:
    """A TREC run, ``query Q0 document rank score tag``, by score. Raises ValueError with the number of a line that is not."""
    scored: dict[str, list[tuple[float, int, str]]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                query, _, document, rank, score, _ = line.split()
                scored.setdefault(query, []).append((-float(score), int(rank), document))
            except ValueError as error:
                raise ValueError(f"line {number}: not query Q0 document rank score tag") from error
    return {query: [document for _, _, document in sorted(found)] for query, found in scored.items()}


def _selection(group: str, taken: Mapping[str, int], chances: Mapping[str, int], most: str) -> Selection:
    low, high = wilson(taken[group], chances[group])
    highest = taken[most] / chances[most]
    ratio = taken[group] / chances[group] / highest if highest else None
    return Selection(
        group, chances[group], taken[group], low, high, ratio, _verdict(ratio, high, taken[most], chances[most])
    )


def _verdict(ratio: float | None, high: float, selected: int, pool: int) -> str:
    if ratio is None or ratio >= FOUR_FIFTHS:
        return ""
    # Where the two intervals meet, so few people could have come out the other way round.
    return "under four fifths" if high < wilson(selected, pool)[0] else "under four fifths, too few to be sure"
