"""Where a person lives is read from labelled addresses, postal codes and places beside the contact data."""

from __future__ import annotations

import pytest

from ingestion.parse.location import find_location
from ingestion.parse.pieces import Found
from ingestion.values import Line, Span


def lines_of(*texts: str) -> list[Line]:
    lines, at = [], 0
    for text in texts:
        lines.append(Line(text, at))
        at += len(text) + 1
    return lines


def read(*texts: str) -> dict[str, str]:
    return {key: value.value for key, value in find_location(lines_of(*texts)).items() if isinstance(value, Found)}


@pytest.mark.parametrize(
    ("line", "city", "code"),
    [
        ("Anschrift: Lindenhof 7, 8020 Graz", "Graz", "8020"),
        ("Adresse\t4 rue du Four, 69003 Lyon", "Lyon", "69003"),
        ("Adres\tul. Lipowa 3, 31-147 Kraków", "Kraków", "31-147"),
        ("Rua do Sol 9, 4050-174 Porto | 912 000 000", "Porto", "4050-174"),
        ("Rua do Sol 9, 01226-010 São Paulo", "São Paulo", "01226-010"),
        ("Grachtweg 2, 3511 NR Utrecht", "Utrecht", "3511 NR"),
        ("Leeds LS1 4AP, United Kingdom", "Leeds", "LS1 4AP"),
    ],
)
def test_a_city_stands_beside_its_postal_code(line: str, city: str, code: str) -> None:
    found = read("Ada Quill", line, "ada.quill@example.org")
    assert (found["city"], found["postalCode"]) == (city, code)


def test_a_small_town_counts_behind_a_label() -> None:
    assert read("Address: Little Wickering")["city"] == "Little Wickering"


def test_a_state_is_no_country_where_the_city_is_not_there() -> None:
    assert read("San Francisco, CA") == {"city": "San Francisco", "region": "CA"}
    assert read("Toronto, CA") == {"city": "Toronto", "countryCode": "CA"}
    assert read("Seoul KR") == {"city": "Seoul", "countryCode": "KR"}


def test_a_place_of_birth_an_email_and_the_own_name_are_no_home() -> None:
    assert read("Geburtsort: Leipzig", "ada@example.org, +44 113 496 0000") == {}
    name = Found("Ada Paris", Span(0, 9), 0.9)
    assert find_location(lines_of("Ada Paris", "ada@example.org"), name) == {}
    assert read("Tel Aviv-Yafo, IL") == {"city": "Tel Aviv-Yafo", "countryCode": "IL"}
