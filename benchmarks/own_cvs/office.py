"""CVs as Word, OpenDocument and RTF files, with running text or with a table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.shared import Cm, Pt

from benchmarks.own_cvs.sheet import Entry, Sheet

_WRITTEN = (2026, 1, 5, 0, 0, 0)


# --- Word ------------------------------------------------------------------------------------------------------------


def write_docx(sheet: Sheet, layout: str, path: Path) -> None:
    document = docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    if layout == "word-table":
        _word_table(document, sheet)
    else:
        _word_running(document, sheet)
    raw = io.BytesIO()
    document.save(raw)
    _archive(path, _members(raw.getvalue()))


def _word_running(document: Any, sheet: Sheet) -> None:
    person = sheet.person
    document.add_heading(person.printed, level=0)
    document.add_paragraph(person.label).runs[0].bold = True
    for line in (*sheet.contact, *sheet.details):
        document.add_paragraph(line).paragraph_format.space_after = Pt(0)
    document.add_heading(sheet.heading("summary"), level=1)
    document.add_paragraph(person.summary)
    for section, entries in (("work", sheet.work), ("education", sheet.education)):
        document.add_heading(sheet.heading(section), level=1)
        for entry in entries:
            _word_entry(document, entry)
    document.add_heading(sheet.heading("skills"), level=1)
    for name, members in sheet.skills:
        document.add_paragraph(f"{name}: {members}" if name else members)
    document.add_heading(sheet.heading("languages"), level=1)
    for name, level in person.languages:
        document.add_paragraph(f"{name}: {level}", style="List Bullet")
    document.add_heading(sheet.heading("certificates"), level=1)
    for certificate in sheet.certificates:
        document.add_paragraph(certificate, style="List Bullet")
    document.add_heading(sheet.heading("interests"), level=1)
    document.add_paragraph(", ".join(person.interests))


def _word_entry(document: Any, entry: Entry) -> None:
    line = document.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(Cm(11))
    line.add_run(entry.what).bold = True
    line.add_run(f"\t{entry.when}")
    document.add_paragraph().add_run(entry.employer).italic = True
    for task in entry.did:
        document.add_paragraph(task, style="List Bullet")


def _word_table(document: Any, sheet: Sheet) -> None:
    person = sheet.person
    if sheet.heading("title"):
        document.add_heading(sheet.heading("title"), level=0)
    rows = [(sheet.wording.fields["name"], [person.printed]), *((n, [v]) for n, v in sheet.fields.items())]
    _word_section(document, sheet.heading("contact"), rows)
    for section, entries in (("work", sheet.work), ("education", sheet.education)):
        rows = [(e.when, [e.what, e.employer, *e.did]) for e in entries]
        _word_section(document, sheet.heading(section), rows)
    _word_section(document, sheet.heading("certificates"), [(year, [name]) for name, year in person.certificates])
    _word_section(document, sheet.heading("languages"), [(name, [level]) for name, level in person.languages])
    _word_section(document, sheet.heading("skills"), [(name, [members]) for name, members in sheet.skills])
    _word_section(document, sheet.heading("interests"), [("", [", ".join(person.interests)])])


def _word_section(document: Any, heading: str, rows: Iterable[tuple[str, list[str]]]) -> None:
    document.add_paragraph().add_run(heading).bold = True
    table = document.add_table(rows=0, cols=2)
    for left, right in rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Cm(4.5), Cm(12.5)
        cells[0].text = left
        cells[1].text = right[0]
        for line in right[1:]:
            cells[1].add_paragraph(line)


# --- OpenDocument ----------------------------------------------------------------------------------------------------

_ODT_TYPE = "application/vnd.oasis.opendocument.text"
_ODT_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3">'
    '<office:automatic-styles><style:style style:name="B" style:family="text">'
    '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles><office:body><office:text>'
)
_ODT_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODT_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def write_odt(sheet: Sheet, _layout: str, path: Path) -> None:
    """Running text; an entry's first line has its period, a tab, and the position in bold."""
    person = sheet.person
    body = [_odt_heading(person.printed, 1), _odt_text(person.label)]
    body += [_odt_text(line) for line in (*sheet.contact, *sheet.details)]
    body += [_odt_heading(sheet.heading("summary"), 2), _odt_text(person.summary)]
    for section, entries in (("work", sheet.work), ("education", sheet.education)):
        body.append(_odt_heading(sheet.heading(section), 2))
        for entry in entries:
            bold = f'<text:span text:style-name="B">{escape(entry.what)}</text:span>'
            body.append(f"<text:p>{escape(entry.when)}<text:tab/>{bold}</text:p>")
            body += [_odt_text(entry.employer), _odt_list(entry.did)]
    body += [_odt_heading(sheet.heading("skills"), 2)]
    body += [_odt_text(f"{name}: {members}" if name else members) for name, members in sheet.skills]
    body += [_odt_heading(sheet.heading("languages"), 2)]
    body += [_odt_list([f"{name} ({level})" for name, level in person.languages])]
    body += [_odt_heading(sheet.heading("certificates"), 2), _odt_list(sheet.certificates)]
    body += [_odt_heading(sheet.heading("interests"), 2), _odt_text(", ".join(person.interests))]
    content = _ODT_HEAD + "".join(body) + "</office:text></office:body></office:document-content>"
    _archive(path, [("mimetype", _ODT_TYPE), ("content.xml", content), ("META-INF/manifest.xml", _ODT_MANIFEST)])


