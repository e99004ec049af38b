"""Reads DOCX files from their XML: paragraphs, tables, text boxes, headers and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter

from lxml import etree

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.archive import Archive
from ingestion.extract.assemble import STYLE_BREAK, Row, build_document, by_size_of_type
from ingestion.extract.docx_boxes import height_on_page
from ingestion.extract.docx_visibility import word_sight
from ingestion.extract.hidden import Hidden, with_hidden
from ingestion.values import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"(?i)(?:heading|berschrift|titre|t[ií]tulo|titolo|kop|nag[lł].wek)\s*([1-6])")
_EARLY = 3  # paragraphs: a box that belongs to one of these stands beside them
_TOP = 210.0  # points from the top of the page: its first quarter
_OFF = {"0", "false", "off", "none"}


def read_docx(content: bytes) -> Document:
    with Archive(content) as archive:
        body = archive.xml("word/document.xml")
        names = sorted(archive.names())
        styles = _read_styles(archive, names)
        links = _read_links(archive, names)
        parts = {kind: [n for n in names if re.fullmatch(rf"word/{kind}\d*\.xml", n)] for kind in ("header", "footer")}
        roots = {kind: [archive.xml(n) for n in own] for kind, own in parts.items()} | {"body": [body]}
        styling = archive.xml("word/styles.xml") if "word/styles.xml" in names else None
    sight = word_sight(styling, [root for own in roots.values() for root in own])
    rows: list[Row] = []
    hidden: list[Hidden] = []
    for kind in ("header", "body", "footer"):
        hidden += [found for root in roots[kind] for found in sight.take_out(root)]
        rows += _unique([row for root in roots[kind] for row in _Reader(styles, links).read(root)], kind)
    document = build_document(rows, format="docx")
    if not document.text:
        raise UnreadableDocument("The DOCX has no text; it may hold only pictures.")
    return with_hidden(document, hidden)


def _unique(rows: list[Row], kind: str) -> list[Row]:
    """Headers exist once per first, even and odd pages, often with the same text."""
    return rows if kind == "body" else list({row.text: row for row in rows}.values())


def _read_styles(archive: Archive, names: list[str]) -> dict[str, Row]:
    """What each paragraph style says about heading level, size and weight; a base style's word counts too."""
    if "word/styles.xml" not in names:
        return {}
    found: dict[str, Row] = {}
    for style in archive.xml("word/styles.xml").iter(f"{_W}style"):
        base = style.find(f"{_W}basedOn")
        row = replace(found.get(base.get(f"{_W}val", ""), Row("")) if base is not None else Row(""))
        name = style.find(f"{_W}name")
        heading = _HEADING.match(name.get(f"{_W}val", "")) if name is not None else None
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        if heading:
            row.level = int(heading[1])
        elif outline is not None and outline.get(f"{_W}val", "9") in {*"012345"}:
            row.level = int(outline.get(f"{_W}val", "0")) + 1
        _apply(style.find(f"{_W}rPr"), row)
        row.bullet = not row.level and (row.bullet or _is_numbered(style.find(f"{_W}pPr")))
        found[style.get(f"{_W}styleId", "")] = row
    return found


def _is_numbered(properties: etree._Element | None) -> bool:
    """Whether a paragraph is an item of a list; list number 0 is Word's way to switch a style's list off."""
    number = properties.find(f"{_W}numPr/{_W}numId") if properties is not None else None
    return number is not None and number.get(f"{_W}val") != "0"


def _read_links(archive: Archive, names: list[str]) -> dict[str, str]:
    part = "word/_rels/document.xml.rels"
    if part not in names:
        return {}
    external = (r for r in archive.xml(part) if r.get("TargetMode") == "External")
    return {r.get("Id", ""): r.get("Target", "") for r in external}


def _apply(properties: etree._Element | None, row: Row) -> None:
    if properties is None:
        return
    bold, size = properties.find(f"{_W}b"), properties.find(f"{_W}sz")
    if bold is not None:
        row.bold = bold.get(f"{_W}val", "1") not in _OFF
    if size is not None and re.fullmatch(r"\d{1,4}", size.get(f"{_W}val", "")):
        row.size = int(size.get(f"{_W}val", "0")) / 2


