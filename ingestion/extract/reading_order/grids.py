"""Makes cells whole that wrap inside a grid, such as skills set as tiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingestion.extract.reading_order.phrases import Phrase

_LEAST_CELLS = 3  # tiles: fewer may as well be lines of entries that stand beside each other
_APART = 1.5  # the step from one tile to the next, in steps between the lines of one
_LINE = 1.5  # the widest step between the lines of one tile, in font sizes
_MOST_WORDS = 4
_DIGITS = re.compile(r"\d{4}")


def with_whole_tiles(rows: list[list[Phrase]]) -> list[list[Phrase]]:
    """Rows of short words whose second line stands close below, word under word, while the next tiles are further off."""
    found: list[list[Phrase]] = []
    for group in _groups(rows):
        found += [_whole(*group)] if len(group) == 2 else group
    return found


def _groups(rows: list[list[Phrase]]) -> Iterator[list[list[Phrase]]]:
    pairs = {i for i in range(len(rows) - 1) if _wraps(rows, i)}
    grid = sum(len(rows[i]) + len(rows[i + 1]) for i in pairs) >= 2 * _LEAST_CELLS
    number = 0
    while number < len(rows):
        taken = 2 if grid and number in pairs else 1
        yield rows[number : number + taken]
        number += taken


def _wraps(rows: Sequence[list[Phrase]], i: int) -> bool:
    """Whether row i goes on in the row below it, cell by cell, and neither has another row as close on its far side."""
    upper, lower = rows[i], rows[i + 1]
    step = lower[0].base - upper[0].base
    if not 0 < step <= _LINE * upper[0].size or len(upper) < 2 or len(lower) > len(upper):
        return False
    before = upper[0].base - rows[i - 1][0].base if i else float("inf")
    after = rows[i + 2][0].base - lower[0].base if i + 2 < len(rows) else float("inf")
    alone = min(before, after) > _APART * step
    return (
        alone and all(map(_is_tile, [*upper, *lower])) and all(_cell_above(upper, cell) is not None for cell in lower)
    )


def _is_tile(cell: Phrase) -> bool:
    return len(cell.text.split()) <= _MOST_WORDS and not _DIGITS.search(cell.text)


def _cell_above(upper: Sequence[Phrase], cell: Phrase) -> int | None:
    """The only cell with the look of this one that has the same middle, left or right edge."""
    fitting = [
        number
        for number, above in enumerate(upper)
        if (above.size, above.bold) == (cell.size, cell.bold) and _aligned(above, cell)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _aligned(one: Phrase, other: Phrase) -> bool:
    edges = (one.x0 - other.x0, one.x1 - other.x1, (one.x0 + one.x1 - other.x0 - other.x1) / 2)
    return min(map(abs, edges)) < 0.2 * one.size


def _whole(upper: list[Phrase], lower: list[Phrase]) -> list[Phrase]:
    rests = {_cell_above(upper, cell): cell.text for cell in lower}
    return [replace(c, text=f"{c.text} {rests[i]}") if i in rests else c for i, c in enumerate(upper)]
