"""Finding skills in text: the right ones, only those, and exactly where they stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.skills import find_languages, find_skills
from jobs.skills.vocabulary import vocabulary


def names(text: str) -> list[str]:
    return [mention.name for mention in find_skills(text)]


def languages(text: str) -> list[str]:
    return [mention.name for mention in find_languages(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++, C# and F# on .NET", ["C++", "C#", "F#", ".NET"]),
        ("ASP.NET Core and Node.js", ["ASP.NET", "Node.js"]),
        ("modern C++17", ["C++"]),
        ("k8s, Postgres, React.js", ["Kubernetes", "PostgreSQL", "React"]),
        ("REST APIs and CI/CD pipelines", ["REST APIs", "CI/CD"]),
    ],
)
def test_names_with_signs_in_them_are_found_whole(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize("text", ["cargo", "sapphire", "javascripted", "great", "unsqled", "C++++", "foo_sql_bar"])
def test_a_skill_inside_another_word_is_not_one(text: str) -> None:
    assert names(text) == []


def test_the_longest_name_wins_and_nothing_overlaps() -> None:
    found = find_skills("Spring Boot, React Native, Microsoft SQL Server, machine learning engineer")
    assert [mention.name for mention in found] == [
        "Spring Boot",
        "React Native",
        "Microsoft SQL Server",
        "Machine learning",
    ]
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "text",
    [
        "Python, R, Go and SQL",
        "Senior Go developer, R programming",
        "- Go\n- statistics with R",
        "Languages: Go/Rust; statistical computing in R",
    ],
)
def test_short_names_count_beside_their_kind(text: str) -> None:
    assert {"Go", "R"} <= set(names(text))


@pytest.mark.parametrize(
    "text",
    [
        "We go the extra mile. Go for it!",
        "Excel at everything you do",
        "R. Smith and R&D",
        "You react swiftly; a spark of rust, access to all",
        "Vitamin C and Plan B",
        "it is an it company",
        "Python, Go the extra mile",
        "S. Jones and R. A. Miller",
    ],
)
def test_everyday_words_are_not_taken_for_tools(text: str) -> None:
    found = names(text)
    assert not {"Go", "R", "C", "Microsoft Excel", "React", "Swift", "Apache Spark", "Rust"} & set(found)


@pytest.mark.parametrize(
    "text", ["github.com/someone", "sales@example.org", "HP-UX", "Leeds", "an initiative of the town"]
)
def test_addresses_and_parts_of_other_names_are_no_skills(text: str) -> None:
    assert names(text) == []


def test_excel_and_word_count_as_programs_in_a_list_or_after_with() -> None:
    assert names("Advanced Excel, Word, Outlook") == ["Microsoft Excel", "Microsoft Word", "Microsoft Outlook"]
    assert "Microsoft Excel" in names("confident with Excel")


def test_two_doubtful_names_side_by_side_explain_each_other() -> None:
    assert names("Go and Rust are welcome") == ["Go", "Rust"]


def test_names_in_other_languages_lead_to_the_same_skill() -> None:
    assert names("Wundversorgung und Buchhaltung") == ["Wound care", "Bookkeeping"]
    assert names("comptabilité, gestion de projet") == ["Bookkeeping", "Project management"]
    assert names("atención al cliente; contabilidad") == ["Customer service", "Bookkeeping"]


def test_hyphens_spelling_plural_and_line_breaks_do_not_matter() -> None:
    assert names("machine-learning") == names("Machine\n  learning") == ["Machine learning"]
    assert names("data modeling") == names("data modelling") == ["Data modelling"]
    assert names("wound dressings") == ["Wound care"]


def test_an_empty_line_ends_a_name() -> None:
    assert "Machine learning" not in names("machine\n\nlearning")


def test_the_surface_keeps_the_original_line_break() -> None:
    text = "knows machine\n   learning"
    (mention,) = find_skills(text)
    assert mention.surface == text[mention.start : mention.end] == "machine\n   learning"


def test_letters_whose_lower_case_is_longer_do_not_move_the_spans() -> None:
    text = "İİİ ẞ ŉ Straße – Python"
    (mention,) = find_skills(text)
    assert text[mention.start : mention.end] == "Python"


@pytest.mark.parametrize(
    "text",
    ["fluent German", "German (C1)", "Sprachen: Deutsch", "- German", "English and German at B2", "Deutschkenntnisse"],
)
def test_a_language_is_found_where_it_is_spoken(text: str) -> None:
    assert "German" in languages(text)


@pytest.mark.parametrize(
    "text", ["the German market", "our German customers", "a Polish company in Spain", "German law"]
)
def test_a_market_or_a_company_is_not_a_language(text: str) -> None:
    assert languages(text) == []


def test_languages_and_skills_do_not_mix() -> None:
    assert names("Python, English (C1), fluent French") == ["Python"]
    assert languages("Python, English (C1), fluent French") == ["English", "French"]


TERMS = [term for skill in vocabulary().skills.values() for term in skill.terms]
PIECES = st.one_of(
    st.sampled_from(TERMS),
    st.sampled_from(
        [", ", "\n", "\n\n", "  ", "\t", " and ", "; ", "- ", "/", "İ", "ß", "ﬁ", "e\u0301", "’", "\u00a0", "."]
    ),
    st.text(max_size=8),
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_every_span_contains_its_surface(text: str) -> None:
    reached = 0
    for mention in sorted((*find_skills(text), *find_languages(text)), key=lambda mention: mention.start):
        assert text[mention.start : mention.end] == mention.surface
        assert mention.start >= reached
        assert mention.end > mention.start
        reached = mention.end


@settings(deadline=None)
@given(
    st.sampled_from([term for skill in vocabulary().skills.values() if not skill.is_language for term in skill.terms])
)
def test_every_term_is_found_in_a_list_of_its_kind(term: str) -> None:
    text = f"Skills: Python, {term}, SQL"
    owner = next(skill for skill in vocabulary().skills.values() if term in skill.terms)
    assert owner.id in {mention.skill_id for mention in find_skills(text)}
