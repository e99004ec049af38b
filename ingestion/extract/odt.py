"""Reads ODT files from their XML: paragraphs, headings, lists, tables and frames, with the styles they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from lxml import etree

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.archive import Archive
from ingestion.extract.assemble import STYLE_BREAK, Row, build_document, by_size_of_type
from ingestion.extract.hidden import with_hidden
from ingestion.extract.odt_visibility import take_out_hidden
from ingestion.values import Document

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _STYLE, _TABLE = _NS % "text", _NS % "style", _NS % "table"
_FO = _NS % "xsl-fo-compatible"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_SKIP = {f"{_TEXT}sequence-decls", f"{_TEXT}tracked-changes", f"{_NS % 'office'}annotation", f"{_TEXT}note-citation"}


def read_odt(content: bytes) -> Document:
    with Archive(content) as archive:
        if "META-INF/manifest.xml" in archive.names() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise UnreadableDocument("The file is encrypted; please save it without a password.")
        root = archive.xml("content.xml")
        roots = [archive.xml("styles.xml"), root] if "styles.xml" in archive.names() else [root]
    hidden = take_out_hidden(root, roots)
    reader = _Reader({name: row for part in roots for name, row in _read_styles(part)})
    header_rows = [row for part in roots[:-1] for header in part.iter(f"{_STYLE}header") for row in reader.rows(header)]
    body = root.find(f"{_NS % 'office'}body")
    document = build_document(chain(header_rows, reader.rows(body) if body is not None else ()), format="odt")
    if not document.text:
        raise UnreadableDocument("The ODT has no text; it may hold only pictures.")
    return with_hidden(document, hidden)


def _read_styles(root: etree._Element) -> Iterator[tuple[str, Row]]:
    found: dict[str, Row] = {}
    for style in root.iter(f"{_STYLE}style"):
        parent = style.get(f"{_STYLE}parent-style-name", "")
        row = replace(found.get(parent, Row("")))
        heading = re.match(r"Heading_20_([1-6])$", parent)
        row.level = int(heading[1]) if heading else row.level
        properties = style.find(f"{_STYLE}text-properties")
        if properties is not None:
            weight, size = properties.get(f"{_FO}font-weight"), properties.get(f"{_FO}font-size", "")
            row.bold = weight in ("bold", "600", "700", "800", "900") if weight else row.bold
            row.size = float(size[:-2]) if re.fullmatch(r"\d{1,4}(\.\d{1,4})?pt", size) else row.size
        found[style.get(f"{_STYLE}name", "")] = row
        yield style.get(f"{_STYLE}name", ""), row


class _Reader:
    def __init__(self, styles: dict[str, Row]) -> None:
        self.styles = styles
        self.block = 0

    def rows(self, node: etree._Element, bullet: bool = False) -> Iterator[Row]:
        for child in node:
            if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                yield from self._paragraph(child, bullet)
            elif child.tag == f"{_TABLE}table-row":
                yield from self._table_row(child)
            elif child.tag not in _SKIP and isinstance(child.tag, str):
                yield from self.rows(child, bullet or child.tag == f"{_TEXT}list-item")

    def _table_row(self, line: etree._Element) -> Iterator[Row]:
        """A row of single lines reads across; cells that hold more read one after the other."""
        cells = []
        for part in line.iterchildren(f"{_TABLE}table-cell"):
            self.block += 1
            cells.append([row for row in self.rows(part) if row.text.strip()])
        if len(cells) > 1 and all(len(cell) <= 1 for cell in cells):
            found = [cell[0] for cell in cells if cell]
            if found:
                yield replace(
                    found[0], text="\t".join(r.text for r in found), links=[u for r in found for u in r.links]
                )
        else:
            for cell in by_size_of_type(cells):
                yield from cell

    def _paragraph(self, paragraph: etree._Element, bullet: bool) -> Iterator[Row]:
        row = replace(self.styles.get(paragraph.get(f"{_TEXT}style-name", ""), Row("")), links=[], block=self.block)
        level = paragraph.get(f"{_TEXT}outline-level", "")
        row.level = int(level) if level in {*"123456"} and paragraph.tag == f"{_TEXT}h" else row.level
        row.bullet = bullet and not row.level
        frames: list[etree._Element] = []
        text = self._text(paragraph, row, frames)
        row.bold, row.size = self._look_of_first_words(paragraph, row)
        for part in text.split("\n"):
            yield replace(row, text=part)
            row.links = []
        for frame in frames:
            self.block += 1
            yield from self.rows(frame)

    def _look_of_first_words(self, paragraph: etree._Element, row: Row) -> tuple[bool, float]:
        first = next(paragraph.iterchildren(f"{_TEXT}span"), None)
        if first is None or (paragraph.text or "").strip():
            return row.bold, row.size
        look = self.styles.get(first.get(f"{_TEXT}style-name", ""), row)
        return look.bold, look.size or row.size

    def _text(self, node: etree._Element, row: Row, frames: list[etree._Element]) -> str:
        parts = [node.text or ""]
        for child in node:
            parts += [self._inline(child, row, frames), child.tail or ""]
        return "".join(parts)

    def _inline(self, node: etree._Element, row: Row, frames: list[etree._Element]) -> str:
        if node.tag == f"{_TEXT}tab":
            return "\t"
        if node.tag == f"{_TEXT}line-break":
            return "\n"
        if node.tag == f"{_TEXT}s":
            return " " * (int(count) if re.fullmatch(r"\d\d?", count := node.get(f"{_TEXT}c", "1")) else 1)
        if node.tag.startswith(_NS % "drawing"):
            frames.append(node)
            return ""
        if node.tag in _SKIP or not isinstance(node.tag, str):
            return ""
        if node.tag == f"{_TEXT}a" and node.get(_XLINK, "").startswith(("http", "mailto", "tel")):
            row.links.append(node.get(_XLINK, ""))
        text = self._text(node, row, frames)
        return f"{STYLE_BREAK}{text}{STYLE_BREAK}" if node.tag == f"{_TEXT}span" else text
