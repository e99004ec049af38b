"""What differs between two versions of a CV."""

from __future__ import annotations

from dataclasses import replace

from ingestion.comparing import Difference, differences
from ingestion.values import ParsedCV

OLD = {
    "basics": {"name": "Mara Lindqvist", "location": {"city": "Berlin"}},
    "work": [
        {
            "position": "Data Engineer",
            "name": "Nordlicht",
            "startDate": "2019-03",
            "highlights": ["Built it.", "Ran it."],
        },
        {"position": "Waiter", "name": "Café Anker", "startDate": "2017-06"},
    ],
    "skills": [{"name": "Python"}, {"name": "Docker"}],
}
NEW = {
    "basics": {"name": "Mara Lindqvist", "location": {"city": "Hamburg"}},
    "work": [
        {"position": "Team Lead", "name": "Seewind", "startDate": "2024-01"},
        {
            "position": "Data Engineer",
            "name": "Nordlicht",
            "startDate": "2019-04",
            "highlights": ["Ran it.", "Sold it."],
        },
    ],
    "skills": [{"name": "python"}, {"name": "Kafka"}],
}


def parsed(resume: dict) -> ParsedCV:
    return ParsedCV.from_json(resume)


def told(old: dict, new: dict) -> dict[str, list[tuple[str, str, str]]]:
    found = differences(parsed(old), parsed(new))
    return {section.title: [(fact.name, fact.was, fact.now) for fact in section.facts] for section in found}


def test_facts_that_came_went_and_changed_are_told_by_section() -> None:
    assert told(OLD, NEW) == {
        "Person": [("Town", "Berlin", "Hamburg")],
        "Work": [
            ("From", "2019-03", "2019-04"),
            ("Detail", "Built it.", ""),
            ("Detail", "", "Sold it."),
            ("Position", "Waiter", ""),
            ("Employer", "Café Anker", ""),
            ("From", "2017-06", ""),
            ("Position", "", "Team Lead"),
            ("Employer", "", "Seewind"),
            ("From", "", "2024-01"),
        ],
        "Skills": [("Name", "Docker", ""), ("Name", "", "Kafka")],
    }


def test_the_same_reading_does_not_differ_whatever_its_order_and_capitals() -> None:
    turned = {**OLD, "work": OLD["work"][::-1], "skills": [{"name": "DOCKER"}, {"name": "Python"}]}
    assert differences(parsed(OLD), parsed(turned)) == ()


def test_an_entry_is_named_by_what_says_which_it_is() -> None:
    section = next(section for section in differences(parsed(OLD), parsed(NEW)) if section.title == "Work")
    assert {fact.entry for fact in section.facts} == {
        "Data Engineer, Nordlicht", "Waiter, Café Anker", "Team Lead, Seewind",
    }  # fmt: skip


def test_a_difference_says_of_what_kind_it_is() -> None:
    fact = Difference("", "Town", "Berlin", "Hamburg")
    kinds = [fact.kind, replace(fact, was="").kind, replace(fact, now="").kind]
    assert kinds == ["changed", "added", "removed"]
