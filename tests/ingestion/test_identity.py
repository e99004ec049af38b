"""What tells who somebody is goes from the text, and no text, however made, takes long to go through."""

from __future__ import annotations

import time

import pytest

from ingestion.identity import hide_identity, hide_in
from ingestion.values import Basics, ParsedCV, Resume


def person(**basics: str) -> ParsedCV:
    """Somebody who has put these right by hand."""
    return ParsedCV(Resume(basics=Basics(**basics)), corrected={f"basics.{name}": "" for name in basics})


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Sean O'Brien", "SEAN O’BRIEN"),
        ("Anna-Maria Larsson", "Anna - Maria\nLarsson"),
        ("Tom Okafor Jr.", "Tom Okafor, Jr"),
    ],
)
def test_a_name_is_hidden_however_its_words_are_set_apart(said: str, written: str) -> None:
    text = f"By {written}, baker"
    hidden = hide_identity(text, person(name=said))
    assert hidden.split() == ["By", ",", "baker"]
    assert len(hidden) == len(text)


@pytest.mark.parametrize(
    "contact",
    [
        "ada@example.org",
        "Mail:ada.example@mail.example.org",
        "www.example.org/ada",
        "linkedin.com/in/ada",
        "+49 30 901820",
    ],
)
def test_contact_data_is_hidden(contact: str) -> None:
    assert hide_in(f"Baker {contact} Leeds", person()).split() == ["Baker", "Leeds"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("- " * 20 + "x", "-" * 1000),
        ("a " * 90, "a " * 50_000),
        ("", "@" * 100_000),
        ("", "a@" * 50_000),
        ("", "linkedin." * 10_000),
        ("", "+1-" * 30_000),
    ],
)
def test_no_text_and_no_name_takes_long(name: str, text: str) -> None:
    started = time.perf_counter()
    hide_identity(text, person(name=name))
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "detail",
    [
        "Date of birth: 3 May 1990", "Geburtsdatum\t22.01.1984", "Geburtsort Bonn",
        "Familienstand: ledig", "Née le 3 mai 1990",
        "Nationalité française", "DNI: 00000000T", "CURP XXXX000000XXXXXX00", "Codice fiscale: XXXXXX00X00X000X",
        "NIF 000 000 000",
        "Burgerlijke staat: gehuwd", "Geslacht: vrouw", "PESEL: 00000000000", "Płeć: kobieta", "CNP: 0000000000000",
        "Sex: female",
    ],
)  # fmt: skip
def test_personal_details_are_hidden_in_every_language(detail: str) -> None:
    assert hide_in(f"Baker\n{detail}\nLed a kitchen", person()).split() == ["Baker", "Led", "a", "kitchen"]
    assert hide_in(f"Leeds | {detail} | Baker", person()).split() == ["Leeds", "|", "Baker"]


@pytest.mark.parametrize(
    "line",
    [
        "BI: Power BI, Tableau",
        "Age-related illness of the eye",
        "Born to bake, trained in two kitchens",
        "CC, C++ and Go",
    ],
)
def test_what_only_begins_like_a_personal_detail_stays(line: str) -> None:
    assert hide_in(line, person()) == line
