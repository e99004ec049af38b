"""Looks at the ink of a line that was read: where its words begin and end, how high they stand, how thick they are drawn."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingestion.extract.assemble import BULLETS
from ingestion.extract.ocr.marks import BULLET, BULLET_READ_AS, Ink, columns_of, extent, find_bullet, runs, with_commas
from ingestion.extract.ocr.models import Pixels
from ingestion.extract.ocr.reader import Letter

_FAINT = 24  # of 255: a line whose darkest and lightest differ by less shows nothing
_DESCENDING = frozenset("gjpqyQçşţȩęąųįģķļņŗ,;()[]{}|/@$")
_LOW = frozenset("acegmnopqrsuvwxyzçąęșşı.,:;-–—•·~+«»_")  # no part of these stands as high as a capital
_TALL, _SHORT, _BELOW = 0.72, 0.53, 0.21  # of the font size: height of capitals, of small letters, depth of a p
_LOST_SPACE = 0.8  # of the usual space of the line
_NARROWEST_SPACE = 0.2  # of the font size
_ALONE = 0.42  # of the font size: a gap that is a space even where no other space was seen
_BESIDE_DASH = 0.22  # of the font size; a dash between dates stands free, a hyphen touches
_DASHES = frozenset("-–—|/•·")
_DIGIT_GAP = 0.6  # of the font size; figures of one width stand far apart around a 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A word in pixels of the line's picture; ``size`` and ``base`` are guesses from its height and its letters."""

    text: str
    x0: int
    x1: int
    base: float
    size: float
    stroke: float
    certainty: float


def cut_words(pixels: Pixels, letters: Sequence[Letter], margin: int = 0) -> list[Piece]:
    """The words of a line from left to right, with the mark of a list before them; nothing where there is no ink to see.

    The first ``margin`` columns stand left of what was read; positions count from the first column after them.
    """
    ink = _ink(pixels)
    if ink is None or not any(letter.sign.strip() for letter in letters):
        return []
    before, ink = ink[:, :margin], _without_neighbours(ink[:, margin:])
    columns = columns_of(ink)
    size = _size("".join(letter.sign for letter in letters), extent(ink))
    pieces = [_piece(word, ink, a, b) for word, a, b in _placed(_split(letters, columns, size), columns, size)]
    if not pieces:
        return []
    base, size = (float(np.median(values)) for values in zip(*((p.base, p.size) for p in pieces), strict=True))
    pieces = [replace(piece, text=with_commas(piece.text, ink, (piece.x0, piece.x1), base, size)) for piece in pieces]
    mark = find_bullet(np.hstack([before, ink[:, : pieces[0].x0]]), base, size)
    if pieces[0].text in BULLET_READ_AS:
        pieces[0] = replace(pieces[0], text=BULLET)
    elif mark and pieces[0].text[0] not in BULLETS:
        pieces.insert(0, replace(pieces[0], text=BULLET, x0=mark[0] - margin, x1=mark[1] - margin))
    return pieces


def _piece(word: Sequence[Letter], ink: Ink, left: int, right: int) -> Piece:
    stripe = ink[:, left:right]
    text = "".join(letter.sign for letter in word)
    top, bottom = extent(stripe)
    size = _size(text, (top, bottom))
    depth = _BELOW * size if any(c in _DESCENDING for c in text) else 0
    certainty = sum(letter.certainty for letter in word) / len(word)
    return Piece(text, left, right, bottom - depth, size, _stroke(stripe), certainty)


def _ink(pixels: Pixels) -> Ink | None:
    """How much of each pixel is drawn on, in [0, 1], for dark letters on light ground and the other way round."""
    ground = float(np.median(pixels))
    away = np.abs(pixels.astype(np.float64) - ground)
    contrast = float(np.percentile(away, 98))
    return None if contrast < _FAINT else np.clip(away / contrast, 0, 1)


def _without_neighbours(ink: Ink) -> Ink:
    """Leaves out what reaches in from the lines above and below: rows of ink at the border, apart from the main ones."""
    rows = columns_of(ink.T)
    bands = runs(rows)
    if len(bands) < 2:
        return ink
    main = max(bands, key=lambda run: float(ink[run[0] : run[1]].sum()))
    kept = ink.copy()
    for start, stop in bands:
        if (start, stop) != main and (start == 0 or stop == len(rows)):
            kept[start:stop] = 0
    return kept


