"""Joins the words of a page to phrases: what stands on one baseline without a wide gap."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.extract.assemble import BULLETS, STYLE_BREAK, SYMBOL_FONT
from ingestion.extract.glyphs import Word

_CELL_GAP = 0.9  # of the font size: wider than justified word gaps, narrower than any gap between columns
_EDGE_GAP = 0.5  # enough before words that stand at the edge of a column
_MARK_GAP = 2.5  # between the mark of a list and its text
_MARKS = {*BULLETS, *map(chr, SYMBOL_FONT)}


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
    certainty: float = 1


def phrases(words: Sequence[Word]) -> list[Phrase]:
    lines: list[list[Word]] = []
    for row in _same_baseline(list(words)):
        line: list[Word] = []
        for word in row:
            gap = _MARK_GAP if line and line[-1].text in _MARKS else _CELL_GAP
            if line and word.x0 - line[-1].x1 > gap * max(word.size, line[-1].size):
                lines.append(line)
                line = []
            line.append(word)
        lines.append(line)
    return [_phrase(part) for line in lines for part in _cut_at_edge(line, lines)]


def _cut_at_edge(line: list[Word], lines: list[list[Word]]) -> list[list[Word]]:
    """Columns that nearly touch: words go on in another one where they stand at the edge at which many lines begin.

    The gap before them is wider than a space, or what comes before is an address that was too long for its column.
    """
    for i, (word, following) in enumerate(itertools.pairwise(line), 1):
        wide = following.x0 - word.x1 > _EDGE_GAP * max(word.size, following.size)
        at_edge = (wide or is_address(word.text)) and word.text not in _MARKS
        if at_edge and sum(abs(other[0].x0 - following.x0) < 0.8 for other in lines) > 3:
            return [line[:i], *_cut_at_edge(line[i:], lines)]
    return [line]


def is_address(text: str) -> bool:
    """Text is broken at spaces, so only an address can be too long for its column and run on into the next."""
    return " " not in text and len(text) > 12 and any(mark in text for mark in "@/.")


def _phrase(words: list[Word]) -> Phrase:
    longest = max(words, key=lambda w: w.size)
    x1, top = max(w.x1 for w in words), min(w.top for w in words)
    certainty = sum(w.certainty * len(w.text) for w in words) / sum(len(w.text) for w in words)
    return Phrase(_join(words), words[0].x0, x1, top, longest.base, longest.size, words[0].bold, certainty)


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
