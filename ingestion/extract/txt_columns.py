"""Puts the columns of a plain text below each other: what stands at the left first, then what stands at the right."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

_FEWEST = 6  # lines with text on each side
_CELL = re.compile(r"(?<=\S) {2,}(?=\S)|^ {8,}(?=\S)")
_DATED = re.compile(r"\b(?:19|20)\d\d\b")


def one_column(lines: Sequence[str]) -> list[str]:
    """The lines, with two columns of text one after the other; labels and dates beside a text stay where they are."""
    starts = Counter(gap.end() for line in lines for gap in _CELL.finditer(line))
    for edge, count in starts.most_common(3):
        if count < _FEWEST:
            break
        for begin, end in _runs(lines, edge):
            left = [line[:edge].rstrip() for line in lines[begin:end]]
            right = [line[edge:].rstrip() for line in lines[begin:end]]
            if _are_columns(left, right):
                return [*lines[:begin], *left, "", *right, "", *one_column(lines[end:])]
    return list(lines)


def _runs(lines: Sequence[str], edge: int) -> list[tuple[int, int]]:
    """Ranges of lines that leave at least two characters free before the edge."""
    free = [not line[max(edge - 2, 0) : edge].strip() for line in lines]
    bounds = [-1, *(i for i, is_free in enumerate(free) if not is_free), len(lines)]
    return [(a + 1, b) for a, b in itertools.pairwise(bounds) if b - a > _FEWEST]


def _are_columns(left: list[str], right: list[str]) -> bool:
    """Each side goes on where the other is silent and has headings of its own, and neither holds only dates."""
    both = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a and b]
    if len(both) < _FEWEST // 2 or min(sum(map(bool, left)), sum(map(bool, right))) < _FEWEST:
        return False
    inside = range(both[0], both[-1] + 1)
    alone = [sum(bool(one[i]) and not other[i] for i in inside) for one, other in ((left, right), (right, left))]
    headings = [sum(_is_heading(line) for line in side) for side in (left, right)]
    dated = max(sum(bool(_DATED.search(side[i])) for i in both) for side in (left, right))
    return dated < 0.5 * len(both) and (min(headings) > 0 or min(alone) > 2)


def _is_heading(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    return len(letters) > 4 and all(c.isupper() for c in letters) and len(line) < 40
