"""Reads PDF files by pypdfium2, with positions."""

from __future__ import annotations

import ctypes
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.assemble import Row, build_document
from ingestion.extract.glyphs import Sheet, read_words
from ingestion.extract.hidden import Hidden, with_hidden
from ingestion.extract.pdf_pictures import is_picture, read_page_picture
from ingestion.extract.reading_order import order_page, row_of
from ingestion.extract.scans import Recogniser
from ingestion.extract.visibility import as_hidden, look_through
from ingestion.values import Document

_MAX_PAGES = 60
_PAGE_NUMBER = re.compile(
    r"(?i)(?:page|seite|página|pagina|strona)?\s*\d{1,3}\s*(?:(?:/|of|von|de|di|z|sur)\s*\d{1,3})?"
)


def read_pdf(content: bytes, *, recognise: bool = True) -> Document:
    """Raises RecognitionNeeded at the first page that is a picture of text, unless pictures are to be read."""
    recogniser = Recogniser(allowed=recognise)
    with _open(content) as pdf:
        count = len(pdf)
        if count == 0:
            raise UnreadableDocument("The PDF has no pages.")
        if count > _MAX_PAGES:
            raise UnreadableDocument(f"The PDF has {count} pages; a CV may have at most {_MAX_PAGES}.")
        hidden: list[Hidden] = []
        pages = [list(_page_rows(pdf, n, recogniser, hidden)) for n in range(count)]
        rows = [row for page in _continued(pages) for row in page]
    document = build_document(_without_running_lines(rows, count), format="pdf", page_count=count)
    if not document.text:
        raise UnreadableDocument("The PDF shows no text that can be read.")
    return with_hidden(replace(document, scanned=recogniser.pages > 0), hidden)


def _open(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise UnreadableDocument("The PDF is encrypted; please save it without a password.") from error
        raise UnreadableDocument("The PDF is damaged or incomplete. Please save it anew and upload that.") from error


def _page_rows(pdf: pypdfium2.PdfDocument, number: int, recogniser: Recogniser, hidden: list[Hidden]) -> Iterator[Row]:
    try:
        page = pdf[number]
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument(
            f"Page {number + 1} of the PDF is damaged. Please save it anew and upload that."
        ) from error
    sheet = _sheet(page)
    targets = list(_link_targets(pdf, page, sheet))
    sight = look_through(page, textpage)
    words = read_words(sight.textpage.raw, sheet, sight.skip)
    if is_picture(page, words):
        words = read_page_picture(page, recogniser)
    hidden += as_hidden(sight, words, number + 1)
    for block_number, block in enumerate(order_page(words, page.get_width())):
        for phrases in block:
            row = row_of(phrases, number + 1, number * 1000 + block_number)
            row.links = _take_inside(targets, row)
            yield row


def _sheet(page: pypdfium2.PdfPage) -> Sheet:
    width, height = page.get_size()
    rotation = page.get_rotation()
    return Sheet(height, width, rotation) if rotation in (90, 270) else Sheet(width, height, rotation)


def _continued(pages: list[list[Row]]) -> list[list[Row]]:
    """A column that goes on at the top of the next page follows its own end there, not the side bar that was read last."""
    for previous, page in itertools.pairwise(pages):
        if not previous or not page:
            continue
        first = [row for row in page if row.block == page[0].block]
        last_block = [row for row in previous if row.block == previous[-1].block]
        left, bottom = min(r.x0 for r in first), max(r.y1 for r in previous)
        if min(r.x0 for r in last_block) < left + 60:
            continue
        same = [i for i, r in enumerate(previous) if abs(r.x0 - left) < 12 and r.y1 > 0.85 * bottom]
        if same:
            del page[: len(first)]
            block = previous[same[-1]].block
            end = max(i for i, r in enumerate(previous) if r.block == block) + 1
            previous[end:end] = first
    return pages


@dataclass(slots=True)
class _Target:
    url: str
    x: float
    y: float


def _link_targets(pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, sheet: Sheet) -> Iterator[_Target]:
    """Web addresses behind the page's link areas, with the middle of each area."""
    position, link, box = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
    while pdfium.FPDFLink_Enumerate(page.raw, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        size = pdfium.FPDFAction_GetURIPath(pdf.raw, action, None, 0) if action else 0
        if size > 1 and pdfium.FPDFLink_GetAnnotRect(link, box):
            buffer = ctypes.create_string_buffer(size)
            pdfium.FPDFAction_GetURIPath(pdf.raw, action, buffer, size)
            url = buffer.value.decode("utf-8", "replace")
            yield _Target(url, *sheet.place((box.left + box.right) / 2, (box.top + box.bottom) / 2))


def _take_inside(targets: list[_Target], row: Row) -> list[str]:
    inside = [t for t in targets if row.y0 - 3 <= t.y <= row.y1 + 3 and row.x0 - 40 <= t.x <= row.x1 + 40]
    for target in inside:
        targets.remove(target)
    return [t.url for t in inside]


def _without_running_lines(rows: list[Row], page_count: int) -> Iterator[Row]:
    """Leaves out page numbers, and headers and footers that come back at the same height of another page."""
    pages_of: dict[tuple[str, int], set[int]] = {}
    for row in rows:
        pages_of.setdefault((_key(row.text), round(row.y0)), set()).add(row.page)
    for row in rows:
        repeated = row.page > 1 and len(pages_of[_key(row.text), round(row.y0)]) > 1
        if not repeated and not _is_page_number(row, page_count):
            yield row


def _is_page_number(row: Row, page_count: int) -> bool:
    """A number alone, or ``Name – 2/3`` where the numbers are this page and the count."""
    text = row.text.strip()
    ending = re.search(r"\b(\d+)\s*(?:/|of|von|de|di|z|sur)\s*(\d+)$", text)
    counted = ending is not None and (int(ending[1]), int(ending[2])) == (row.page, page_count)
    return (counted and len(text) < 80) or (page_count > 1 and bool(_PAGE_NUMBER.fullmatch(text)))


def _key(text: str) -> str:
    return re.sub(r"\d+", "0", text)
