"""The characters of one PDF page as words with position, size and weight."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache

import pypdfium2.raw as pdfium

from ingestion.extract.assemble import MAX_TEXT_CHARS, check_length

_BOLD = re.compile(rb"bold|black|heavy|semibd|demi", re.IGNORECASE)
_HYPHEN_AT_LINE_END = "\ufffe\x02"
_WORD_GAP = 0.17  # of the font size, above the letter spacing; a space is rarely narrower than 0.2
_HINTED_GAP = 0.1  # enough where PDFium saw a space as well
_LETTER_SPACING = (-0.08, 0.3)  # of the font size: the least and the most that is taken for one
_CELL_AWAY = 3  # times the font size: what is so far ahead may be set with another letter spacing
_SAME_PLACE = 0.12  # of the font size: a letter painted again so near is printed twice to look bold or to cast a shadow
# Fonts of TeX without a map to Unicode keep ligatures and dashes where other fonts keep control characters.
_TEX = {0x0B: "ff", 0x0C: "fi", 0x0D: "fl", 0x0E: "ffi", 0x0F: "ffl", 0x15: "–", 0x16: "—",
        0x1B: "ff", 0x1C: "fi", 0x1D: "fl", 0x1E: "ffi", 0x1F: "ffl"}  # fmt: skip


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
    certainty: float = 1  # of its characters, below 1 where they were recognised in a picture
    angle: int = (
        0  # 90, 180 or 270 for text turned against that of the page; its places are those after turning it back
    )


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
    angle: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where things stand on a page as it is looked at; PDF counts from below and knows nothing of a page turned in the viewer.

    Width and height are those before turning, ``rotation`` is clockwise, all in points and degrees.
    """

    width: float
    height: float
    rotation: int = 0

    def place(self, x: float, y: float, angle: int | None = None) -> tuple[float, float]:
        """From the left and from the top, once text of this angle (that of the page, if not told) is turned upright."""
        match self.rotation if angle is None else angle:
            case 90:
                return y, x
            case 180:
                return self.width - x, y
            case 270:
                return self.height - y, self.width - x
            case _:
                return x, self.height - y


def read_words(textpage: pdfium.FPDF_TEXTPAGE, sheet: Sheet, skip: Set[int] = frozenset()) -> list[Word]:
    """Words in the order in which the page paints them, without the characters to skip."""
    words: list[Word] = []
    line: list[_Glyph | None] = []
    last: _Glyph | None = None
    for glyph in _once(_glyphs(textpage, sheet, skip)):
        if glyph is not None and last is not None and _begins_anew(last, glyph):
            words += _words(line, sheet)
            line = []
        line.append(glyph)
        last = glyph or last
    words += _words(line, sheet)
    return words


def _glyphs(page: pdfium.FPDF_TEXTPAGE, sheet: Sheet, skip: Set[int]) -> Iterator[_Glyph | None]:
    """Visible glyphs; None stands for a space that the page really has."""
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    x, y = ctypes.c_double(), ctypes.c_double()
    hinted = False
    count = pdfium.FPDFText_CountChars(page)
    check_length(count, limit=MAX_TEXT_CHARS)
    for i in range(count):
        code = pdfium.FPDFText_GetUnicode(page, i)
        char = chr(code) if code < 0x110000 else "\ufffd"
        if i in skip:  # perhaps below letters that are in view: only where it is a space does it part them
            if char.isspace():
                yield None
            continue
        if char in _HYPHEN_AT_LINE_END:
            char = "-"
        elif pdfium.FPDFText_IsGenerated(page, i) == 1:
            hinted = True
            continue
        pdfium.FPDFText_GetLooseCharBox(page, i, box)
        if code in _TEX and box.right - box.left > 1:
            char = _TEX[code]
        if char.isspace() or code == 0:
            yield None
            continue
        pdfium.FPDFText_GetMatrix(page, i, matrix)
        pdfium.FPDFText_GetCharOrigin(page, i, x, y)
        pdfium.FPDFText_GetFontInfo(page, i, name, 128, flags)
        size = pdfium.FPDFText_GetFontSize(page, i) * (math.hypot(matrix.c, matrix.d) or 1)
        angle = 0 if matrix.a > abs(matrix.b) else round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) * 90 % 360
        one, other = sheet.place(box.left, box.top, angle)[0], sheet.place(box.right, box.bottom, angle)[0]
        yield _Glyph(
            char, min(one, other), max(one, other), sheet.place(x.value, y.value, angle)[1], size,
            name.value, pdfium.FPDFText_GetFontWeight(page, i), hinted, angle,
        )  # fmt: skip
        hinted = False


