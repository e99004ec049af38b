"""Tells fonts whose letters are mapped to other characters: an i that is as wide as an m is no i."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping, Sequence

import pypdfium2
import pypdfium2.raw as pdfium

# How wide letters are beside each other in nearly all type, serif or not, upright or slanted; 100 is the width of an n.
_USUAL = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            98, 102, 90, 102, 100, 54, 100, 101, 46, 48, 94, 45, 153, 100, 102, 102, 102, 66, 86, 58, 100, 90, 133, 92, 90, 86,
            120, 120, 124, 131, 115, 107, 136, 132, 53, 82, 121, 104, 152, 132, 140, 116, 140, 124, 114, 113, 130, 118, 169, 116,
            115, 112,
        ),
        strict=True,
    )
)  # fmt: skip
_LEAST_LETTERS = 12  # different ones; of fewer, chance may say anything
_ALIKE = 0.25  # correlation; honest type has 0.5 and more, letters at random seldom this much
_CLEARLY_ALIKE = 0.8
_SAME_WIDTH = 0.03  # of the mean: type for code, of which widths tell nothing

_Letter = tuple[str, float]  # and its width


def lying_fonts(
    fonts: Mapping[int, pdfium.FPDF_FONT], texts: Iterable[pdfium.FPDF_PAGEOBJECT], textpage: pypdfium2.PdfTextPage
) -> set[int]:
    """The addresses of fonts whose letters have the widths of others.

    The font itself is asked for the letters first, which most honest ones pass; the rest are judged by the letters on the page,
    each with the room that it takes.
    """
    doubtful = {key for key, font in fonts.items() if _is_odd(_told(font), _CLEARLY_ALIKE)}
    if not doubtful:
        return set()
    own = {address(raw): address(font) for raw in texts if (font := pdfium.FPDFTextObj_GetFont(raw))}
    used: dict[int, list[_Letter]] = {key: [] for key in doubtful}
    box = pdfium.FS_RECTF()
    for index in range(pdfium.FPDFText_CountChars(textpage.raw)):
        raw = pdfium.FPDFText_GetTextObject(textpage.raw, index)
        font = own.get(address(raw), 0) if raw else 0
        letter = chr(min(pdfium.FPDFText_GetUnicode(textpage.raw, index), 0x10FFFF)) if font in used else ""
        if letter in _USUAL and pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, box):
            height = (
                abs(box.top - box.bottom) or 1.0
            )  # of the font, not of the letter: whatever the size, the same share
            used[font].append((letter, abs(box.right - box.left) / height))
    return {key for key, letters in used.items() if _is_odd(letters, _ALIKE)}


def address(pointer: ctypes._Pointer[ctypes.Structure]) -> int:
    return ctypes.addressof(pointer.contents)


def _told(font: pdfium.FPDF_FONT) -> list[_Letter]:
    width = ctypes.c_float()
    asked = ((c, width.value) for c in _USUAL if pdfium.FPDFFont_GetGlyphWidth(font, ord(c), 10.0, width))
    return [(letter, wide) for letter, wide in asked if wide > 0]


def _is_odd(letters: Sequence[_Letter], least: float) -> bool:
    if len({letter for letter, _ in letters}) < _LEAST_LETTERS:
        return False
    as_said = [(width, float(_USUAL[letter])) for letter, width in letters]
    as_small_capitals = [(width, float(_USUAL[letter.upper()])) for letter, width in letters]
    return max(_correlation(as_said), _correlation(as_small_capitals)) < least


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Of the widths with the usual ones, in [-1, 1]; 1 where all letters are of one width."""
    count = len(pairs)
    mean, usual = sum(a for a, _ in pairs) / count, sum(b for _, b in pairs) / count
    spread = sum((a - mean) ** 2 for a, _ in pairs)
    if spread < count * (_SAME_WIDTH * mean) ** 2:
        return 1.0
    expected = sum((b - usual) ** 2 for _, b in pairs)
    return float(sum((a - mean) * (b - usual) for a, b in pairs) / (spread * max(expected, 1e-9)) ** 0.5)
