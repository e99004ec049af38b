"""What postings are compared by: words and runs of words, places, companies, titles."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.identity import Fingerprint, fingerprint, standing
from jobs.identity.names import Likeness, company_key, compare_companies, compare_titles, title_key
from jobs.identity.towns import Distance, compare_spots, spot
from jobs.identity.words import overlap, sampled, shingles
from jobs.values import JobPosting, Pay, Place

TEXT = " ".join(f"Sentence {number} of a text about work that nobody has written before." for number in range(40))


def runs(text: str):  # type: ignore[no-untyped-def]
    return shingles(text)[1]


def test_an_extract_is_contained_in_its_text_and_a_text_is_like_itself() -> None:
    assert overlap(runs(TEXT[:500]), runs(TEXT)).contained > 0.95
    assert overlap(runs(TEXT), runs(TEXT)).alike == 1
    assert overlap(runs(TEXT), runs("Something quite different stands here for once")).contained == 0
    assert overlap(runs(""), runs(TEXT)).least == 0


def test_case_line_breaks_and_punctuation_make_no_difference() -> None:
    assert (runs("Bake bread,\n\nevery DAY!") == runs("bake bread every day")).all()


def test_a_language_without_spaces_is_read_by_characters() -> None:
    assert overlap(runs("我们正在寻找一名数据工程师"), runs("我们正在寻找一名高级数据工程师")).contained > 0.6


@given(st.text(max_size=300), st.text(max_size=300))
def test_overlap_is_the_same_both_ways_and_never_over_one(a: str, b: str) -> None:
    there, back = overlap(runs(a), runs(b)), overlap(runs(b), runs(a))
    assert there == back
    assert 0 <= there.alike <= there.contained <= 1


def test_the_keys_of_an_extract_are_keys_of_the_text() -> None:
    whole = set(sampled(runs(TEXT)))
    # The last run may be cut in the middle of a word.
    assert len(set(sampled(runs(TEXT[:900]))) - whole) <= 1
    assert whole & set(sampled(runs(TEXT[:900])))


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        (Place("Köln", "", "DE"), Place("Cologne"), Distance.SAME),
        (Place("Wien", "", "AT"), Place("Vienna", "", "AT"), Distance.SAME),
        (Place("Genève"), Place("Genf", "", "CH"), Distance.SAME),
        (Place("Manchester", "", "GB"), Place("London", "", "GB"), Distance.FAR),
        (Place("Berlin", "", "DE", "", 52.52, 13.40), Place("", "", "DE", "", 52.40, 13.06), Distance.NEAR),
        (Place("St. Aldric", "", "FR"), Place("St Aldric", "", "FR"), Distance.SAME),
        (Place("Kleinfelden", "", "DE"), Place("Oberwiesenau", "", "DE"), Distance.OTHER_NAME),
        (Place("Kleinfelden", "", "DE", "12345"), Place("Felden", "", "DE", "123 45"), Distance.SAME),
        (Place("", "", "DE"), Place("Berlin", "", "DE"), Distance.UNKNOWN),
        (Place("", "", "FR"), Place("Berlin", "", "DE"), Distance.FAR),
        (Place(), Place(), Distance.UNKNOWN),
    ],
)
def test_places_are_compared_whatever_language_they_are_in(a: Place, b: Place, distance: Distance) -> None:
    assert compare_spots(spot(a), spot(b)) is distance
    assert compare_spots(spot(b), spot(a)) is distance


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("Windrose Power", "WINDROSE POWER GmbH & Co. KG", Likeness.SAME),
        ("Lindenquell S.A.R.L.", "Lindenquell", Likeness.SAME),
        ("Medi-Cella", "Medicella", Likeness.SAME),
        ("Windrose", "Windrose Power", Likeness.ALIKE),
        ("Windrose Power", "Molino Verde", Likeness.OTHER),
        ("Confidential", "Windrose Power", Likeness.UNKNOWN),
        ("", "", Likeness.UNKNOWN),
    ],
)
def test_companies_are_compared_without_legal_forms(a: str, b: str, likeness: Likeness) -> None:
    assert compare_companies(company_key(a), company_key(b)) is likeness


def test_a_title_is_compared_without_what_boards_add() -> None:
    plain = title_key("Data Engineer", "")
    for title in (
        "Data Engineer (m/w/d)",
        "Engineer, Data",
        "Data Engineer - Berlin",
        "Data Engineer at Windrose Power",
    ):
        assert compare_titles(plain, title_key(title, company_key("Windrose Power Ltd"))) > 0.97, title
    assert compare_titles(plain, title_key("Pastry Chef", "")) < 0.5


def test_the_ward_the_grade_and_the_subject_of_a_title_are_kept() -> None:
    assert title_key("Nurse, Ward 5", "").numbers == ("5",)
    assert title_key("Doctor (General Surgery)", "").aside == ("general", "surgery")
    assert title_key("Senior Nurse", "").level == title_key("Nurse (Senior)", "").level != title_key("Nurse", "").level


def test_a_fingerprint_is_the_same_after_it_was_stored() -> None:
    posting = JobPosting(
        "1", "Nurse, Ward 5 (Nights)", TEXT, "Kiln Lane Hospital", place=Place("Leeds", "", "GB", "LS1 4DY", 53.8, -1.55),
        employment_type="full_time", group_key="k", pay=Pay(Decimal(20), None, "GBP", "HOUR"),
    )  # fmt: skip
    mine = fingerprint("board", posting)
    again = Fingerprint.from_facts(json.loads(json.dumps(mine.facts())), mine.words.tobytes(), mine.runs.tobytes())
    assert again == mine
    assert again.lookup_keys() == mine.lookup_keys()
    assert mine.pay == (35200, 35200)


def test_the_employers_own_page_and_the_full_text_stand_first() -> None:
    ranked = [
        standing(url="https://jobs.windrosepower.example/7", company="Windrose Power GmbH", is_snippet=False),
        standing(url="https://boards.greenhouse.io/wrp/jobs/7", company="Windrose Power", is_snippet=True),
        standing(url="https://www.board.example/jobs/7", company="Windrose Power", is_snippet=False),
        standing(url="", company="", is_snippet=True),
    ]
    assert ranked == [0, 1, 2, 3]
    assert standing(url="https://clever.co/7", company="Windrose", is_snippet=False) == 2, "no part of lever.co"
