"""Puts made rows together as the stage does, and counts pairs: precision, recall and F1, by the kind of copy and of rival."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from benchmarks.duplicates.bases import Row
from benchmarks.duplicates.copies import ELSEWHERE, HERE
from jobs.identity import Fingerprint, Vacancies, fingerprint
from jobs.identity.candidates import COMMON_FROM, candidates

Pair = tuple[int, int]
COPY_KINDS = frozenset([*ELSEWHERE, *HERE])


@dataclass(frozen=True)
class Result:
    """``found`` and ``wrong`` count pairs by kind: of copies with their original, and of rows with another vacancy's."""

    true: int
    said: int
    right: int
    found: Mapping[str, tuple[int, int]]
    wrong: Mapping[str, tuple[int, int]]

    @property
    def precision(self) -> float:
        return self.right / max(1, self.said)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.true)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.said + self.true)


def prints(rows: Sequence[Row]) -> dict[int, Fingerprint]:
    return {number: fingerprint(row.source, row.posting) for number, row in enumerate(rows, 1)}


def candidate_pairs(known: Mapping[int, Fingerprint]) -> dict[int, list[int]]:
    """For each row the earlier rows that it is compared with, as when they come in one after the other."""
    having: dict[int, list[int]] = defaultdict(list)
    found = {}
    for job, mine in known.items():
        found[job] = candidates(job, mine, having)
        for key in mine.lookup_keys():
            if len(having[key]) < COMMON_FROM:
                having[key].append(job)
    return found


def group(known: Mapping[int, Fingerprint]) -> dict[int, int]:
    """The vacancy of each row, the row's own number where it is alone."""
    vacancies = Vacancies(known, {})
    for job, near in candidate_pairs(known).items():
        vacancies.place(job, near)
    return {job: vacancies.together_with(job)[0] for job in known}


def pairs(vacancy_of: Mapping[int, int]) -> set[Pair]:
    groups: dict[int, list[int]] = defaultdict(list)
    for job, vacancy in vacancy_of.items():
        groups[vacancy].append(job)
    return {pair for jobs in groups.values() for pair in combinations(sorted(jobs), 2)}


def measure(rows: Sequence[Row]) -> Result:
    said = pairs(group(prints(rows)))
    true = pairs({number: row.vacancy for number, row in enumerate(rows, 1)})
    kinds = {number: row.kind for number, row in enumerate(rows, 1)}
    found, wrong = Counter[str](), Counter[str]()
    total = Counter(kind for pair in true for kind in _copy_kinds(pair, kinds))
    found.update(kind for pair in true & said for kind in _copy_kinds(pair, kinds))
    false = {job for pair in said - true for job in pair}
    wrong.update(kinds[job] for job in false)
    rows_of = Counter(kinds.values())
    return Result(
        len(true),
        len(said),
        len(true & said),
        {kind: (found[kind], number) for kind, number in sorted(total.items())},
        {kind: (wrong[kind], number) for kind, number in sorted(rows_of.items())},
    )


def _copy_kinds(pair: Pair, kinds: Mapping[int, str]) -> set[str]:
    """A pair of an original with a copy counts for that kind of copy; two copies count for "two copies"."""
    mine = {kinds[job] for job in pair}
    firsts = mine - COPY_KINDS
    return (mine & COPY_KINDS) if firsts else {"two copies"}


def false_and_missed(rows: Sequence[Row]) -> tuple[list[tuple[Row, Row]], list[tuple[Row, Row]]]:
    """The pairs wrongly joined and those not found, to look at."""
    said = pairs(group(prints(rows)))
    true = pairs({number: row.vacancy for number, row in enumerate(rows, 1)})
    both = [[(rows[a - 1], rows[b - 1]) for a, b in sorted(some)] for some in (said - true, true - said)]
    return both[0], both[1]
