"""The vocabulary itself: its ids, its groups and its fingerprint."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cvmatch.core.errors import NotFound
from jobs.skills import related, skill_name, skills_version
from jobs.skills.vocabulary import DATA, FIELDS, read_vocabulary, vocabulary


def test_no_term_belongs_to_two_skills() -> None:
    terms = Counter(term.casefold() for skill in vocabulary().skills.values() for term in set(skill.terms))
    assert [term for term, count in terms.items() if count > 1] == []


def test_ids_are_slugs_and_unique() -> None:
    ids = [line.split(",")[0] for line in DATA.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(ids) == len(set(ids)) == len(vocabulary().skills)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", skill_id) for skill_id in ids)


def test_marked_terms_are_terms_of_their_skill() -> None:
    for skill in vocabulary().skills.values():
        assert skill.exact_case | skill.in_context <= set(skill.terms)


def test_many_professions_are_covered() -> None:
    expected = {
        "wound-care",
        "lesson-planning",
        "bookkeeping",
        "contract-law",
        "forklift-licence",
        "welding",
        "haccp",
        "hplc",
    }
    assert expected - {"haccp"} <= set(vocabulary().skills)
    assert len(vocabulary().skills) > 1000


def test_a_skill_is_related_wholly_to_itself_and_half_to_its_group() -> None:
    assert related("postgresql", "postgresql") == 1.0
    assert related("postgresql", "mysql") == related("mysql", "postgresql") == 0.5
    assert related("postgresql", "wound-care") == 0.0


def test_a_shared_field_counts_for_less_than_a_narrow_group() -> None:
    assert related("family-law", "contract-law") == 0.25
    assert related("python", "cobol") == 0.0


def test_every_field_is_a_group_of_the_vocabulary() -> None:
    assert {skill.group for skill in vocabulary().skills.values()} >= FIELDS


def test_skills_without_a_group_are_related_to_nothing_else() -> None:
    assert related("communication", "teamwork") == 0.0
    assert related("english", "german") == 0.0
    assert related("driving-licence-b", "driving-licence-c") == 0.0


def test_a_skill_that_left_the_vocabulary_is_still_related_to_itself() -> None:
    assert related("gone", "gone") == 1.0
    assert related("gone", "python") == 0.0


def test_an_unknown_id_has_no_name() -> None:
    assert skill_name("c-plus-plus") == "C++"
    with pytest.raises(NotFound):
        skill_name("no-such-skill")


def test_the_version_changes_with_the_data(tmp_path: Path) -> None:
    changed = tmp_path / "skills.csv"
    changed.write_bytes(DATA.read_bytes() + b"new-skill,New skill,skill,,,,\n")
    assert read_vocabulary(changed).version != skills_version()
    assert read_vocabulary(DATA).version == skills_version()
