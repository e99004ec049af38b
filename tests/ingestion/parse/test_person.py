"""Names in capitals, turned round, in quotes and over several lines; what is no name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestion.extract import read_document
from ingestion.parse import parse_document
from ingestion.parse.sections import split_sections
from ingestion.values import Document, Line


def basics_of(text: str):
    return parse_document(read_document(text.encode(), filename="cv.txt", max_bytes=100_000)).resume.basics


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("ADA QUILL", "Ada Quill"),
        ("ZOË DE LA MIE-DORÉE", "Zoë de la Mie-Dorée"),
        ("SIOBHÁN O'DOUGH", "Siobhán O'Dough"),
        ("FERGUS MCCRUMB", "Fergus McCrumb"),
        ("KRÜMEL, Jörg", "Jörg Krümel"),
        ("Krümel, Jörg", "Jörg Krümel"),
        ('"Ada Quill', "Ada Quill"),
        ("Ada van der Quill", "Ada van der Quill"),
        ("Ada Quill, PhD", "Ada Quill, PhD"),
    ],
)
def test_a_name_is_given_as_people_write_it(shown, name):
    assert basics_of(f"{shown}\nBaker\nada@example.org\n\nSKILLS\nRye Bread, Sourdough\n").name == name


@pytest.mark.parametrize("line", ["17 Oven Street", "Curriculum Vitae", "Loaf Group Limited", "Senior Pastry Chef"])
def test_addresses_headings_employers_and_titles_are_no_names(line):
    assert basics_of(f"{line}\nAda Quill\nada@example.org\n").name == "Ada Quill"


def test_a_name_in_a_box_that_is_read_last_is_found_by_its_size():
    lines = [
        "Experience",
        "Baker, Crumb Ltd",
        "2019 - 2021",
        "Education",
        "College of Bread",
        "2015",
        "Ada Quill",
        "Head Baker",
    ]
    document = read_document("\n".join(lines * 1).encode(), filename="cv.txt", max_bytes=100_000)
    sized = tuple(replace(line, size=24.0 if line.text == "Ada Quill" else 10.0) for line in document.lines)
    assert parse_document(replace(document, lines=sized)).resume.basics.name == "Ada Quill"


def test_a_large_name_may_take_three_lines_and_keep_its_hyphen():
    document = read_document(b"Ada\nQuill-\nCrumb\nHead Baker\nada@example.org", filename="cv.txt", max_bytes=100_000)
    sized = tuple(replace(line, size=24.0 if number < 3 else 10.0) for number, line in enumerate(document.lines))
    basics = parse_document(replace(document, lines=sized)).resume.basics
    assert (basics.name, basics.label) == ("Ada Quill-Crumb", "Head Baker")


def test_a_title_in_two_words_on_top_is_a_label():
    assert basics_of("Ada Quill\nHead Baker\nada@example.org\n").label == "Head Baker"


def test_a_greeting_before_the_name_is_no_part_of_it() -> None:
    assert basics_of("Hi, I'm Ada Quill.\nBaker\nada@example.org\n").name == "Ada Quill"


def test_a_name_that_a_box_puts_late_is_found_by_the_email() -> None:
    skills = "\n".join(
        "Rye Spelt Oats Barley Sourdough Pastry Ovens Mixers Stock Orders Hygiene Shifts Rota Tills Coffee Jam".split()
    )
    text = f"CONTACT\nLeeds\nada.quill@example.org\n\nSKILLS\n{skills}\n\nLANGUAGES\nEnglish - native\n\nAda Quill\n"
    assert basics_of(text).name == "Ada Quill"


def test_a_page_of_a_person_may_end_in_any_common_domain() -> None:
    text = "Ada Quill\nada@example.org\nhttps://quill.example.edu\n\nEXPERIENCE\nBaker, Crumb Ltd (2015 - 2019)\n"
    assert basics_of(text).url == "https://quill.example.edu"


def test_a_word_of_a_heading_in_the_look_of_titles_opens_no_section() -> None:
    texts = [
        ("Experience", 12), ("Baker", 10), ("Crumb Ltd, 2019 - 2021", 0), ("Cook", 10), ("Loaf Ltd, 2015 - 2018", 0),
        ("Education", 12), ("Certificate", 10), ("Food Trade, Leeds City College", 0), ("2011 - 2015", 0), ("Skills", 12),
        ("Platforms", 10), ("Linux", 0), ("Kitchen", 10), ("Knives", 0), ("Languages", 10), ("Python", 0), ("Contact", 12),
    ]  # fmt: skip
    at, lines = 0, []
    for number, (text, size) in enumerate(texts):
        y = 20.0 * number
        lines.append(Line(text, at, page=1, x0=40, x1=200, y0=y, y1=y + 12, size=size or 10, bold=size > 0))
        at += len(text) + 1
    kinds = [
        section.kind for section in split_sections(Document("\n".join(text for text, _ in texts), tuple(lines), "pdf"))
    ]
    assert kinds == ["work", "education", "skills", "contact"]
