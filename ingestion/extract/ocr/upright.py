"""Sets a page straight: finds by how many degrees its lines lean, and turns it back."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

_LOOK_AT = 1000  # pixels of the longer side: enough to see lines, few enough to be quick
_MAX_POINTS = 150_000
_MOST = 12.0  # degrees; beyond it a page is lying on its side rather than leaning
_WORTH_IT = 0.15  # degrees; less does no harm over the width of a page
_EDGE = 40  # of 255: the step between two pixels below each other that a stroke makes and noise does not


def straighten(picture: Image.Image) -> Image.Image:
    """The grey picture with its lines level; what comes into view at the corners has the colour of the page."""
    angle = _lean(picture)
    if abs(angle) < _WORTH_IT:
        return picture
    ground = int(np.median(np.asarray(picture.reduce(8) if min(picture.size) > 64 else picture)))
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=ground)


def _lean(picture: Image.Image) -> float:
    """Degrees that lines go down to the right. Level lines put their edges into few rows, so their histogram is steepest."""
    small = picture.reduce(max(1, round(max(picture.size) / _LOOK_AT)))
    grey = np.asarray(small, np.int16)
    y, x = np.nonzero(np.abs(np.diff(grey, axis=0)) > _EDGE)
    if len(x) > _MAX_POINTS:
        keep = np.random.default_rng(0).choice(len(x), _MAX_POINTS, replace=False)
        x, y = x[keep], y[keep]
    if len(x) < 100:
        return 0.0
    best = 0.0
    for step, reach in ((1.0, _MOST), (0.2, 1.0), (0.05, 0.2)):
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda angle: _steepness(x, y, angle)))
    return best


def _steepness(x: np.ndarray, y: np.ndarray, angle: float) -> float:
    rows = np.round(y * math.cos(math.radians(angle)) - x * math.sin(math.radians(angle))).astype(np.int64)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float((counts**2).sum())
