"""Writes the demo CVs as Word documents, with running text or with a table, and as plain text."""

from __future__ import annotations

import io
import textwrap
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
from docx.shared import Cm, Pt, RGBColor

from cvmatch.demo.people import Person, Position, Study, period

_WRITTEN = datetime(2026, 1, 5, tzinfo=UTC)


def write_docx(person: Person, path: Path) -> None:
    """The same bytes for the same person: the archive's time stamps are fixed as well as the document's."""
    document = docx.Document()
    document.core_properties.author = person.name
    document.core_properties.created = document.core_properties.modified = _WRITTEN
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    _head(document, person)
    (_in_table if person.layout == "table" else _running)(document, person)
    _closing(document, person)
    raw = io.BytesIO()
    document.save(raw)
    path.write_bytes(_with_fixed_times(raw.getvalue()))


def write_txt(person: Person, path: Path) -> None:
    path.write_text(text_of(person), encoding="utf-8")


def text_of(person: Person) -> str:
    """Plain text as pasted into a form: capitals for headings, wrapped lines, hyphens for bullets."""
    lines = [person.name, person.headline, "", *person.contact]
    lines += _txt_section(person, "summary", textwrap.wrap(person.summary, 88))
    lines += _txt_section(person, "work", [line for position in person.work for line in _txt_position(position)])
    studies = [f"{period(study)}   {study.degree}, {study.school}, {study.place}" for study in person.education]
    lines += _txt_section(person, "education", studies)
    lines += _txt_section(person, "skills", [f"{group}: {', '.join(names)}" for group, names in person.skills])
    lines += _txt_section(person, "languages", [f"{name}: {level}" for name, level in person.languages])
    lines += _txt_section(person, "certificates", [f"- {certificate}" for certificate in person.certificates])
    return "\n".join(lines) + "\n"


def _txt_section(person: Person, section: str, lines: list[str]) -> list[str]:
    return ["", person.label(section).upper(), *lines] if lines else []


def _txt_position(position: Position) -> list[str]:
    bullets = [
        line
        for bullet in position.bullets
        for line in textwrap.wrap(bullet, 84, initial_indent="- ", subsequent_indent="  ")
    ]
    return [f"{position.title}, {position.company}, {position.place}", period(position), *bullets, ""]


def _head(document: Any, person: Person) -> None:
    name = document.add_heading(person.name, level=0)
    name.runs[0].font.color.rgb = RGBColor(0x1F, 0x3A, 0x5F)
    document.add_paragraph(person.headline).runs[0].bold = True
    document.add_paragraph(" | ".join(person.contact))
    document.add_heading(person.label("summary"), level=1)
    document.add_paragraph(person.summary)


def _running(document: Any, person: Person) -> None:
    document.add_heading(person.label("work"), level=1)
    for position in person.work:
        _entry(document, position.title, position)
        document.add_paragraph(f"{position.company}, {position.place}").runs[0].italic = True
        for bullet in position.bullets:
            document.add_paragraph(bullet, style="List Bullet")
    document.add_heading(person.label("education"), level=1)
    for study in person.education:
        _entry(document, study.degree, study)
        document.add_paragraph(f"{study.school}, {study.place}")


def _entry(document: Any, what: str, entry: Position | Study) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(11.5))
    paragraph.add_run(what).bold = True
    paragraph.add_run(f"\t{period(entry)}")


def _in_table(document: Any, person: Person) -> None:
    """Dates in the left column of a table, the way many word processor templates do it."""
    for section, entries in (("work", person.work), ("education", person.education)):
        document.add_heading(person.label(section), level=1)
        table = document.add_table(rows=0, cols=2)
        table.autofit = False
        for entry in entries:
            left, right = table.add_row().cells
            left.width, right.width = Cm(4), Cm(12)
            left.text = period(entry, "digits")
            _fill(right, entry)


def _fill(cell: Any, entry: Position | Study) -> None:
    if isinstance(entry, Study):
        cell.text = f"{entry.degree}\n{entry.school}, {entry.place}"
        return
    cell.paragraphs[0].add_run(entry.title).bold = True
    cell.add_paragraph(f"{entry.company}, {entry.place}")
    for bullet in entry.bullets:
        cell.add_paragraph(bullet, style="List Bullet")


def _closing(document: Any, person: Person) -> None:
    document.add_heading(person.label("skills"), level=1)
    for group, names in person.skills:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{group}: ").bold = True
        paragraph.add_run(", ".join(names))
    document.add_heading(person.label("languages"), level=1)
    document.add_paragraph(", ".join(f"{name} ({level})" for name, level in person.languages))
    if person.certificates:
        document.add_heading(person.label("certificates"), level=1)
        for certificate in person.certificates:
            document.add_paragraph(certificate, style="List Bullet")


def _with_fixed_times(raw: bytes) -> bytes:
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(
                zipfile.ZipInfo(member.filename, _WRITTEN.timetuple()[:6]), old.read(member), zipfile.ZIP_DEFLATED
            )
    return fixed.getvalue()
