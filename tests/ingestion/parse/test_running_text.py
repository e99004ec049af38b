"""Texts that lost their line ends are read by what marks where lines were."""

from __future__ import annotations

from ingestion.extract import read_document
from ingestion.parse import parse_document
from ingestion.values import ParsedCV

LINES = """Ada Quill
Leeds, United Kingdom
ada@example.org

WORK EXPERIENCE
Senior Baker
Crumb & Sons Ltd
March 2019 to Present
• Baked 400 loaves a night and kept the ovens clean
• Trained two apprentices in the craft of rye bread

Baker
Loaf Group Ltd
January 2015 to February 2019
• Made sourdough for three shops and a market stall

EDUCATION
BSc in Food Science
University of Leeds
2012 to 2015

SKILLS
Sourdough (5 years), Excel (Less than 1 year), Python""".splitlines()


def parse(text: str) -> ParsedCV:
    return parse_document(read_document(text.encode(), filename="cv.txt", max_bytes=100_000))


def test_line_ends_that_became_two_spaces_are_line_ends_again():
    parsed = parse("  ".join(LINES))
    assert parsed.resume.basics.name == "Ada Quill"
    assert [(w.position, w.name, w.start_date) for w in parsed.resume.work] == [
        ("Senior Baker", "Crumb & Sons Ltd", "2019-03"),
        ("Baker", "Loaf Group Ltd", "2015-01"),
    ]
    assert parsed.resume.work[0].highlights[1] == "Trained two apprentices in the craft of rye bread"
    assert parsed.resume.education[0].institution == "University of Leeds"
    assert parsed.skill_names == ("Sourdough", "Excel", "Python")


def test_headings_and_marks_part_a_text_without_any_line_ends():
    parsed = parse(" ".join(line for line in LINES if line))
    assert parsed.resume.basics.email == "ada@example.org"
    assert parsed.resume.work[0].start_date == "2019-03"
    assert parsed.resume.work[0].highlights[0] == "Baked 400 loaves a night and kept the ovens clean"
    assert "University of Leeds" in parsed.resume.education[0].institution
    assert parsed.skill_names == ("Sourdough", "Excel", "Python")


def test_a_long_paragraph_stays_one():
    prose = (
        "I baked rye bread in Leeds and taught others how to do so, first in a small shop beside the river, then in a hall with "
        "six deck ovens, where forty people worked in three shifts. Nobody there had ever written down a recipe, so that was "
        "where I began: with flour, water, salt, a pair of scales and a great deal of patience, and with people who laughed."
    )
    parsed = parse(f"Ada Quill\nada@example.org\n\nSUMMARY\n{prose}\n\nSKILLS\nSourdough\n")
    assert parsed.resume.basics.summary == prose
