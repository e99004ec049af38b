"""A set of rows with known vacancies: postings, their copies, what only looks like them, and the copies of that."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from benchmarks.duplicates.bases import Row
from benchmarks.duplicates.copies import ELSEWHERE, HERE, copied
from benchmarks.duplicates.rivals import RIVALS, agency_texts
from jobs.values import JobPosting

ORIGINAL = "original"
AGENCY = "agency texts"
_BOARDS = [f"board-{number}" for number in range(6)]


def make(bases: Sequence[JobPosting], seed: int) -> list[Row]:
    """All rows in a random order. Two of three vacancies have copies, every second one has rivals."""
    chance = random.Random(seed)
    numbers = count(1)
    rows: list[Row] = []
    for posting in bases:
        vacancy, source = next(numbers), f"own {posting.company}"
        rows.append(Row(source, posting, vacancy, ORIGINAL))
        rows += _copies(chance, posting, source, vacancy, chance.choice([0, 1, 1, 2, 3, 4]))
        for kind in chance.sample(sorted(RIVALS), chance.choice([0, 0, 1, 2])):
            rival, number = RIVALS[kind](chance, posting, _others(chance, bases)), next(numbers)
            own = chance.choice([source] * len(_BOARDS) + _BOARDS)  # an employer's postings stand beside each other
            where = own if rival.company == posting.company else f"own {rival.company}"
            rows.append(Row(where, rival, number, kind))
            if not rival.is_snippet:
                rows += _copies(chance, rival, where, number, chance.choice([0, 0, 1]))
        if chance.random() < 0.1:
            texts = agency_texts(chance, [posting, *chance.sample(list(bases), 2)])
            rows += [Row(f"own {text.company}", text, next(numbers), AGENCY) for text in texts]
    chance.shuffle(rows)
    return [replace(row, posting=replace(row.posting, external_id=str(place))) for place, row in enumerate(rows)]


def _copies(chance: random.Random, posting: JobPosting, source: str, vacancy: int, number: int) -> Iterator[Row]:
    # A board that collects from others has some vacancies more than once, and now and then so has the employer's page.
    for board in chance.choices([*_BOARDS, source], k=number):
        if chance.random() < 0.15:
            kind = chance.choice(sorted(HERE))
            yield Row(source, copied(chance, posting, HERE[kind]), vacancy, kind)
        else:
            kind = chance.choice(sorted(ELSEWHERE))
            yield Row(board, copied(chance, posting, ELSEWHERE[kind]), vacancy, kind)


def _others(chance: random.Random, bases: Sequence[JobPosting]) -> list[JobPosting]:
    return chance.sample(list(bases), min(12, len(bases)))
