"""The text of an entry: a summary in sentences and highlights as a list."""

from __future__ import annotations

from itertools import pairwise

from ingestion.parse.dates import find_periods
from ingestion.parse.lexicon import fold
from ingestion.parse.pieces import Found, Piece, piece_of
from ingestion.values import Line, Span

_LABELS = {"highlights", "responsibilities", "achievements", "duties", "tasks", "description", "summary"}


def paragraph(lines: list[Line], confidence: float) -> Found:
    """Lines that follow each other as one value, with words put together that were hyphenated at a line's end."""
    text = ""
    for line in lines:
        line_text = line.text.replace("\t", " ")
        if text.endswith("-") and line_text[:1].islower() and text[-2:-1].isalpha():
            text = text[:-1] + line_text
        else:
            text += ("" if text.endswith("/") else " ") + line_text
    span = Span(lines[0].start, lines[-1].end)
    return Found(" ".join(text.split()), span, confidence)


def read_body(lines: list[Line]) -> dict[str, Found | list[Found]]:
    """Indented or marked lines are highlights, the rest is the summary."""
    lines = [line for line in lines if fold(line.text.strip(":")) not in _LABELS and not _is_only_date(piece_of(line))]
    if not lines:
        return {}
    left = min(line.x0 for line in lines)
    marked = [line.bullet or line.x0 > left + 8 for line in lines]
    fields: dict[str, Found | list[Found]] = {}
    highlights = _grouped([line for line, mark in zip(lines, marked, strict=True) if mark])
    summary = [line for line, mark in zip(lines, marked, strict=True) if not mark]
    if summary and not (highlights and summary[0].start > highlights[0][0].start):
        fields["summary"] = paragraph(contiguous(summary), 0.8)
    if highlights:
        fields["highlights"] = [paragraph(group, 0.85) for group in highlights]
    return fields


def contiguous(lines: list[Line]) -> list[Line]:
    """The lines up to the first gap in the text: one value has one place."""
    for number, (line, following) in enumerate(pairwise(lines), 1):
        if following.start != line.end + 1:
            return lines[:number]
    return lines


def _is_only_date(piece: Piece) -> bool:
    left = piece.without([p.span for p in find_periods(piece)])
    return not any(c.isalnum() for p in left for c in p.text)


def _grouped(lines: list[Line]) -> list[list[Line]]:
    """Wrapped lines join the item above: without a mark of their own, and where all have none, by a small first letter."""
    has_marks = any(line.bullet for line in lines)
    groups: list[list[Line]] = []
    for line in lines:
        goes_on = groups and ((has_marks and not line.bullet) or (not has_marks and not line.text[:1].isupper()))
        if goes_on and line.start == groups[-1][-1].end + 1:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
