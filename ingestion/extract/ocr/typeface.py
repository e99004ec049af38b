"""The type that a page was set in: few sizes, and words that are bolder than the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingestion.extract.ocr.ink import Piece

_SAME_SIZE = 0.12  # sizes that differ by less are one size, measured twice
_BOLD = 1.19  # times the usual stroke; ordinary words scatter by a tenth, bold type has a third more
_MOST_LETTERS = 8  # of a word that count; beyond them its stroke is no surer
_CHANGE = 0.4  # what a change between two words must explain: four letters whose strokes are off by a tenth


def usual(values: Sequence[float], weights: Sequence[int]) -> float:
    """The middle value, each counted as often as its weight says; 1 where nothing counts."""
    counted = np.repeat(values, weights)
    return float(np.median(counted)) if len(counted) else 1.0


def line_size(pieces: Sequence[Piece]) -> float:
    return usual([p.size for p in pieces], [len(p.text) for p in pieces])


def page_sizes(lines: Sequence[Sequence[Piece]]) -> list[float]:
    """For each line the size of the page's type that it is set in."""
    measured = [line_size(pieces) for pieces in lines]
    letters = dict.fromkeys(measured, 0)
    for size, pieces in zip(measured, lines, strict=True):
        letters[size] += sum(len(p.text) for p in pieces)
    sizes: dict[float, float] = {}
    while letters:
        most = max(letters, key=lambda size: sum(n for s, n in letters.items() if abs(s - size) <= _SAME_SIZE * size))
        alike = [s for s in letters if abs(s - most) <= _SAME_SIZE * most]
        sizes.update(dict.fromkeys(alike, usual(alike, [letters.pop(s) for s in alike])))
    return [sizes[size] for size in measured]


def bold_words(lines: Sequence[Sequence[Piece]], sizes: Sequence[float]) -> list[list[bool]]:
    """For each word of each line whether it is bold, judged by its stroke against that of the whole page."""
    strokes = [[p.stroke / size for p in pieces] for pieces, size in zip(lines, sizes, strict=True)]
    letters = [[min(sum(map(str.isalnum, p.text)), _MOST_LETTERS) for p in pieces] for pieces in lines]
    common = usual([s for line in strokes for s in line], [n for line in letters for n in line])
    return [
        _smooth([n * (stroke / common - _BOLD) for stroke, n in zip(*line, strict=True)])
        for line in zip(strokes, letters, strict=True)
    ]


def _smooth(evidence: Sequence[float]) -> list[bool]:
    """The likeliest weights along a line, given how much each word speaks for bold: type changes seldom within a line."""
    scores = (0.0, 0.0)
    steps: list[tuple[bool, bool]] = []
    for value in evidence:
        steps.append((scores[1] - _CHANGE > scores[0], scores[1] >= scores[0] - _CHANGE))
        scores = (max(scores[0], scores[1] - _CHANGE), max(scores[1], scores[0] - _CHANGE) + value)
    bold = scores[1] > scores[0]
    weights = []
    for step in reversed(steps):
        weights.append(bold)
        bold = step[bold]
    return weights[::-1]