def _size(text: str, extent: tuple[int, int]) -> float:
    """The font size that letters like these must have to be so high."""
    above = _SHORT if all(c in _LOW or c.isspace() for c in text) else _TALL
    below = _BELOW if any(c in _DESCENDING for c in text) else 0
    return (extent[1] - extent[0]) / (above + below)


def _split(letters: Sequence[Letter], columns: NDArray[np.bool_], size: float) -> list[list[Letter]]:
    """Letters by word: the reader's own spaces, and gaps as wide as a space where it saw none."""
    width = len(columns)
    shown = [(letter, i) for i, letter in enumerate(letters) if letter.sign.strip()]
    gaps = [_gap(columns, a.at * width, b.at * width) for (a, _), (b, _) in itertools.pairwise(shown)]
    spaced = [j - i > 1 for (_, i), (_, j) in itertools.pairwise(shown)]
    seen = [float(g) for g, s in zip(gaps, spaced, strict=True) if s]
    usual = float(np.median(seen or [_ALONE * size / _LOST_SPACE]))
    enough = max(_NARROWEST_SPACE * size, _LOST_SPACE * usual)
    words = [[shown[0][0]]]
    for gap, space, (letter, _) in zip(gaps, spaced, shown[1:], strict=True):
        if space or gap > _wide_enough(words[-1][-1].sign + letter.sign, enough, size):
            words.append([])
        words[-1].append(letter)
    return words


def _wide_enough(pair: str, usual: float, size: float) -> float:
    """The gap between two signs from which on it is a space."""
    if pair.isdigit():
        return max(usual, _DIGIT_GAP * size)
    return min(usual, _BESIDE_DASH * size) if _DASHES & set(pair) else usual


def _gap(columns: NDArray[np.bool_], start: float, stop: float) -> int:
    """The widest stretch without ink between two places of the line."""
    return max((b - a for a, b in runs(~columns[int(start) : int(stop) + 1])), default=0)


def _placed(words: list[list[Letter]], columns: NDArray[np.bool_], size: float) -> list[tuple[list[Letter], int, int]]:
    """Words with their first column of ink and the one after their last."""
    width = len(columns)
    borders = [0, *(_border(columns, a[-1].at * width, b[0].at * width) for a, b in itertools.pairwise(words)), width]
    placed = []
    for word, left, right in zip(words, borders, borders[1:], strict=False):
        groups = _groups(columns[left:right], 0.3 * size)
        first, last = (_nearest(groups, word[i].at * width - left) for i in (0, -1))
        if first and last and last[1] > first[0]:
            placed.append((word, left + first[0], left + last[1]))
    return placed


def _border(columns: NDArray[np.bool_], start: float, stop: float) -> int:
    """The middle of the widest gap between two letters."""
    offset = int(start)
    empty = runs(~columns[offset : int(stop) + 1])
    a, b = max(empty, key=lambda run: run[1] - run[0], default=(0, max(1, int(stop) - offset)))
    return offset + (a + b) // 2


def _groups(columns: NDArray[np.bool_], gap: float) -> list[tuple[int, int]]:
    """Stretches of ink, those that stand close together as one: a mark beside a word is none of it."""
    groups: list[tuple[int, int]] = []
    for start, stop in runs(columns):
        if groups and start - groups[-1][1] < gap:
            groups[-1] = (groups[-1][0], stop)
        else:
            groups.append((start, stop))
    return groups


def _nearest(groups: list[tuple[int, int]], at: float) -> tuple[int, int] | None:
    return min(groups, key=lambda g: max(g[0] - at, at - g[1], 0), default=None)


def _stroke(ink: Ink) -> float:
    """How many pixels wide the pen was: the middle one of all crossings of ink along the rows."""
    padded = np.pad(ink, ((0, 0), (1, 1))).ravel()
    crossings = runs(padded > 0.3)
    return float(np.median([padded[a - 1 : b + 1].sum() for a, b in crossings])) if crossings else 0.0
