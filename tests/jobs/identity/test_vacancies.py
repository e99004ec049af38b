"""Which postings are put together: how likely a pair is the same vacancy, and groups that do not chain unlike ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.duplicates.bases import fictional
from benchmarks.duplicates.score import measure
from benchmarks.duplicates.world import make
from jobs.identity import SAME_FROM, Fingerprint, Vacancies, compare, fingerprint
from jobs.identity.candidates import COMMON_FROM, COMPARED, candidates, lookup
from jobs.values import JobPosting, Place

WORDS = [f"word{number}" for number in range(2000)]
HAMBURG = Place("Hamburg", "", "DE")


def posting(start: int = 0, end: int = 300, **values: object) -> JobPosting:
    """A text of the words from ``start`` to ``end``: two share what their ranges share."""
    known = {"external_id": "1", "title": "Data Engineer", "description": " ".join(WORDS[start:end]), "place": HAMBURG}
    return JobPosting(**{**known, "company": "Windrose", **values})  # type: ignore[arg-type]


def known(*postings: JobPosting) -> dict[int, Fingerprint]:
    return {number: fingerprint(f"source-{number}", each) for number, each in enumerate(postings, 1)}


def grouped(prints: dict[int, Fingerprint], **options: object) -> dict[int, list[int]]:
    vacancies = Vacancies(prints, {}, **options)  # type: ignore[arg-type]
    for job in prints:
        vacancies.place(job, [other for other in prints if other < job])
    return {job: vacancies.together_with(job) for job in prints}


@pytest.mark.parametrize(
    "copy",
    [
        posting(title="Data Engineer (m/w/d) - Hamburg", company="Windrose GmbH"),
        posting(end=90),
        posting(company="Confidential"),
        posting(title="Engineer, Data", place=Place("Hamburgo")),
    ],
)
def test_a_copy_is_the_same_vacancy_whichever_comes_first(copy: JobPosting) -> None:
    one, other = fingerprint("own", posting()), fingerprint("board", copy)
    there = compare(one, other)
    assert there == compare(other, one)
    assert there is not None
    assert there > SAME_FROM


@pytest.mark.parametrize(
    "rival",
    [
        posting(100, 400, title="Pastry Chef"),
        posting(title="Senior Data Engineer", start=60, end=300),
        posting(1000, 1300, company="Molino Verde"),
    ],
)
def test_what_only_looks_like_it_is_another_vacancy(rival: JobPosting) -> None:
    likely = compare(fingerprint("own", posting()), fingerprint("own", rival))
    assert likely is not None
    assert likely < SAME_FROM


def test_another_town_and_another_place_of_the_same_posting_are_ruled_out() -> None:
    mine = fingerprint("own", posting(group_key="G"))
    assert compare(mine, fingerprint("board", posting(place=Place("Rostock", "", "DE")))) is None
    assert compare(mine, fingerprint("own", posting(group_key="G", place=Place(country="DE")))) is None
    assert compare(mine, fingerprint("board", posting(group_key="G"))) is not None, (
        "another source's key is another key"
    )


def test_a_row_of_texts_each_like_the_next_is_not_one_vacancy() -> None:
    sliding = known(*(posting(start, start + 300) for start in range(0, 900, 30)))
    assert all((compare(sliding[n], sliding[n + 1]) or 0) > SAME_FROM for n in range(1, len(sliding)))
    groups = grouped(sliding)
    assert len(groups[1]) > 1
    assert len(sliding) not in groups[1]


def test_a_whole_text_joins_its_beginning_and_its_end() -> None:
    parts = (posting(0, 100, company=""), posting(200, 300, company="", title="Data Engineer, Platform"), posting())
    assert grouped(known(*parts[:2]))[1] == [1]
    assert grouped(known(*parts))[1] == [1, 2, 3]


def test_pairs_that_people_parted_are_never_together_not_even_through_a_third() -> None:
    groups = grouped(known(posting(), posting(), posting(), posting()), apart={(1, 3)})
    assert 3 not in groups[1]
    assert sorted(len(jobs) for jobs in groups.values()) != [1, 1, 1, 1]


def test_a_posting_that_is_placed_again_stays_where_it_is() -> None:
    vacancies = Vacancies(known(posting(), posting(), posting()), {1: 7, 2: 7, 3: 7})
    for job in (2, 1, 3, 1):
        vacancies.place(job, [other for other in (1, 2, 3) if other != job])
    assert vacancies.together_with(1) == [1, 2, 3]


def test_a_posting_whose_text_became_another_leaves() -> None:
    prints = known(posting(), posting(), posting(1000, 1300, title="Baker"))
    vacancies = Vacancies(prints, {1: 7, 3: 7})
    vacancies.place(3, [1, 2])
    vacancies.place(2, [1])
    assert (vacancies.together_with(3), vacancies.together_with(1)) == ([3], [1, 2])


def test_common_keys_bring_no_candidates_but_exact_copies_are_always_found() -> None:
    mine = fingerprint("agency", posting())
    everywhere = lookup((key, job) for job in range(COMMON_FROM) for key in mine.lookup_keys())
    assert candidates(500, mine, everywhere) == list(range(COMPARED))
    changed = fingerprint("agency", replace(posting(), description=posting().description + " and more of it"))
    assert candidates(500, changed, everywhere) == []


def test_generated_duplicates_are_told_from_what_looks_like_them() -> None:
    result = measure(make(list(fictional(250, 77)), 77))
    assert result.true > 500
    assert result.f1 >= 0.94
