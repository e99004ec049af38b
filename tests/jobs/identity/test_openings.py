"""Two openings of one employer that one source shows at the same time, and what is one opening all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from jobs.identity import SAME_FROM, Fingerprint, Vacancies, compare, fingerprint
from jobs.identity.openings import is_another_opening
from jobs.values import JobPosting, Pay, Place

TEXT = " ".join(f"Sentence {number} of what Kiln Lane Hospital says of its work." for number in range(40))
LEEDS = Place("Leeds", "", "GB", "LS1 4DY", 53.797, -1.549)
DAY = datetime(2026, 3, 2, tzinfo=UTC)


def nurse(title: str = "Staff Nurse", **values: object) -> JobPosting:
    known = {"external_id": "1", "title": title, "description": TEXT, "company": "Kiln Lane Hospital", "place": LEEDS}
    return JobPosting(**{**known, **values})  # type: ignore[arg-type]


def pay(low: int, high: int, **values: object) -> Pay:
    return Pay(Decimal(low), Decimal(high), "GBP", **values)  # type: ignore[arg-type]


def in_one_source(*postings: JobPosting) -> dict[int, Fingerprint]:
    return {number: fingerprint("kilnlane", each) for number, each in enumerate(postings, 1)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (nurse("Staff Nurse, Ward A"), nurse("Staff Nurse, Ward B")),
        (nurse("Staff Nurse (Paediatrics)"), nurse("Staff Nurse (Outpatients)")),
        (nurse("Staff Nurse"), nurse("Staff Nurse - Night shift")),
        (nurse("Junior Nurse"), nurse("Senior Nurse")),
        (nurse(pay=pay(29_000, 35_000)), nurse(pay=pay(36_000, 43_000))),
        (nurse(employment_type="full_time"), nurse(employment_type="part_time")),
        (nurse(description=f"{TEXT}\nReference: KL-2041"), nurse(description=f"{TEXT}\nReference: KL-2077")),
        (nurse(), nurse(place=replace(LEEDS, postal_code="LS9 7TF", latitude=53.807, longitude=-1.520))),
        (nurse(place=Place("Thornwick Green", "", "GB")), nurse(place=Place("Little Harbourne", "", "GB"))),
    ],
)
def test_what_one_source_shows_beside_each_other_and_calls_otherwise_are_two_openings(
    one: JobPosting, other: JobPosting
) -> None:
    a, b = in_one_source(one, other).values()
    assert compare(a, b) is None
    assert compare(b, a) is None
    assert compare(a, b, at_once=False) is not None, "one may be the other posted again"
    assert not is_another_opening(a, replace(b, source="board")), "boards write what they like"
    assert not is_another_opening(a, replace(b, company="")), "nobody knows whether it is the same employer"


@pytest.mark.parametrize(
    "same",
    [
        nurse("Staff Nurse (m/f/d) - Leeds"),
        nurse("STAFF NURSE - Permanent, full-time"),
        nurse("Staff Nurse | Kiln Lane Hospital (Ref. K40312)"),
        nurse("Staff Nurse - Urgent", place=Place("Leeds", "", "GB")),
        nurse(pay=None),
        nurse(pay=pay(52_000, 60_000, estimated=True)),
        nurse(employment_type="temporary"),
        nurse(description=TEXT + " Our charity has the number 20417."),
    ],
)
def test_the_same_opening_in_other_words_stays_one_vacancy_also_inside_one_source(same: JobPosting) -> None:
    first = nurse(pay=pay(29_000, 35_000), employment_type="full_time", description=f"{TEXT}\nReference: KL-2041")
    a, b = in_one_source(first, same).values()
    assert (compare(a, b) or 0) > SAME_FROM


def test_another_number_in_the_title_is_another_opening_in_any_source() -> None:
    three, five = in_one_source(nurse("Staff Nurse - Ward 3"), nurse("Staff Nurse - Ward 5")).values()
    assert compare(three, replace(five, source="board")) is None
    assert compare(three, five, at_once=False) is None, "and no repost"
    one, other = in_one_source(nurse("Technician II"), nurse("Technician 2")).values()
    assert compare(one, other) is not None


def test_a_detail_that_is_spelt_otherwise_is_the_same_one() -> None:
    a, b = in_one_source(nurse("Nurse - Paediatrics"), nurse("Nurse - Pediatrics")).values()
    assert not is_another_opening(a, b)


def test_a_fingerprint_that_was_stored_without_details_says_nothing_of_them() -> None:
    a, b = in_one_source(nurse("Staff Nurse - Ward"), nurse("Staff Nurse - Ward")).values()
    assert not is_another_opening(a, replace(b, title=replace(b.title, words=(), details=())))


@pytest.mark.parametrize(
    ("until", "expected"),
    [(None, [1]), (DAY + timedelta(days=9), [1]), (DAY + timedelta(days=7), [1, 2])],
)
def test_only_what_had_ended_before_may_be_posted_again_under_another_pay(
    until: datetime | None, expected: list[int]
) -> None:
    prints = in_one_source(nurse(pay=pay(29_000, 35_000)), nurse(pay=pay(36_000, 43_000)))
    seen = {1: (DAY, until), 2: (DAY + timedelta(days=7), None)}
    vacancies = Vacancies(prints, {}, seen=seen)
    vacancies.place(2, [1])
    assert vacancies.together_with(1) == expected


def test_two_openings_in_one_source_each_have_their_own_copy_elsewhere() -> None:
    here = in_one_source(nurse("Staff Nurse - Ward 3"), nurse("Staff Nurse - Ward 5"))
    there = {number + 2: replace(print_, source=f"board-{number}") for number, print_ in here.items()}
    vacancies = Vacancies({**here, **there}, {})
    for job, near in {2: [1], 3: [1, 2], 4: [1, 2, 3]}.items():
        vacancies.place(job, near)
    assert (vacancies.together_with(1), vacancies.together_with(2)) == ([1, 3], [2, 4])
