"""Finding ESCO's phrases in running text: in any inflection, exactly where they stand, and not where something else is meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.skills import find_all_skills, find_skills
from jobs.skills.words import word_key


def phrases(text: str) -> list[tuple[str, str]]:
    named = {(mention.start, mention.end) for mention in find_skills(text)}
    return [(m.name, m.surface) for m in find_all_skills(text) if (m.start, m.end) not in named]


@pytest.mark.parametrize(
    "family",
    [
        "manage managing managed manages",
        "plan planning planned plans",
        "code coding coded codes",
        "fill filling filled",
        "file filing filed",
        "organise organizing organised",
        "policy policies",
        "write wrote written writing",
        "analyse analysis analyzing",
        "labour labor",
    ],
)
def test_the_forms_of_a_word_have_one_key(family: str) -> None:
    assert len({word_key(form) for form in family.split()}) == 1


@pytest.mark.parametrize("pair", ["manage manager", "fill file", "general generous", "custom customer"])
def test_other_words_have_other_keys(pair: str) -> None:
    one, other = pair.split()
    assert word_key(one) != word_key(other)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("You manage budgets.", "manage budgets"),
        ("experience of managing the\n   budgets of schools", "managing the\n   budgets"),
        ("- Managed a budget of 2 million", "Managed a budget"),
        ("Managed budgets", "Managed budgets"),
    ],
)
def test_a_phrase_is_found_in_any_inflection_where_it_stands(text: str, surface: str) -> None:
    assert phrases(text) == [("manage budgets", surface)]


@pytest.mark.parametrize(
    "text",
    [
        "a managed budget",
        "You manage. Budgets are fixed.",
        "Manage:\n\nBudgets",
        "provide evidence-based care",
        "Staff discount",
        "silver medals",
    ],
)
def test_other_words_of_the_same_letters_are_no_phrase(text: str) -> None:
    assert phrases(text) == []


def test_a_name_inside_a_longer_phrase_counts_as_well() -> None:
    found = {mention.surface for mention in find_all_skills("You carry out wound care")}
    assert found == {"wound care", "carry out wound care"}


PIECES = st.sampled_from(
    [
        "manage",
        "managing",
        "the",
        "budgets",
        "budget",
        " ",
        "\n",
        "\n\n",
        "- ",
        "’s",
        "&",
        ". ",
        "Python 3.11",
        "İ",
        "ß",
        "de-icing",
    ]
)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=20).map(" ".join))
def test_every_place_holds_what_is_said_to_stand_there(text: str) -> None:
    for mention in find_all_skills(text):
        assert text[mention.start : mention.end] == mention.surface != ""


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("Python 3.11, Java 17 and C++17", ["Python 3.11", "Java 17", "C++17"]),
        (".NET 8, SQL Server 2019", [".NET 8", "SQL Server 2019"]),
        ("k8s, Postgres 14, React.js, ReactJS", ["k8s", "Postgres 14", "React.js", "ReactJS"]),
        ("R 4.2 or Go 1.21", ["R 4.2", "Go 1.21"]),
        ("Python 2019-2021, Java 5 years, Docker 90%", ["Python", "Java", "Docker"]),
        ("Python 2019", ["Python"]),
    ],
)
def test_a_version_belongs_to_the_name_and_other_numbers_do_not(text: str, surfaces: list[str]) -> None:
    assert [mention.surface for mention in find_skills(text)] == surfaces
