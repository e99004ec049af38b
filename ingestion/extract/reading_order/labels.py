"""Reads a heading in the margin before its text, also where it stands half way down the lines of it."""

from __future__ import annotations

import itertools
from dataclasses import replace

from ingestion.extract.reading_order.phrases import Phrase

_LARGER = 1.1  # than the text it heads
_MOST_ROWS = 9  # of a text, above or below the middle of its heading
_APART = 1.15  # the gap around a text is so much wider than those between its rows


def with_labels_first(lines: list[list[Phrase]]) -> list[list[Phrase]]:
    """Rows from top to bottom, in which a cell that is centred on its height heads the first row beside it."""
    done = 0
    while done < len(lines):
        label = _label(lines, done)
        span = _rows_beside(lines, label, done)
        if span is None:
            done += 1
            continue
        first, end = span
        heading = replace(label[0], text=" ".join(part.text for part in label))
        texts = [text for line in lines[first:end] if (text := _without(line, label))]
        lines = [*lines[:first], [heading, *texts[0]], *texts[1:], *lines[end:]]
        done = first + len(texts)
    return lines


def _label(lines: list[list[Phrase]], index: int) -> list[Phrase]:
    """The first cell of a row and those below it in which it goes on."""
    label = [lines[index][0]]
    for line in lines[index + 1 : index + 4]:
        cell, above = line[0], label[-1]
        same = abs(cell.x0 - above.x0) < 1 and abs(cell.size - above.size) < 0.03 * cell.size
        if same and cell.base - above.base < 1.5 * cell.size:
            label.append(cell)
    return label


def _rows_beside(lines: list[list[Phrase]], label: list[Phrase], index: int) -> tuple[int, int] | None:
    """First row and end of the text whose middle is that of the label, if it has rows above it."""
    middle = (_centre(label[0]) + _centre(label[-1])) / 2
    start = end = index
    while start > 0 and index - start < _MOST_ROWS and _is_right_of(lines[start - 1], label):
        start -= 1
    while end < len(lines) and end - index < 2 * _MOST_ROWS and _is_right_of(_without(lines[end], label), label):
        end += 1
    for first in range(start, index):
        for last in range(end, index, -1):
            texts = [text[0] for line in lines[first:last] if (text := _without(line, label))]
            centred = abs((_centre(texts[0]) + _centre(texts[-1])) / 2 - middle) < 0.4 * texts[0].size
            if len(texts) > 1 and centred and _is_apart(lines, first, last, texts):
                return first, last
    return None


def _is_apart(lines: list[list[Phrase]], first: int, end: int, texts: list[Phrase]) -> bool:
    inner = max(b.base - a.base for a, b in itertools.pairwise(texts))
    above = texts[0].base - lines[first - 1][0].base if first else float("inf")
    below = lines[end][0].base - texts[-1].base if end < len(lines) else float("inf")
    return min(above, below) > _APART * inner


def _is_right_of(line: list[Phrase], label: list[Phrase]) -> bool:
    edge = max(part.x1 for part in label)
    return all(p.x0 > edge and p.size * _LARGER < label[0].size for p in line)


def _without(line: list[Phrase], label: list[Phrase]) -> list[Phrase]:
    return [p for p in line if all(p is not part for part in label)]


def _centre(phrase: Phrase) -> float:
    return phrase.base - 0.35 * phrase.size
