"""Texts for those who read blind: the person is covered, everything else stays at its place."""

from __future__ import annotations

import pytest

from ingestion.identity import close, cover_in, hide_identity, veil
from ingestion.values import Basics, Evidence, Location, ParsedCV, Resume, Span

TEXT = "Ruby Lindqvist\nruby.l@example.com\nHillside 4, 10115 Berlin\nRuby developer. LINDQVIST built it in Ruby.\n░░ 2 of 5"


@pytest.fixture
def parsed() -> ParsedCV:
    street = TEXT.index("Hillside 4")
    location = Location(address="Hillside 4", city="Berlin")
    evidence = {
        "basics.name": Evidence(0.9, Span(0, 14)),
        "basics.location.address": Evidence(0.9, Span(street, street + len("Hillside 4"))),
    }
    return ParsedCV(Resume(basics=Basics(name="Ruby Lindqvist", location=location)), evidence)


@pytest.fixture
def veiled(parsed: ParsedCV) -> str:
    return veil(TEXT, hide_identity(TEXT, parsed), parsed)


def test_name_contacts_and_street_are_covered_and_the_town_and_the_work_are_not(veiled: str) -> None:
    shown = close(veiled)
    for words in ("Lindqvist", "LINDQVIST", "ruby.l@", "Hillside"):
        assert words not in shown
    for words in ("Berlin", "developer", "built it in"):
        assert words in shown


def test_a_first_name_that_is_a_skill_too_stays_readable_where_it_is_one(veiled: str) -> None:
    assert "built it in Ruby." in close(veiled)


def test_every_other_character_stays_at_its_place(veiled: str) -> None:
    assert len(veiled) == len(TEXT)
    at = TEXT.index("developer")
    assert veiled[at : at + 9] == "developer"
    assert [a for a, b in zip(TEXT, veiled, strict=True) if a == "\n"] == [b for b in veiled if b == "\n"]


def test_how_long_what_is_covered_is_does_not_show(parsed: ParsedCV) -> None:
    long, short = (
        cover_in("Maximiliane Lindqvist-Oberhuber called", "Maximiliane Lindqvist-Oberhuber"),
        cover_in("Bo Li called", "Bo Li"),
    )
    assert long == short


def test_signs_that_a_file_draws_with_are_not_taken_for_covers(veiled: str) -> None:
    assert close(veiled).endswith("\n░░ 2 of 5")


def test_what_recruiters_wrote_loses_name_contacts_and_pronouns() -> None:
    said = cover_in("Lindqvist wants to move; she said write to r.l@example.com.", "Ruby Lindqvist")
    assert not any(word in said for word in ("Lindqvist", "she ", "r.l@"))
    assert "wants to move" in said
