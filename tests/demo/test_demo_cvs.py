"""The demo CVs: many people and layouts, addresses and numbers that belong to nobody, files that say what the source says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import docx
import pypdfium2
import pytest

from cvmatch.demo import cv_files
from cvmatch.demo.make import write_one
from cvmatch.demo.people import Person, read_people

PEOPLE = read_people()


def text_of(path: Path) -> str:
    if path.suffix == ".txt":
        return path.read_text(encoding="utf-8")
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
    with pypdfium2.PdfDocument(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def test_there_are_enough_cvs_in_each_format_and_layout() -> None:
    suffixes = [path.suffix for path in cv_files()]
    assert len(suffixes) >= 16
    assert (suffixes.count(".pdf") >= 9, suffixes.count(".docx") >= 5, suffixes.count(".txt") >= 2) == (
        True,
        True,
        True,
    )
    assert len({person.layout for person in PEOPLE if person.format == "pdf"}) >= 4
    assert {"en", "de"} <= {person.language for person in PEOPLE}


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_a_cv_says_what_its_person_did(person: Person) -> None:
    (path,) = [path for path in cv_files() if path.stem == person.id]
    text = re.sub(r"\s+", " ", text_of(path)).casefold()
    for said in (person.name, person.email, person.phone, *[position.company for position in person.work]):
        assert said.casefold() in text


def test_addresses_and_numbers_belong_to_nobody() -> None:
    for person in PEOPLE:
        assert re.fullmatch(r"[\w.]+@example\.(com|org)", person.email)
        if person.phone.startswith("+44"):
            assert person.phone.startswith("+44 7700 900")
        if person.phone.startswith("+1"):
            assert re.search(r" 555 01\d\d$", person.phone)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_the_committed_file_is_what_the_generator_writes(person: Person, tmp_path: Path) -> None:
    made = write_one(person, tmp_path)
    (committed,) = [path for path in cv_files() if path.stem == person.id]
    assert made.read_bytes() == committed.read_bytes()


def test_loading_the_demo_does_not_need_what_made_it() -> None:
    program = (
        "import sys, datetime, cvmatch.demo as demo; demo.cv_files();"
        "list(demo.load_jobs(datetime.datetime.now(datetime.UTC)));"
        "sys.exit(any(name.startswith(('reportlab', 'docx')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2]).returncode == 0