def _odt_text(text: str) -> str:
    return f"<text:p>{escape(text)}</text:p>"


def _odt_heading(text: str, level: int) -> str:
    return f'<text:h text:outline-level="{level}">{escape(text)}</text:h>'


def _odt_list(items: Iterable[str]) -> str:
    inside = "".join(f"<text:list-item>{_odt_text(item)}</text:list-item>" for item in items)
    return f"<text:list>{inside}</text:list>" if inside else ""


# --- RTF -------------------------------------------------------------------------------------------------------------


def write_rtf(sheet: Sheet, _layout: str, path: Path) -> None:
    """Dates before a tab, position and employer behind it, as typed in a word processor without tables."""
    person = sheet.person
    lines = [_rtf_heading(person.printed, 36), _rtf(person.label)]
    lines += [_rtf(f"{name}:\t{value}") for name, value in sheet.fields.items()]
    lines += [_rtf_heading(sheet.heading("summary")), _rtf(person.summary)]
    for section, entries in (("work", sheet.work), ("education", sheet.education)):
        lines.append(_rtf_heading(sheet.heading(section)))
        for entry in entries:
            lines += [_rtf(entry.when) + r"\tab {\b " + _rtf(f"{entry.what}") + "}", _rtf(f"\t{entry.employer}")]
            lines += [_rtf(f"\t– {task}") for task in entry.did]
    lines.append(_rtf_heading(sheet.heading("certificates")))
    lines += [_rtf(f"{year}\t{name}") for name, year in person.certificates]
    lines.append(_rtf_heading(sheet.heading("languages")))
    lines += [_rtf(f"{name}\t{level}") for name, level in person.languages]
    lines.append(_rtf_heading(sheet.heading("skills")))
    lines += [_rtf(f"{name}:\t{members}" if name else members) for name, members in sheet.skills]
    lines += [_rtf_heading(sheet.heading("interests")), _rtf(", ".join(person.interests))]
    body = "".join(line + "\\par\n" for line in lines)
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\f0\fs22\tx2800 "
    path.write_bytes((head + "\n" + body + "}").encode("ascii"))


def _rtf(text: str) -> str:
    """Text with everything beyond ASCII escaped; RTF counts in signed 16-bit units."""
    out = []
    for sign in text:
        if sign in "\\{}":
            out.append("\\" + sign)
        elif sign == "\t":
            out.append(r"\tab ")
        else:
            out.append(sign if sign.isascii() else rf"\u{(ord(sign) + 0x8000) % 0x10000 - 0x8000}?")
    return "".join(out)


def _rtf_heading(text: str, size: int = 26) -> str:
    return rf"\par{{\b\fs{size} {_rtf(text)}}}"


# --- archives with fixed times, so that the same sheet makes the same bytes --------------------------------------------


def _members(raw: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return [(member, archive.read(member)) for member in archive.namelist()]


def _archive(path: Path, members: Iterable[tuple[str, str | bytes]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN), content, kind)
