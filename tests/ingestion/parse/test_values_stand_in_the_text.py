"""A value that is not in the document is never given: on the demo CVs, the project's samples and whatever order of lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.extract import read_document
from ingestion.parse import parse_document
from tests.parsing import assert_nothing_is_invented, leaves, read

ROOT = Path(__file__).resolve().parents[3]
DEMO = sorted(
    path
    for path in (ROOT / "cvmatch" / "demo" / "cvs").rglob("*")
    if path.suffix in {".pdf", ".docx", ".txt", ".md", ".odt", ".rtf", ".html"}
)

LINES = st.sampled_from(
    [
        "",
        *"""Ada Quill
QUILL, Ada
Head Baker
ada@example.org
+44 20 7946 0958
020 7946 0958
17 Oven Street, Leeds LS1 4AB
Leeds, United Kingdom
linkedin.com/in/adaquill
GitHub: adaquill
https://ada.example.org
SUMMARY
Baker of rye bread for ten years who likes early hours.
EXPERIENCE
Senior Baker, Crumb & Sons Ltd (Mar 2019 - Present)
- Baked 400 loaves a night with Python
Loaf Group    Baker    2015 - 2018
Baker, Pastry
Oct 2017 –
Present
EDUCATION
University of Leeds, BSc Food Science, 2012 - 2015
Master of Arts in
Bread History
GPA: 3.8/4
SKILLS
Baking: Sourdough, Rye Bread
Python Docker Excel 90%
Excel, Word and PowerPoint
LANGUAGES
English (Native), French (B2)
CERTIFICATES
City Guild, Food Hygiene Level 3, 2018
REFERENCES
Bo Crust, Head Baker, bo@example.net
Available on request
PROJECTS
Ovenwatch    2020 - 2021
Period    Position    Employer
INTERESTS
Chess, Rowing
PUBLICATIONS
On Crumbs, Bread Journal, May 2020""".replace("    ", "\t").splitlines(),
    ]
)


@pytest.mark.parametrize("path", DEMO, ids=[path.name for path in DEMO])
def test_every_value_of_a_demo_cv_stands_at_its_place(path):
    document = read_document(path.read_bytes(), filename=path.name, max_bytes=10_000_000)
    assert_nothing_is_invented(document, parse_document(document))


def test_there_are_demo_cvs_to_read():
    assert DEMO


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=30))
def test_no_order_of_lines_makes_a_value_up(lines):
    document = read("\n".join(["x", *lines]))
    assert_nothing_is_invented(document, parse_document(document))


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=8, max_size=40))
def test_nor_does_a_text_without_line_ends(lines):
    document = read("x  " + "  ".join(lines))
    parsed = parse_document(document)
    assert_nothing_is_invented(document, parsed)
    assert all(path in parsed.evidence for path, _ in leaves(parsed.to_json()))
