"""Finds the lines of text in a picture, as boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from ingestion.extract.ocr.models import run_finder

_LONGER_SIDE = 1024  # pixels; print of 7 points on A4 is still found, and larger costs time by its square
_LIKELY = 0.3
_SURE = 0.5
_GROW = 1.6  # the network marks the core of a line; so much of area / outline is missing around it
_MIN_SIDE = 3


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels from the top left; the right and lower ends are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def find_lines(picture: Image.Image) -> list[Box]:
    """Boxes around lines, or the parts of lines that stand apart, from the top; the picture is grey and its lines level."""
    scale = min(1.0, _LONGER_SIDE / max(picture.size))
    width, height = (max(32, round(side * scale / 32) * 32) for side in picture.size)
    small = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0))
    likely = run_finder(small)
    marks, count = ndimage.label(likely > _LIKELY, np.ones((3, 3)))
    surest = ndimage.mean(likely, marks, range(1, count + 1))
    across, down = picture.width / width, picture.height / height
    found = []
    for (rows, columns), sure in zip(ndimage.find_objects(marks), surest, strict=True):
        high, wide = rows.stop - rows.start, columns.stop - columns.start
        if sure >= _SURE and min(high, wide) >= _MIN_SIDE:
            more = high * wide * _GROW / (2 * (high + wide))
            found.append(
                Box(
                    max(0, round((columns.start - more) * across)),
                    max(0, round((rows.start - more) * down)),
                    min(picture.width, round((columns.stop + more) * across)),
                    min(picture.height, round((rows.stop + more) * down)),
                )
            )
    return sorted(found, key=lambda box: (box.top, box.left))
