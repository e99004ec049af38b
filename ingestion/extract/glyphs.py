"""The characters of one PDF page as words with position, size and weight."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pypdfium2.raw as pdfium

_BOLD = re.compile(rb"bold|black|heavy|semibd|demi", re.IGNORECASE)
_HYPHEN_AT_LINE_END = "\ufffe\x02"
_WORD_GAP = 0.17  # of the font size; a space is rarely narrower than 0.2, letter spacing rarely wider than 0.15
_HINTED_GAP = 0.1  # enough where PDFium saw a space as well


@dataclass(slots=True)
class Word:
    """Text on one baseline; y grows downwards from the top of the page."""

    text: str
    x0: float
    x1: float
    top: float
    base: float
    size: float
    bold: bool
    font: bytes


@dataclass(slots=True)
class _Glyph:
    char: str
    x0: float
    x1: float
    base: float
    size: float
    font: bytes
    weight: int
    hinted: bool


def read_words(textpage: pdfium.FPDF_TEXTPAGE, height: float) -> list[Word]:
    """Words in the order in which the page paints them."""
    words: list[Word] = []
    run: list[_Glyph] = []
    for glyph in _glyphs(textpage, height):
        if glyph is None or (run and _breaks(run[-1], glyph)):
            _close(run, words)
            run = []
        if glyph is not None:
            run.append(glyph)
    _close(run, words)
    return words


def _glyphs(page: pdfium.FPDF_TEXTPAGE, height: float) -> Iterator[_Glyph | None]:
    """Visible glyphs; None stands for a space that the page really has."""
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    x, y = ctypes.c_double(), ctypes.c_double()
    hinted = False
    for i in range(pdfium.FPDFText_CountChars(page)):
        code = pdfium.FPDFText_GetUnicode(page, i)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if char in _HYPHEN_AT_LINE_END:
            char = "-"
        elif pdfium.FPDFText_IsGenerated(page, i) == 1:
            hinted = True
            continue
        if char.isspace() or code == 0:
            yield None
            continue
        pdfium.FPDFText_GetLooseCharBox(page, i, box)
        pdfium.FPDFText_GetMatrix(page, i, matrix)
        pdfium.FPDFText_GetCharOrigin(page, i, x, y)
        pdfium.FPDFText_GetFontInfo(page, i, name, 128, flags)
        size = pdfium.FPDFText_GetFontSize(page, i) * (math.hypot(matrix.c, matrix.d) or 1)
        yield _Glyph(
            char, min(box.left, box.right), max(box.left, box.right), height - y.value, size,
            name.value, pdfium.FPDFText_GetFontWeight(page, i), hinted,
        )  # fmt: skip
        hinted = False


def _breaks(last: _Glyph, glyph: _Glyph) -> bool:
    size = max(last.size, glyph.size, 1)
    moved = abs(last.base - glyph.base) > 0.25 * size and abs(last.size - glyph.size) < 0.2 * size
    back = glyph.x0 < last.x0 - 0.3 * size  # the letters of a ligature share one place, so the start counts
    gap = (_HINTED_GAP if glyph.hinted else _WORD_GAP) * size
    return moved or back or glyph.x0 - last.x1 > gap or abs(last.base - glyph.base) > size


def _close(run: list[_Glyph], words: list[Word]) -> None:
    if run:
        main = max(run, key=lambda g: g.size)
        x0, x1 = min(g.x0 for g in run), max(g.x1 for g in run)
        bold = _is_bold(main.font) or main.weight >= 600
        text = "".join(g.char for g in run)
        words.append(Word(text, x0, x1, main.base - 0.75 * main.size, main.base, main.size, bold, main.font))


@cache
def _is_bold(font: bytes) -> bool:
    return bool(_BOLD.search(font))
