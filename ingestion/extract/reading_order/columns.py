"""Finds where a part of the page has columns, and tells columns from labels, dates and cards beside a text."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass

from ingestion.extract.reading_order.phrases import Phrase, is_address
from ingestion.extract.reading_order.rows import rows

_YEAR = re.compile(r"\b(19|20)\d\d\b|\b\d\d?[./]\d{2,4}\b")
_SECTIONS = 2  # headings on both sides: rows that happen to stand level do not make these one table
_GUTTER = 6.0  # points
_FLUSH = 1.5  # points
_SAME_HEIGHT = 0.95
_TABLE_LEADING = 1.75  # of the font size: rows of a table stand further apart than the lines of cards


@dataclass(slots=True)
class Columns:
    """A part of the page, between two heights, in which nothing crosses the gutter at x."""

    x: float
    top: float
    bottom: float


def find_columns(items: list[Phrase], centred: set[int]) -> Columns | None:
    """The tallest part of the page that reads as two columns; of those about as tall, the cut at the straightest edge."""
    best: tuple[float, float, Columns] | None = None
    ordered = sorted(items, key=lambda p: p.base)
    for x in sorted({round(p.x0) for p in items})[1:]:
        for run, columns in _uncrossed(ordered, x, centred):
            left = [p for p in run if p.x0 < x - 1]
            right = [p for p in run if p.x0 >= x - 1]
            height = run[-1].base - run[0].base
            if best is not None and not (height > _SAME_HEIGHT * best[0] and right):
                continue
            edge = _straightness(right, x)
            taller = best is None or height * _SAME_HEIGHT > best[0] or edge > best[1]
            if taller and (kind := _columns_kind(left, right)):
                end = _beside if kind == "cards" else _before_last_heading
                best = (height, edge, end(left, right, columns))
    return best[2] if best else None


def _straightness(side: list[Phrase], x: float) -> float:
    """The share of the lines of a side that start at x or end at its right edge; dates set before a side bar do neither."""
    right = max((p.x1 for p in side), default=x)
    flush = max(sum(abs(p.x0 - x) < _FLUSH for p in side), sum(abs(p.x1 - right) < _FLUSH for p in side))
    return flush / max(1, len(side))


def centred_lines(ordered: list[Phrase], width: float = 0) -> set[int]:
    """Lines alone in their row in the middle of the text or of the page: headings that no column contains.

    Lines that start where others do stand there because of a left edge, wherever their middle is.
    """
    if not ordered:
        return set()
    middles = [(min(p.x0 for p in ordered) + max(p.x1 for p in ordered)) / 2, width / 2]
    alone = (row[0] for row in rows(ordered) if len(row) == 1)
    inner = (p for p in alone if any(abs((p.x0 + p.x1) / 2 - middle) < 3 for middle in middles))
    return {id(p) for p in inner if not any(abs(q.x0 - p.x0) < 1.5 and abs(q.x1 - p.x1) > 3 for q in ordered)}


def _beside(left: list[Phrase], right: list[Phrase], columns: Columns) -> Columns:
    """Cards end where the shorter one ends: what stands below it on one side only is the text that goes on."""
    top = max(left[0].base, right[0].base)
    bottom = min(left[-1].base, right[-1].base)
    return Columns(columns.x, max(columns.top, top - left[0].size), min(columns.bottom, bottom + left[-1].size))


def _before_last_heading(left: list[Phrase], right: list[Phrase], columns: Columns) -> Columns:
    """A heading with nothing below it on its side is that of the text that goes on across both."""
    last = max(left[-1], right[-1], key=lambda p: p.base)
    usual = sorted(p.size for p in (*left, *right))[(len(left) + len(right)) // 2]
    is_heading = last.size > 1.08 * usual or (last.bold and last.text.isupper())
    if not is_heading or columns.bottom == float("inf"):
        return columns
    return Columns(columns.x, columns.top, last.base)


def _uncrossed(ordered: list[Phrase], x: float, centred: set[int]) -> list[tuple[list[Phrase], Columns]]:
    found: list[tuple[list[Phrase], Columns]] = []
    run: list[Phrase] = []
    top = float("-inf")
    for phrase in ordered:
        if id(phrase) in centred or (phrase.x0 < x - 1 and phrase.x1 > x - _GUTTER and not is_address(phrase.text)):
            if run:
                found.append((run, Columns(x, top, phrase.base)))
            run, top = [], phrase.base
        else:
            run.append(phrase)
    if run:
        found.append((run, Columns(x, top, float("inf"))))
    return found


def _columns_kind(left: list[Phrase], right: list[Phrase]) -> str:
    """``cards`` or ``columns``; nothing for one text with labels or dates set apart in its rows."""
    if not left or not right:
        return ""
    top, bottom = max(left[0].base, right[0].base), min(left[-1].base, right[-1].base)
    headings = _shared_headings(left, right)
    left, right = _between(left, top, bottom), _between(right, top, bottom)
    fewer = min(len(left), len(right))
    if fewer < 3 or (fewer < 8 and not (_is_flush(left) and _is_flush(right))):
        return ""
    if not headings and _is_grid(left, right):
        if _are_headed_from(left, right):
            return ""
        if not _is_table(left, right):
            return "cards"
    if headings < _SECTIONS and (_is_banded(left, right) or _is_aligned(left, right) or _is_aligned(right, left)):
        return ""
    if any(_is_labels(side, other) or _is_dates(side) for side, other in ((left, right), (right, left))):
        return ""
    return "columns"


def _shared_headings(left: list[Phrase], right: list[Phrase]) -> int:
    """How many headings of sections each side has at least: lines in their largest type, if it is one and the rest smaller."""
    one, other = max(p.size for p in left), max(p.size for p in right)
    usual = sorted(p.size for p in (*left, *right))[(len(left) + len(right)) // 2]
    counts = [(sum(p.size > 0.93 * one for p in side), len(side)) for side in (left, right)]
    if abs(one - other) > 0.03 * one or one < 1.08 * usual or any(2 * count >= size for count, size in counts):
        return 0
    return min(count for count, _ in counts)


def _between(side: list[Phrase], top: float, bottom: float) -> list[Phrase]:
    """The phrases beside the other side, with one line's tolerance at both ends."""
    return [p for p in side if top - p.size <= p.base <= bottom + p.size]