def _once(glyphs: Iterator[_Glyph | None]) -> Iterator[_Glyph | None]:
    """Leaves out letters that are painted again at their own place; places are compared on overlapping grids.

    The letters of a ligature share the very same place, one directly after the other.
    """
    seen: set[tuple[str, int, int, int, int]] = set()
    last: _Glyph | None = None
    for glyph in glyphs:
        in_ligature = glyph is not None and last is not None and (glyph.x0, glyph.base) == (last.x0, last.base)
        last = glyph
        if glyph is not None and not in_ligature:
            step = max(_SAME_PLACE * glyph.size, 0.1)
            x, y, size = glyph.x0 / step, glyph.base / step, int(8 * glyph.size)
            cells = [(glyph.char, size, int(x + i / 2), int(y + j / 2), 2 * i + j) for i in (0, 1) for j in (0, 1)]
            if not seen.isdisjoint(cells):
                continue
            seen.update(cells)
        yield glyph


def _begins_anew(last: _Glyph, glyph: _Glyph) -> bool:
    """Another line, cell, font or direction: nothing there belongs to the word before."""
    size = max(last.size, glyph.size, 1)
    moved = abs(last.base - glyph.base) > 0.25 * size and abs(last.size - glyph.size) < 0.2 * size
    back = glyph.x0 < last.x0 - 0.3 * size  # the letters of a ligature share one place, so the start counts
    away = glyph.x0 - last.x1 > _CELL_AWAY * size
    return moved or back or away or abs(last.base - glyph.base) > size or last.angle != glyph.angle


def _words(line: list[_Glyph | None], sheet: Sheet) -> Iterator[Word]:
    """The glyphs of a line, cut at spaces and at gaps that are wider than its letter spacing."""
    spacing = _letter_spacing(line)
    run: list[_Glyph] = []
    for glyph in line:
        if run and (glyph is None or _is_apart(run[-1], glyph, spacing)):
            yield _word(run, sheet)
            run = []
        if glyph is not None:
            run.append(glyph)
    if run:
        yield _word(run, sheet)


def _letter_spacing(line: list[_Glyph | None]) -> float:
    """What lies between most letters of a line, as a share of the font size; nothing where there are too few to tell."""
    pairs = ((a, b) for a, b in itertools.pairwise(line) if a is not None and b is not None and a.size > 0)
    gaps = sorted((b.x0 - a.x1) / a.size for a, b in pairs)
    if len(gaps) < 4:
        return 0.0
    usual = gaps[len(gaps) // 2]
    return usual if _LETTER_SPACING[0] < usual < _LETTER_SPACING[1] else 0.0


def _is_apart(last: _Glyph, glyph: _Glyph, spacing: float) -> bool:
    gap = (spacing + (_HINTED_GAP if glyph.hinted else _WORD_GAP)) * max(last.size, glyph.size, 1)
    return glyph.x0 - last.x1 > gap


def _word(run: list[_Glyph], sheet: Sheet) -> Word:
    main = max(run, key=lambda g: g.size)
    x0, x1 = min(g.x0 for g in run), max(g.x1 for g in run)
    bold = _is_bold(main.font) or main.weight >= 600
    text = "".join(g.char for g in run)
    turned = (main.angle - sheet.rotation) % 360
    return Word(text, x0, x1, main.base - 0.75 * main.size, main.base, main.size, bold, main.font, angle=turned)


@cache
def _is_bold(font: bytes) -> bool:
    return bool(_BOLD.search(font))
