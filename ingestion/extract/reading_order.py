"""Orders the words of a page as a person reads them: columns and side bars apart, cells of a row together."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingestion.extract.assemble import STYLE_BREAK
from ingestion.extract.glyphs import Word

_YEAR = re.compile(r"\b(19|20)\d\d\b|\b\d\d?[./]\d{2,4}\b")
_CELL_GAP = 0.9  # of the font size: wider than justified word gaps, narrower than any gap between columns
_GUTTER = 6.0  # points
_MAX_DEPTH = 12


@dataclass(slots=True)
class Phrase:
    """Words that follow each other on one baseline without a wide gap."""

    text: str
    x0: float
    x1: float
    top: float
    base: float
    size: float
    bold: bool


@dataclass(slots=True)
class _Columns:
    """A part of the page, between two heights, in which nothing crosses the gutter at x."""

    x: float
    top: float
    bottom: float


def order_page(words: Sequence[Word]) -> list[list[list[Phrase]]]:
    """Blocks in reading order; a block is a list of rows, a row a list of phrases from left to right."""
    items = phrases(words)
    return [rows(block) for block in _blocks(items, _centred(items), 0)]


def phrases(words: Sequence[Word]) -> list[Phrase]:
    found: list[Phrase] = []
    for row in _same_baseline(list(words)):
        line: list[Word] = []
        for word in row:
            if line and word.x0 - line[-1].x1 > _CELL_GAP * max(word.size, line[-1].size):
                found.append(_phrase(line))
                line = []
            line.append(word)
        found.append(_phrase(line))
    return found


def _phrase(words: list[Word]) -> Phrase:
    longest = max(words, key=lambda w: w.size)
    x1, top = max(w.x1 for w in words), min(w.top for w in words)
    return Phrase(_join(words), words[0].x0, x1, top, longest.base, longest.size, words[0].bold)


def _join(words: list[Word]) -> str:
    """Words with spaces; letters set apart as decoration come together again, by the wider gaps between words."""
    single = sum(len(w.text) == 1 for w in words)
    if len(words) < 4 or single < 0.8 * len(words):
        return words[0].text + "".join(_joint(a, b) + b.text for a, b in itertools.pairwise(words))
    gaps = [b.x0 - a.x1 for a, b in itertools.pairwise(words)]
    usual = sorted(gaps)[len(gaps) // 2]
    text = words[0].text
    for gap, word in zip(gaps, words[1:], strict=True):
        text += (" " if gap > 1.8 * usual + 0.5 else "") + word.text
    return text


def _joint(word: Word, following: Word) -> str:
    same = word.font == following.font and abs(word.size - following.size) < 0.08 * word.size
    return " " if same else " " + STYLE_BREAK


def _same_baseline(items: list[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(items, key=lambda w: (w.base, w.x0)):
        last = lines[-1] if lines else None
        if last is None or word.base - last[0].base > 0.22 * min(word.size, last[0].size):
            lines.append([word])
        else:
            last.append(word)
    return [sorted(line, key=lambda w: w.x0) for line in lines]


def rows(block: Sequence[Phrase]) -> list[list[Phrase]]:
    """Phrases beside each other, also when their fonts and so their baselines differ a little."""
    lines: list[list[Phrase]] = []
    for phrase in sorted(block, key=lambda p: (p.base, p.x0)):
        last = lines[-1] if lines else None
        beside = last is not None and all(p.x1 <= phrase.x0 + 1 or phrase.x1 <= p.x0 + 1 for p in last)
        if last is not None and beside and phrase.base - last[0].base < 0.4 * max(phrase.size, last[0].size):
            last.append(phrase)
        else:
            lines.append([phrase])
    return _with_wrapped_cells([sorted(line, key=lambda p: p.x0) for line in lines])


def _with_wrapped_cells(lines: list[list[Phrase]]) -> list[list[Phrase]]:
    """A narrow first cell that wraps below itself becomes whole again: ``Bach-``, ``elor`` → ``Bachelor``."""
    joined: list[list[Phrase]] = []
    for line in lines:
        above = joined[-1] if joined else []
        cell, text = (above[0] if above else None), line[0].text
        wraps = len(above) > 1 and len(line) == 1 and text[:1].islower() and line[0].x1 < above[1].x0
        if cell is not None and wraps and abs(cell.x0 - line[0].x0) < 1:
            hyphen = cell.text.endswith("-")
            above[0] = replace(cell, text=(cell.text[:-1] if hyphen else cell.text + " ") + text)
        else:
            joined.append(line)
    return joined


def _blocks(items: list[Phrase], centred: set[int], depth: int) -> list[list[Phrase]]:
    columns = _find_columns(items, centred) if items and depth < _MAX_DEPTH else None
    if columns is None:
        return [items] if items else []
    above = [p for p in items if p.base <= columns.top]
    below = [p for p in items if p.base >= columns.bottom]
    inside = [p for p in items if columns.top < p.base < columns.bottom]
    left = [p for p in inside if p.x0 < columns.x - 1]
    right = [p for p in inside if p.x0 >= columns.x - 1]
    return [block for part in (above, left, right, below) for block in _blocks(part, centred, depth + 1)]


def _find_columns(items: list[Phrase], centred: set[int]) -> _Columns | None:
    """The tallest part of the page that reads as two columns."""
    best: tuple[float, _Columns] | None = None
    ordered = sorted(items, key=lambda p: p.base)
    for x in sorted({round(p.x0) for p in items})[1:]:
        for run, columns in _uncrossed(ordered, x, centred):
            left = [p for p in run if p.x0 < x - 1]
            right = [p for p in run if p.x0 >= x - 1]
            height = run[-1].base - run[0].base
            if (best is None or height > best[0]) and (kind := _columns_kind(left, right)):
                best = (height, _beside(left, right, columns) if kind == "cards" else columns)
    return best[1] if best else None


def _centred(ordered: list[Phrase]) -> set[int]:
    """Lines alone in their row in the middle of the text: headings that no column contains, however narrow they are."""
    if not ordered:
        return set()
    middle = (min(p.x0 for p in ordered) + max(p.x1 for p in ordered)) / 2
    alone = (row[0] for row in rows(ordered) if len(row) == 1)
    return {id(p) for p in alone if abs((p.x0 + p.x1) / 2 - middle) < 3}


def _beside(left: list[Phrase], right: list[Phrase], columns: _Columns) -> _Columns:
    """Cards end where the shorter one ends: what stands below it on one side only is the text that goes on."""
    top = max(left[0].base, right[0].base)
    bottom = min(left[-1].base, right[-1].base)
    return _Columns(columns.x, max(columns.top, top - left[0].size), min(columns.bottom, bottom + left[-1].size))


def _uncrossed(ordered: list[Phrase], x: float, centred: set[int]) -> list[tuple[list[Phrase], _Columns]]:
    found: list[tuple[list[Phrase], _Columns]] = []
    run: list[Phrase] = []
    top = float("-inf")
    for phrase in ordered:
        if id(phrase) in centred or (phrase.x0 < x - 1 and phrase.x1 > x - _GUTTER):
            if run:
                found.append((run, _Columns(x, top, phrase.base)))
            run, top = [], phrase.base
        else:
            run.append(phrase)
    if run:
        found.append((run, _Columns(x, top, float("inf"))))
    return found


def _columns_kind(left: list[Phrase], right: list[Phrase]) -> str:
    """``cards`` or ``columns``; nothing for one text with labels or dates set apart in its rows."""
    if not left or not right:
        return ""
    top, bottom = max(left[0].base, right[0].base), min(left[-1].base, right[-1].base)
    left, right = _between(left, top, bottom), _between(right, top, bottom)
    fewer = min(len(left), len(right))
    if fewer < 3 or (fewer < 8 and not (_is_flush(left) and _is_flush(right))):
        return ""
    if _is_grid(left, right):
        return "cards"
    for side, other in ((left, right), (right, left)):
        if _is_aligned(side, other) or _is_labels(side, other) or _is_dates(side):
            return ""
    return "columns"


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
        if max(Counter(round(x / 3) for x in places).values()) >= 0.35 * len(side):
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


def _is_aligned(side: list[Phrase], other: list[Phrase]) -> bool:
    """Most rows of one side stand on a row of the other side."""
    bases = [p.base for p in other]
    on_row = sum(any(abs(p.base - b) < 0.2 * p.size for b in bases) for p in side)
    return on_row >= 0.7 * len(side)


def _is_labels(side: list[Phrase], other: list[Phrase]) -> bool:
    """Few lines, each alone, spread along a fuller text: headings in the margin."""
    if len(side) * 2 > len(other):
        return False
    alone = 0
    for i, phrase in enumerate(side):
        near = [q for q in side[max(0, i - 1) : i + 2] if q is not phrase]
        alone += all(abs(q.base - phrase.base) > 2.6 * phrase.size for q in near)
    return alone >= 0.6 * len(side)


def _is_dates(side: list[Phrase]) -> bool:
    return sum(bool(_YEAR.search(p.text)) for p in side) >= 0.5 * len(side) and len(side[0].text) < 40
