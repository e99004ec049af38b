"""The vocabulary itself: its ids, its groups, what ESCO and the list of technology add, and its fingerprint."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from cvmatch.core.errors import NotFound
from jobs.skills import related, skill_name, skills_version
from jobs.skills.data_files import HOUSE, read_descriptions, read_esco_names, read_house
from jobs.skills.vocabulary import FIELDS, read_vocabulary, vocabulary


def test_no_term_belongs_to_two_skills() -> None:
    terms = Counter(term.casefold() for skill in vocabulary().skills.values() for term in set(skill.terms))
    assert [term for term, count in terms.items() if count > 1] == []


def test_ids_of_our_own_are_slugs_and_unique() -> None:
    with HOUSE.open(encoding="utf-8") as lines:
        ids = [row["id"] for row in csv.DictReader(lines)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", skill_id) for skill_id in ids)


def test_other_ids_say_where_they_come_from() -> None:
    others = set(vocabulary().skills) - set(read_house())
    assert all(re.fullmatch(r"esco:[0-9a-f]{8}|onet:[a-z0-9-]+", skill_id) for skill_id in others)


def test_marked_terms_are_terms_of_their_skill() -> None:
    for skill in vocabulary().skills.values():
        assert skill.exact_case | skill.in_context <= set(skill.terms)


def test_many_professions_are_covered() -> None:
    expected = {"wound-care", "lesson-planning", "bookkeeping", "contract-law", "forklift-licence", "welding", "hplc"}
    assert expected <= set(read_house())
    assert len(read_house()) > 1000
    assert sum(bool(skill.uuid) for skill in vocabulary().skills.values()) > 13_000


def test_a_skill_that_esco_has_too_is_one_skill_with_our_id() -> None:
    known = {skill.uri: skill.id for skill in vocabulary().skills.values() if skill.uri}
    assert len(known) == sum(bool(skill.uuid) for skill in vocabulary().skills.values())
    assert known["http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"] == "python"
    assert vocabulary().get("python").name == "Python"


def test_esco_skills_have_all_their_names_and_a_description() -> None:
    names, described = read_esco_names(), read_descriptions()
    assert all(skill.uuid in described for skill in vocabulary().skills.values() if skill.uuid)
    assert {"manage budgets", "administer medication"} <= {name for row in names.values() for name in row}


def test_a_skill_is_related_wholly_to_itself_and_half_to_its_group() -> None:
    assert related("postgresql", "postgresql") == 1.0
    assert related("postgresql", "mysql") == related("mysql", "postgresql") == 0.5
    assert related("postgresql", "wound-care") == 0.0


def test_a_shared_field_counts_for_less_than_a_narrow_group() -> None:
    assert related("family-law", "contract-law") == 0.25
    assert related("python", "cobol") == 0.0


def by_name(name: str) -> str:
    return next(skill.id for skill in vocabulary().skills.values() if skill.name == name)


def test_a_broader_skill_counts_half() -> None:
    narrow, broad = by_name("manage school budget"), by_name("manage budgets")
    assert related(narrow, broad) == related(broad, narrow) == 0.5


def test_kinship_is_mutual_and_never_more_than_half() -> None:
    kin = vocabulary().credits
    assert all(0.2 <= share <= 0.5 for near in kin.values() for share in near.values())
    assert all(kin[other][one] == share for one, near in kin.items() for other, share in near.items())
    assert set(kin) <= set(vocabulary().skills)


def test_every_field_is_a_group_of_the_vocabulary() -> None:
    assert {skill.group for skill in vocabulary().skills.values()} >= FIELDS


def test_skills_without_a_group_are_related_to_nothing_else_of_ours() -> None:
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
    changed.write_bytes(HOUSE.read_bytes() + b"new-skill,New skill,skill,,,,\n")
    assert read_vocabulary(changed).version != skills_version()
    assert read_vocabulary().version == skills_version()