class _Reader:
    """Walks one part of the file; a block number for each table cell, text box and run of paragraphs."""

    def __init__(self, styles: dict[str, Row], links: dict[str, str]) -> None:
        self.styles = styles
        self.links = links
        self.block = 0
        self.paragraphs = 0
        self.on_first_page = True
        self.above: list[tuple[float, list[Row]]] = []  # boxes at the top of the first page, with their heights

    def read(self, root: etree._Element) -> list[Row]:
        """All rows of the part; boxes that stand above its text come first, wherever the file keeps them."""
        rows = list(self.rows(root))
        return [row for _, box in sorted(self.above, key=itemgetter(0)) for row in box] + rows

    def rows(self, node: etree._Element) -> Iterator[Row]:
        for child in node:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag != _FALLBACK and isinstance(child.tag, str):
                yield from self.rows(child)

    def _table(self, table: etree._Element) -> Iterator[Row]:
        """A row of single lines reads across; cells that hold more read one after the other."""
        for line in table.iter(f"{_W}tr"):
            if next(line.iterancestors(f"{_W}tbl")) is not table:
                continue
            cells = []
            for cell in line.iterchildren(f"{_W}tc"):
                self.block += 1
                cells.append([row for row in self.rows(cell) if row.text.strip()])
            yield from _across(cells)
            self.block += 1

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Row]:
        row = self._styled(paragraph)
        pieces: list[str] = []
        boxes: list[etree._Element] = []
        first: Row | None = None
        last: tuple[bool, float] | None = None
        for run in _runs(paragraph):
            look = replace(row)
            _apply(run.find(f"{_W}rPr"), look)
            text = _run_text(run, boxes)
            if text.strip():
                first = first or look
                pieces.append(STYLE_BREAK if last not in (None, (look.bold, look.size)) else "")
                last = (look.bold, look.size)
            pieces.append(text)
        for link in paragraph.iter(f"{_W}hyperlink"):
            row.links += [url for url in [self.links.get(link.get(f"{_REL}id", ""))] if url]
        if first:
            row.bold, row.size = first.bold, first.size
        lines = "".join(pieces).split("\n")
        yield from (replace(row, text=text, links=row.links if not n else []) for n, text in enumerate(lines))
        self.paragraphs += bool(row.text or first)
        self.on_first_page = self.on_first_page and not any(_breaks_page(node) for node in paragraph.iter())
        for box in boxes:
            yield from self._box(box)

    def _box(self, box: etree._Element) -> Iterator[Row]:
        self.block += 1
        height = height_on_page(box)
        late = self.paragraphs > _EARLY and self.on_first_page
        if late and height is not None and height < _TOP:
            self.above.append((height, list(self.rows(box))))
        else:
            yield from self.rows(box)

    def _styled(self, paragraph: etree._Element) -> Row:
        properties = paragraph.find(f"{_W}pPr")
        style = properties.find(f"{_W}pStyle") if properties is not None else None
        known = self.styles.get(style.get(f"{_W}val", "") if style is not None else "Normal", Row(""))
        row = replace(known, block=self.block, links=[])
        if properties is not None:
            indent = properties.find(f"{_W}ind")
            left = (indent.get(f"{_W}left") or indent.get(f"{_W}start") or "0") if indent is not None else "0"
            row.x0 = float(left) / 20 if re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?", left) else 0
            outline = properties.find(f"{_W}outlineLvl")
            if outline is not None and outline.get(f"{_W}val", "9") in {*"012345"}:
                row.level = int(outline.get(f"{_W}val", "0")) + 1
            row.bullet = not row.level and (row.bullet or _is_numbered(properties))
        return row


def _across(cells: list[list[Row]]) -> Iterator[Row]:
    if len(cells) > 1 and all(len(cell) <= 1 for cell in cells):
        rows = [cell[0] for cell in cells if cell]
        if rows:
            yield replace(rows[0], text="\t".join(r.text for r in rows), links=[u for r in rows for u in r.links])
        return
    for cell in by_size_of_type(cells):
        yield from cell


def _breaks_page(node: etree._Element) -> bool:
    return node.tag == f"{_W}lastRenderedPageBreak" or (node.tag == f"{_W}br" and node.get(f"{_W}type") == "page")


def _runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Runs of this paragraph, also those inside links and tracked insertions, but not those of text boxes."""
    for run in paragraph.iter(f"{_W}r"):
        if next(run.iterancestors(f"{_W}p")) is paragraph:
            hidden = run.find(f"{_W}rPr/{_W}vanish")
            if hidden is None or hidden.get(f"{_W}val", "1") in _OFF:
                yield run


def _run_text(run: etree._Element, boxes: list[etree._Element]) -> str:
    text = ""
    for node in run.iter():
        if node.tag == f"{_W}txbxContent" and not any(a.tag == _FALLBACK for a in node.iterancestors()):
            boxes.append(node)
        if not isinstance(node.tag, str) or next(node.iterancestors(f"{_W}r"), run) is not run:
            continue
        if node.tag == f"{_W}t":
            text += node.text or ""
        elif node.tag in (f"{_W}tab", f"{_W}ptab"):
            text += "\t"
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            text += "\n"
        elif node.tag == f"{_W}noBreakHyphen":
            text += "-"
    return text
