"""Undoes cards: entries that stand beside each other, of which a line holds one row across all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from ingestion.parse.dates import find_periods
from ingestion.parse.pieces import Piece
from ingestion.values import Line


def without_cards(lines: list[Line]) -> list[Line]:
    """The lines with runs of cards read card by card; label tables and rows that end in a date stay as they are."""
    ordered: list[Line] = []
    for count, run in groupby(lines, key=lambda line: line.text.count("\t") + 1):
        rows = [list(_cells(line)) for line in run]
        if count > 1 and len(rows) > 1 and _are_cards(rows):
            ordered += [row[column] for column in range(count) for row in rows]
        else:
            ordered += [line for line in lines if any(line.start == row[0].start for row in rows)]
    return ordered


def _cells(line: Line) -> Iterator[Line]:
    offset = 0
    width = (line.x1 - line.x0) / max(len(line.text), 1)
    for cell in line.text.split("\t"):
        breaks = tuple(b - offset for b in line.breaks if offset < b < offset + len(cell))
        left = line.x0 if line.y0 else offset
        yield replace(line, text=cell, start=line.start + offset, breaks=breaks, x0=left, x1=left + width * len(cell))
        offset += len(cell) + 1


def _are_cards(rows: list[list[Line]]) -> bool:
    """Every row says the same kind of thing in all its cells: lists beside lists, dates beside dates."""
    return all(_alike([("," in c.text) for c in row]) and _alike([_is_dated(c) for c in row]) for row in rows)


def _alike(flags: list[bool]) -> bool:
    return all(flags) or not any(flags)


def _is_dated(cell: Line) -> bool:
    return bool(find_periods(Piece(cell.text, cell.start)))
