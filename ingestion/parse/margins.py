"""Dates that a narrow margin breaks in two: ``de mayo de 2012 a febrero`` beside a title and ``de 2018`` beside the employer."""

from __future__ import annotations

import itertools
from dataclasses import replace

from ingestion.parse.dates import Period, find_periods
from ingestion.parse.pieces import Piece
from ingestion.values import Line, Span


def unwrap_margin(lines: list[Line]) -> tuple[list[Line], dict[int, list[Period]]]:
    """The lines without the two cells of such a date, and by the number of its first line the period that they make."""
    unwrapped = list(lines)
    periods: dict[int, list[Period]] = {}
    for number, (line, following) in enumerate(itertools.pairwise(lines)):
        if number - 1 in periods or (ends := _border(line, following)) is None:
            continue
        periods[number] = [_period(line, following, *ends)]
        unwrapped[number] = _without_cell(line, ends[0])
        unwrapped[number + 1] = _without_cell(following, ends[1])
    return unwrapped, periods


def _border(line: Line, following: Line) -> tuple[int, int] | None:
    """Where the cells end that are one range together and none apart; both rows must say something else beside them."""
    if line.end + 1 != following.start or line.bullet or following.bullet:
        return None
    for first in _ends(line):
        if not _begins_range(Piece(line.text[:first], line.start)):
            continue
        for second in _ends(following):
            if _is_range(Piece(f"{line.text[:first].rstrip()}\n{following.text[:second]}", line.start)):
                return first, second
    return None


def _ends(line: Line) -> list[int]:
    """Where the first cell may end: at a tab or at a change of font."""
    tab = line.text.find("\t")
    return [end for end in ([tab] if tab > 0 else list(line.breaks)) if line.text[end:].strip()]


def _begins_range(cell: Piece) -> bool:
    """A date and then a word or a dash, so that more must come."""
    dates = find_periods(cell)
    rest = (
        cell.text[dates[0].start.span.end - cell.start :].strip() if len(dates) == 1 and not dates[0].is_range else ""
    )
    return bool(rest) and len(rest) < 20


def _is_range(cells: Piece) -> bool:
    dates = find_periods(cells)
    if len(dates) != 1 or not dates[0].is_range:
        return False
    return not any(c.isalnum() for rest in cells.without([dates[0].span]) for c in rest.text)


def _period(line: Line, following: Line, first: int, second: int) -> Period:
    """The range with its end placed where its year stands, in the second cell."""
    whole = find_periods(Piece(f"{line.text[:first].rstrip()}\n{following.text[:second]}", line.start))[0]
    end_span = Span(following.start, following.start + len(following.text[:second].rstrip()))
    end = replace(whole.end, span=end_span) if whole.end else None
    return replace(whole, end=end, span=Span(whole.span.start, line.start + len(line.text[:first].rstrip())))


def _without_cell(line: Line, end: int) -> Line:
    cut = end + len(line.text[end:]) - len(line.text[end:].lstrip())
    return replace(
        line, text=line.text[cut:], start=line.start + cut, breaks=tuple(b - cut for b in line.breaks if b > cut)
    )
