"""From the picture of a page to its words, in points and in the sizes and weights that the page was set in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ingestion.extract.glyphs import Word
from ingestion.extract.ocr.ink import Piece, cut_words
from ingestion.extract.ocr.models import Pixels
from ingestion.extract.ocr.reader import Letter, read_lines
from ingestion.extract.ocr.regions import Box, find_lines
from ingestion.extract.ocr.typeface import bold_words, page_sizes, usual
from ingestion.extract.ocr.upright import straighten

A4_WIDTH, A4_HEIGHT = 595.0, 842.0
_LEGIBLE = 0.5  # certainty below which a word is sooner a stain, an icon or a photograph
_MARGIN = 2.5  # of the height of a line
_MIN_LINES_TO_JUDGE = 3
_READS_WELL = 0.8
_SAMPLE = 8


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read in a box, and its picture with a margin on the left, where the mark of a list may stand."""

    box: Box
    cut: Image.Image
    margin: int
    letters: list[Letter]


def recognise_page(picture: Image.Image, points_per_pixel: float | None = None) -> list[Word]:
    """The words of a page in any of the four directions, in points from its top left; an empty list where nothing is legible.

    Without ``points_per_pixel`` the picture is taken as a whole page of A4. 150 to 300 pixels an inch are best, and it should
    have no more than some ten million pixels, since time and memory grow with them.
    """
    picture = picture.convert("L")
    upright = straighten(picture)
    boxes = find_lines(upright)
    if _lie_on_side(boxes):
        upright = straighten(picture.transpose(Image.Transpose.ROTATE_90))
        boxes = find_lines(upright)
    readings = _read(upright, boxes)
    if len(boxes) >= _MIN_LINES_TO_JUDGE and _certainty(readings) < _READS_WELL:
        upright, readings = _better_way_up(upright, boxes, readings)
    return _words(readings, points_per_pixel or _points_per_pixel(upright))


def _points_per_pixel(picture: Image.Image) -> float:
    return (A4_WIDTH if picture.height > picture.width else A4_HEIGHT) / picture.width


def _lie_on_side(boxes: Sequence[Box]) -> bool:
    long = [box for box in boxes if max(box.width, box.height) > 3 * min(box.width, box.height)]
    return len(long) >= _MIN_LINES_TO_JUDGE and sum(box.height > box.width for box in long) > len(long) / 2


def _read(picture: Image.Image, boxes: Sequence[Box]) -> list[_Reading]:
    letters = read_lines([picture.crop((box.left, box.top, box.right, box.bottom)) for box in boxes])
    readings = []
    for box, line in zip(boxes, letters, strict=True):
        margin = min(box.left, round(_MARGIN * box.height))
        readings.append(_Reading(box, picture.crop((box.left - margin, box.top, box.right, box.bottom)), margin, line))
    return readings


def _certainty(readings: Sequence[_Reading]) -> float:
    letters = [letter.certainty for reading in readings for letter in reading.letters]
    return sum(letters) / max(1, len(letters))


def _better_way_up(
    picture: Image.Image, boxes: Sequence[Box], readings: list[_Reading]
) -> tuple[Image.Image, list[_Reading]]:
    """Lines that stand on their heads are found as well as others, but not read."""
    turned = picture.transpose(Image.Transpose.ROTATE_180)
    width, height = picture.size
    again = [Box(width - b.right, height - b.bottom, width - b.left, height - b.top) for b in boxes]
    longest = sorted(again, key=lambda box: box.width)[-_SAMPLE:]
    if _certainty(_read(turned, longest)) <= _certainty(readings):
        return picture, readings
    return turned, _read(turned, sorted(again, key=lambda box: (box.top, box.left)))


def _words(readings: Sequence[_Reading], scale: float) -> list[Word]:
    """``scale`` is points for each pixel."""
    read = [(reading.box, [p for p in _pieces(reading) if p.certainty >= _LEGIBLE]) for reading in readings]
    read = [(box, pieces) for box, pieces in read if pieces]
    lines = [pieces for _, pieces in read]
    sizes = page_sizes(lines)
    words = []
    for (box, pieces), size, weights in zip(read, sizes, bold_words(lines, sizes), strict=True):
        base = box.top + usual([p.base for p in pieces], [len(p.text) for p in pieces])
        for piece, bold in zip(pieces, weights, strict=True):
            words.append(
                Word(
                    piece.text, (box.left + piece.x0) * scale, (box.left + piece.x1) * scale, (base - 0.75 * size) * scale,
                    base * scale, size * scale, bold, b"bold" if bold else b"", piece.certainty,
                )
            )  # fmt: skip
    return words


def _pieces(reading: _Reading) -> list[Piece]:
    pixels: Pixels = np.asarray(reading.cut)
    return cut_words(pixels, reading.letters, reading.margin)
