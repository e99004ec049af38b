"""Which phrases of a sentence are looked up as skills, and where they stand."""

from __future__ import annotations

import pytest

from matching.linking.phrases import Phrase, PhraseCutter

CUTTER = PhraseCutter(frozenset({"design", "build", "write", "manage", "prepare"}), frozenset({"flexibility"}))


def queries(text: str) -> set[str]:
    return {phrase.query for phrase in CUTTER.cut(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You have several years of experience with budget planning.", {"budget planning"}),
        ("Strong analytical skills are a plus.", {"analytical skills"}),
        ("Ability to manage small kitchens", {"manage small kitchens"}),
        ("You design and build web shops.", {"design web shops", "build web shops"}),
        ("You write reports and user manuals.", {"write reports", "write user manuals"}),
        ("Design of bridge parts in technical drawings", {"Design of bridge parts", "technical drawings"}),
        ("Flexibility, patience", {"Flexibility"}),
    ],
)
def test_what_a_sentence_asks_is_among_its_phrases(text: str, expected: set[str]) -> None:
    assert expected <= queries(text)


@pytest.mark.parametrize(
    "text",
    [
        "We offer 30 days of holiday and free fruit.",
        "<ORGANIZATION> is an equal opportunity employer.",
        "Interviews for this post take place by video.",
        "Visa sponsorship can be given.",
        "Approach",
        "years of experience in a similar role",
    ],
)
def test_what_an_employer_gives_and_empty_words_are_no_phrases(text: str) -> None:
    assert queries(text) == set()


def test_a_phrase_stands_where_its_span_says_and_knows_its_sentence() -> None:
    text = "About us\nYou prepare tax returns. You manage schedules."
    found = {phrase.query: phrase for phrase in CUTTER.cut(text)}
    phrase = found["prepare tax returns"]
    assert text[phrase.start : phrase.end] == "prepare tax returns"
    assert text[slice(*phrase.context)] == "You prepare tax returns."


def test_a_word_that_counts_for_two_lends_its_neighbour_a_span_over_both() -> None:
    text = "You design and build web shops."
    assert Phrase(4, 30, "design web shops", (0, 31)) in CUTTER.cut(text)
