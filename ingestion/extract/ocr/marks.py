"""Small marks that are too small for the reader: whether a list mark stands before a line, whether a dot is a comma."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float64]  # height × width, how much of each pixel is drawn on, in [0, 1]
BULLET = "•"
BULLET_READ_AS = frozenset(".·°*")

# All of the font size.
_SMALLEST, _LARGEST = 0.1, 0.6
_LOWEST, _HIGHEST = 0.08, 0.6  # of its middle above the base line
_SET_OFF = 0.2
_ALONE = 0.8
_DOT_WIDTH = 0.27
_DOT, _COMMA = 0.15, 0.165  # up to the one in height a dot, from the other on a comma


def columns_of(ink: Ink) -> NDArray[np.bool_]:
    """Which columns have ink."""
    return np.asarray((ink > 0.5).any(axis=0), np.bool_)


def runs(marks: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The stretches that are true, ends exclusive."""
    edges = np.flatnonzero(np.diff(marks.astype(np.int8), prepend=0, append=0))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def extent(ink: Ink) -> tuple[int, int]:
    """From the first row with ink to the one after the last; all rows where there is none."""
    rows = np.flatnonzero(columns_of(ink.T))
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, ink.shape[0])


def find_bullet(before: Ink, base: float, size: float) -> tuple[int, int] | None:
    """The columns of a blob that stands alone before a line, half as high as its letters; ``before`` ends where they begin."""
    blobs = runs(columns_of(before))
    if not blobs:
        return None
    left, right = blobs[-1]
    top, bottom = extent(before[:, left:right])
    fits = all(_SMALLEST * size <= side <= _LARGEST * size for side in (right - left, bottom - top))
    level = _LOWEST * size <= base - (top + bottom) / 2 <= _HIGHEST * size
    set_off = before.shape[1] - right >= _SET_OFF * size
    alone = len(blobs) == 1 or left - blobs[-2][1] >= _ALONE * size
    return (left, right) if fits and level and set_off and alone else None


def with_commas(word: str, ink: Ink, place: tuple[int, int], base: float, size: float) -> str:
    """The word with its dots and commas told apart by how high they are, where each stands clear of the letters beside it."""
    signs = [i for i, sign in enumerate(word) if sign in ".,"]
    left, right = place
    low = [
        height
        for a, b in runs(columns_of(ink[:, left:right]))
        if b - a <= _DOT_WIDTH * size and (height := _height_if_low(ink[:, left + a : left + b], base, size))
    ]
    told = list(word)
    for i, height in zip(signs, low, strict=True) if len(low) == len(signs) else ():
        if i + 1 == len(word) or word[i - 1 : i + 2 : 2].isdigit():  # elsewhere within a word it belongs to an address
            told[i] = "." if height <= _DOT * size else "," if height >= _COMMA * size else told[i]
    return "".join(told)


def _height_if_low(mark: Ink, base: float, size: float) -> int:
    """Its height in rows if no part of it stands higher than a comma does, else 0."""
    top, bottom = extent(mark)
    return bottom - top if top > base - 0.3 * size else 0
