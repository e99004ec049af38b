"""Orders the words of a page as a person reads them: columns and side bars apart, cells of a row together."""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.extract.assemble import Row
from ingestion.extract.glyphs import Word
from ingestion.extract.reading_order.columns import centred_lines, find_columns
from ingestion.extract.reading_order.phrases import Phrase, phrases
from ingestion.extract.reading_order.rows import rows

_MAX_DEPTH = 12


def order_page(words: Sequence[Word], width: float = 0) -> list[list[list[Phrase]]]:
    """Blocks in reading order; a block is a list of rows, a row a list of phrases from left to right.

    The width is that of the page in points, 0 if it is not known.
    """
    found: list[list[list[Phrase]]] = []
    for angle in (0, 90, 180, 270):  # text that is turned stands in the margin: it is no part of what it runs along
        items = phrases([word for word in words if word.angle == angle])
        found += [rows(block) for block in _blocks(items, centred_lines(items, width), 0)]
    return found


def row_of(phrases: Sequence[Phrase], page: int, block: int) -> Row:
    """The phrases of one row as a line of the document, with tabs between them."""
    return Row(
        text="\t".join(p.text for p in phrases),
        page=page,
        x0=round(phrases[0].x0, 1),
        y0=round(min(p.top for p in phrases), 1),
        x1=round(max(p.x1 for p in phrases), 1),
        y1=round(max(p.base for p in phrases), 1),
        size=round(phrases[0].size, 1),
        bold=phrases[0].bold,
        block=block,
        certainty=round(min(p.certainty for p in phrases), 3),
    )


def _blocks(items: list[Phrase], centred: set[int], depth: int) -> list[list[Phrase]]:
    columns = find_columns(items, centred) if items and depth < _MAX_DEPTH else None
    if columns is None:
        return [items] if items else []
    above = [p for p in items if p.base <= columns.top]
    below = [p for p in items if p.base >= columns.bottom]
    inside = [p for p in items if columns.top < p.base < columns.bottom]
    left = [p for p in inside if p.x0 < columns.x - 1]
    right = [p for p in inside if p.x0 >= columns.x - 1]
    return [block for part in (above, left, right, below) for block in _blocks(part, centred, depth + 1)]
