"""Damaged copies of real files: every one is read, or refused with a sentence, and nothing else ever happens.

    CVMATCH_FUZZ_CASES=5000 .venv/bin/pytest tests/ingestion/extract/test_mutations.py --timeout 3600

tries more of them than the ordinary run.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from cvmatch.core.errors import UnreadableDocument
from cvmatch.demo import cv_files
from ingestion.extract import read_document
from ingestion.extract.sandbox import read_document_sandboxed
from ingestion.parse import parse_document
from ingestion.values import Document

CASES = int(os.environ.get("CVMATCH_FUZZ_CASES", "40"))
LIMITS = {"filename": "cv", "max_bytes": 10_000_000}
FORMATS = ("pdf", "plain.pdf", "docx", "odt", "rtf", "html", "txt", "md")
# What numbers, marks and names may be replaced by.
ODDITIES = (
    b"", b"-1", b"0", b"99999999999999999999", b"1e400", b"nan", b"\xc2\xb2", b"\xd9\xa3", b"\x00", b"\xff\xfe", b"\xed\xa0\x80",
    b"<", b">", b"&#0;", b"&#xFFFFFFFF;", b"]]>", b"(((", b"))", b"<<", b">>", b"[", b"]", b"{", b"}", b"\\", b"\\'", b"\\u-1 ",
    b"\\bin9 ", b"2 0 R", b"endobj", b"stream", b"**", b"[a](", b"\t" * 50, "\u202e\u0301\ue010\ufffd".encode(), b"\r", b"\x1e",
)  # fmt: skip
_VALUE = re.compile(rb'"[^"]{0,60}"|-?\d+(?:\.\d+)?|</?[a-zA-Z:]+|\\[a-z]+|/[A-Za-z]+')


@dataclass(frozen=True)
class Change:
    """One piece of damage; ``place`` and ``other`` are shares of the length, so that it fits every file."""

    kind: str
    place: float
    other: float
    length: int
    oddity: bytes

    def apply(self, data: bytes) -> bytes:
        at, from_ = int(self.place * len(data)), int(self.other * len(data))
        if self.kind == "flip":
            return data[:at] + bytes(b ^ self.length % 255 + 1 for b in data[at : at + 1]) + data[at + 1 :]
        if self.kind == "delete":
            return data[:at] + data[at + self.length :]
        if self.kind == "splice":
            return data[:at] + data[from_ : from_ + self.length] + data[at:]
        if self.kind == "truncate":
            return data[: max(at, 1)]
        if self.kind == "insert":
            return data[:at] + self.oddity + data[at:]
        value = _VALUE.search(data, at)
        quote = b'"' if value and value[0].startswith(b'"') else b""
        return data[: value.start()] + quote + self.oddity + quote + data[value.end() :] if value else data


SHARES = st.floats(0, 1, exclude_max=True)
KINDS = st.sampled_from(("flip", "delete", "splice", "truncate", "insert", "value", "value", "value"))
CHANGES = st.lists(
    st.builds(Change, KINDS, SHARES, SHARES, st.integers(1, 400), st.sampled_from(ODDITIES)), min_size=1, max_size=8
)


def changed(content: bytes, changes: list[Change], part: float) -> bytes:
    """The damaged file; of an archive mostly one of its parts is damaged, since a damaged archive is refused as such."""
    if not content.startswith(b"PK") or part > 0.9:
        for change in changes:
            content = change.apply(content)
        return content
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = [n for n in old.namelist() if n.endswith((".xml", ".rels"))]
        body = next(n for n in names if n in ("word/document.xml", "content.xml"))
        chosen = body if part < 0.6 else names[int(part * 1000) % len(names)]
        for name in old.namelist():
            data = old.read(name)
            for change in changes if name == chosen else ():
                data = change.apply(data)
            new.writestr(name, data)
    return target.getvalue()


@pytest.fixture(scope="module")
def originals() -> dict[str, list[bytes]]:
    """Whole CVs of each format: those of the demo, and small ones of the formats that it does not have."""
    found: dict[str, list[bytes]] = {kind: [] for kind in FORMATS}
    for path in cv_files():
        found[path.suffix[1:]].append(path.read_bytes())
    text = found["txt"][0].decode()
    found["plain.pdf"] = [_plain_pdf(text)]
    found["odt"] = [_odt(text)]
    found["rtf"] = [_rtf(text)]
    found["html"] = [_html(text)]
    found["md"] = [("# " + re.sub(r"(?m)^([A-Z ]+)$", r"## \1\n**Bold**, [link](https://example.org)", text)).encode()]
    return found


def _plain_pdf(text: str) -> bytes:
    """Without compression, so that damage reaches the words and the operators and not only the packing."""
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=0, invariant=1)
    for number, line in enumerate(text.splitlines()[:55]):
        canvas.setFont("Helvetica-Bold" if line.isupper() else "Helvetica", 10)
        canvas.drawString(50, 800 - 13 * number, line)
    canvas.linkURL("https://example.org", (50, 790, 90, 810))
    canvas.showPage()
    canvas.drawString(50, 800, "Page 2")
    canvas.save()
    return target.getvalue()


def _odt(text: str) -> bytes:
    names = ("office", "text", "style", "table")
    space = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    space += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    look = '<style:text-properties fo:font-weight="bold" fo:font-size="12pt"/>'
    style = f'<style:style style:name="P1" style:parent-style-name="Heading_20_1">{look}</style:style>'
    line = '<text:p text:style-name="P1"><text:span text:style-name="P1">%s</text:span><text:s text:c="3"/></text:p>'
    link = '<text:h text:outline-level="2">A<text:a xlink:href="https://example.org">B</text:a></text:h>'
    table = f"<table:table><table:table-row><table:table-cell>{link}</table:table-cell></table:table-row></table:table>"
    item = "<text:list><text:list-item><text:p>x</text:p></text:list-item></text:list>"
    body = "".join(line % words for words in text.splitlines()) + table + item
    inside = f"<office:automatic-styles>{style}</office:automatic-styles>"
    inside += f"<office:body><office:text>{body}</office:text></office:body>"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f"<office:document-content {space}>{inside}</office:document-content>")
    return target.getvalue()


def _rtf(text: str) -> bytes:
    head = r'{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\field{\*\fldinst HYPERLINK "https://example.org"}{\fldrslt me}}'
    lines = "".join(
        rf"\pard\li200\outlinelevel1\b {x}\b0\fs24\ls1\uc1\u8226 ?\'e9\tab{{\i x}}\par " for x in text.splitlines()
    )
    return f"{head}{lines}\\trowd a\\cell b\\cell\\row}}".encode("cp1252", "replace")


def _html(text: str) -> bytes:
    lines = "".join(f"<p style='x: y'><b>{x}</b><br><a href='https://example.org'>x</a></p>" for x in text.splitlines())
    return f"<!doctype html><html><body><h1>Ada</h1><table><tr><td>a<td>b</table><ul><li>x</ul>{lines}</body></html>".encode()


def _check(content: bytes) -> None:
    """Where it is read, every line stands where it says it does, and the reader of fields takes the document too."""
    try:
        document = read_document(content, **LIMITS)
    except UnreadableDocument as error:
        reason = error.message
    else:
        reason = ""
        for line in document.lines:
            assert document.text[line.start : line.end] == line.text
        assert document == Document.from_json(document.to_json())
        parse_document(document)
    assert not reason or reason.endswith(".")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(originals, kind) -> None:
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=CASES <= 40,
    )
    @given(st.sampled_from(originals[kind]), CHANGES, SHARES)
    def check(content: bytes, changes: list[Change], part: float) -> None:
        _check(changed(content, changes, part))

    check()


@pytest.mark.parametrize("kind", FORMATS)
def test_the_sandbox_reads_or_refuses_a_damaged_file_too(originals, kind) -> None:
    @settings(max_examples=max(CASES // 20, 2), deadline=None, database=None, derandomize=True)
    @given(st.sampled_from(originals[kind]), CHANGES, SHARES)
    def check(content: bytes, changes: list[Change], part: float) -> None:
        try:
            document = read_document_sandboxed(changed(content, changes, part), **LIMITS)
        except UnreadableDocument:
            return
        assert document.format in kind or document.format in ("txt", "html", "md")

    check()


def test_every_beginning_of_a_file_is_read_or_refused(originals) -> None:
    for contents in originals.values():
        for share in range(1, 20):
            _check(contents[0][: len(contents[0]) * share // 20])