def _is_straight(side: list[Phrase]) -> bool:
    """Nearly all lines start at one of two places, the text and its lists, or are centred or end at one."""
    starts = Counter(round(p.x0 / 3) for p in side).most_common(2)
    centres = Counter(round((p.x0 + p.x1) / 6) for p in side)
    ends = Counter(round(p.x1 / 3) for p in side)
    one_place = max(*centres.values(), *ends.values()) >= 0.6 * len(side)
    return one_place or sum(count for _, count in starts) >= 0.8 * len(side)


def _is_flush(side: list[Phrase]) -> bool:
    """Many lines start, end or are centred at one place, as in any column that somebody set."""
    for places in ([p.x0 for p in side], [p.x1 for p in side], [(p.x0 + p.x1) / 2 for p in side]):
        if max(Counter(round(x / 3) for x in places).values()) >= max(0.35 * len(side), 3):
            return True
    return False


def _is_grid(left: list[Phrase], right: list[Phrase]) -> bool:
    """Cards beside each other: columns of about the same width, each with a straight left edge and no dates of its own."""
    dated = [sum(bool(_YEAR.search(p.text)) for p in side) for side in (left, right)]
    if abs(dated[0] - dated[1]) > 0 or dated[0] > 0.4 * len(left):
        return False
    straight = all(_is_straight(side) for side in (left, right))
    one, other = (sorted(len(p.text) for p in side)[len(side) // 2] for side in (left, right))
    return straight and 0.4 < one / other < 2.5 and 0.5 < len(left) / len(right) < 2 and not _is_labels(left, right)


def _are_headed_from(left: list[Phrase], right: list[Phrase]) -> bool:
    """Between the lines on the left stand headings, in a type that no line on the right has: they head both sides."""
    largest = max(p.size for p in right)
    return any(p.size > 1.08 * largest for p in left[1:])


def _is_table(left: list[Phrase], right: list[Phrase]) -> bool:
    """Every cell on the right belongs to one on the left: places and dates at the right edge, or rows far apart."""
    if not _is_aligned(right, left):
        return False
    ends, starts = (
        max(Counter(round(x / 3) for x in xs).values()) for xs in ([p.x1 for p in right], [p.x0 for p in right])
    )
    leading = min((b.base - a.base) / b.size for a, b in itertools.pairwise(right))
    return ends > max(starts, 0.8 * len(right)) or (leading > _TABLE_LEADING and _is_aligned(left, right))


def _is_aligned(side: list[Phrase], other: list[Phrase]) -> bool:
    """Most rows of one side stand on a row of the other side; what is set larger than anything there heads both."""
    bases = [p.base for p in other]
    largest = max(p.size for p in other)
    text = [p for p in side if p.size <= 1.03 * largest]
    on_row = sum(any(abs(p.base - b) < 0.2 * p.size for b in bases) for p in text)
    return on_row >= 0.7 * len(text) > 0


def _is_labels(side: list[Phrase], other: list[Phrase]) -> bool:
    """Few lines, each alone, spread along a fuller text: headings in the margin."""
    if len(side) * 2 > len(other):
        return False
    alone = 0
    for i, phrase in enumerate(side):
        near = [q for q in side[max(0, i - 1) : i + 2] if q is not phrase]
        alone += all(abs(q.base - phrase.base) > 2.6 * phrase.size for q in near)
    return alone >= 0.6 * len(side)


def _is_banded(labels: list[Phrase], texts: list[Phrase]) -> bool:
    """Gaps run across both sides, and below nearly each of them a label begins beside the first line of its text."""
    largest = max(labels, key=lambda p: p.size)
    if len(labels) > 0.75 * len(texts) or any(p.size > 0.97 * largest.size and p.bold == largest.bold for p in texts):
        return False
    own = {id(p) for p in labels}
    bands = [band for band in _bands([*labels, *texts]) if any(id(p) in own for p in band)]
    together = 0
    for band in bands:
        first, *_ = (p for p in band if id(p) in own)
        text = next((p for p in band if id(p) not in own), None)
        together += text is not None and abs(first.base - text.base) < max(first.size, text.size)
    return len(bands) > 2 and together >= 0.75 * len(bands)


def _bands(items: list[Phrase]) -> list[list[Phrase]]:
    """The lines between gaps that are wider than those within a text."""
    bands: list[list[Phrase]] = []
    bottom = float("-inf")
    for phrase in sorted(items, key=lambda p: p.top):
        if phrase.top - bottom > 0.75 * phrase.size:
            bands.append([])
        bands[-1].append(phrase)
        bottom = max(bottom, phrase.base + 0.2 * phrase.size)
    return bands


def _is_dates(side: list[Phrase]) -> bool:
    return sum(bool(_YEAR.search(p.text)) for p in side) >= 0.5 * len(side) and len(side[0].text) < 40
