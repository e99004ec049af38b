"""Reads the letters of lines that were cut out of a page, with the place and the certainty of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from ingestion.extract.ocr.models import Floats, run_reader, signs

_HEIGHT = 48
_WIDEST = 3200  # pixels; a longer line is squeezed
_BATCH_WIDTH = 2400  # pixels of all lines of a batch together: bounds the memory
_MAX_BATCH = 6
_GUESSED = (
    0.3  # certainty below which a sign is sooner an icon or a stain; the likeliest one may not even be considered
)
_BEYOND_EUROPE = 0x2E80  # signs from here on are East Asian; a stain is sooner taken for one of them than one is met


@dataclass(frozen=True, slots=True)
class Letter:
    """A sign, its middle as a share of the line's width, and how sure the network is, in [0, 1]."""

    sign: str
    at: float
    certainty: float


def read_lines(lines: Sequence[Image.Image]) -> list[list[Letter]]:
    """The letters of each grey picture of one line, spaces among them; empty where nothing is legible."""
    widths = [min(_WIDEST, max(16, round(line.width * _HEIGHT / line.height))) for line in lines]
    letters: list[list[Letter]] = [[] for _ in lines]
    for batch in _batches(widths):
        wide = max(widths[i] for i in batch)
        pixels = np.full((len(batch), _HEIGHT, wide), 127, np.uint8)
        for row, i in enumerate(batch):
            pixels[row, :, : widths[i]] = np.asarray(lines[i].resize((widths[i], _HEIGHT), Image.Resampling.BICUBIC))
        for i, chances in zip(batch, run_reader(pixels), strict=True):
            letters[i] = list(_letters(chances, wide / widths[i]))
    return letters


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of lines that are read at once: of like widths, since all are padded to the widest."""
    batch: list[int] = []
    for i in sorted(range(len(widths)), key=widths.__getitem__):
        if batch and (len(batch) == _MAX_BATCH or widths[i] * (len(batch) + 1) > _BATCH_WIDTH):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _letters(chances: Floats, padding: float) -> Iterator[Letter]:
    """A sign lasts as long as it stays the likeliest; the gap sign parts equal ones."""
    columns, names = _considered()
    chances = chances[:, columns]
    best = chances.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=0))
    for start, stop in zip(starts, [*starts[1:], len(best)], strict=False):
        name = names[best[start]]
        at = (start + stop) / 2 / len(best) * padding
        certainty = float(chances[start:stop, best[start]].max())
        if name and at <= 1.02 and certainty >= _GUESSED:
            yield Letter(name, min(float(at), 1.0), certainty)


@cache
def _considered() -> tuple[np.ndarray, tuple[str, ...]]:
    columns = [i for i, sign in enumerate(signs()) if all(ord(c) < _BEYOND_EUROPE for c in sign)]
    return np.array(columns), tuple(signs()[i] for i in columns)
