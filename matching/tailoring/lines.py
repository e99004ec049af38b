"""Reads the text of a CV as lines: which section each is in, which open an item, and which hold what makes an entry."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from ingestion.extract.assemble import BULLETS
from ingestion.parse.sections import split_sections
from ingestion.values import Document, Line, ParsedCV
from matching.tailoring.values import CVLine

# Values that make an entry what it is. Their lines stay as they are and where they are.
_FIXED = re.compile(
    r"basics\.(?:name|label|email|phone|url|location|profiles)"
    r"|(?:work|volunteer)\[\d+\]\.(?:name|organization|position|location|url|startDate|endDate)$"
    r"|education\[\d+\]\.(?:institution|area|studyType|startDate|endDate|score)$"
    r"|(?:certificates|awards|publications|languages)\[|projects\[\d+\]\.(?:name|startDate|endDate)$"
)
# Values that are items, each perhaps longer than a line.
_ITEM = re.compile(r"\.(?:highlights|courses)\[\d+\]$")
_BULLET = re.compile(rf"\s*[{re.escape(BULLETS)}]\s*(?=\S)(?![{re.escape(BULLETS)}\d])")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# A line that is shorter has ended by itself; a longer one was wrapped.
_WRAPPED_FROM = 60


@dataclass
class _Marks:
    """What is known of each line, by its number from 0."""

    sections: dict[int, str] = field(default_factory=dict)
    headings: set[int] = field(default_factory=set)
    fixed: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    continued: set[int] = field(default_factory=set)


def read_lines(text: str, parsed: ParsedCV, *, hidden: str | None = None) -> tuple[CVLine, ...]:
    """The lines of a text that was read as ``parsed``; ``hidden`` is the same text with the person blanked out."""
    pieces = text.split("\n")
    starts = [0, *accumulate(len(piece) + 1 for piece in pieces[:-1])]
    shown = (hidden or text)[: len(text)].ljust(len(text))
    marks = _Marks()
    _mark_sections(text, pieces, starts, marks)
    _mark_values(parsed, starts, marks)
    lines: list[CVLine] = []
    for at, (piece, start) in enumerate(zip(pieces, starts, strict=True)):
        lines.append(_line(at, piece, shown[start : start + len(piece)], marks, lines[-1] if lines else None))
    return tuple(lines)


def _line(at: int, piece: str, shown: str, marks: _Marks, above: CVLine | None) -> CVLine:
    is_heading, is_bullet = at in marks.headings, at in marks.items or bool(_BULLET.match(piece))
    is_fixed = at in marks.fixed or (bool(_YEAR.search(piece)) and not is_bullet)
    goes_on = not (is_heading or is_bullet or is_fixed or not piece.strip()) and (
        at in marks.continued or _wraps(above, piece, marks.sections.get(at, ""))
    )
    return CVLine(at + 1, piece, marks.sections.get(at, ""), is_heading, is_bullet, is_fixed, goes_on, shown)


def _wraps(above: CVLine | None, piece: str, section: str) -> bool:
    """An item goes on below itself, and so does a long line that ends within a sentence."""
    if above is None or above.is_heading or above.is_fixed or not above.text.strip() or above.section != section:
        return False
    starts_small = piece.lstrip()[:1].islower()
    ends_within = above.text.rstrip()[-1:] not in ".;:!?" and len(above.text) >= _WRAPPED_FROM
    return starts_small or (ends_within and (above.is_bullet or above.continues or section in {"summary", "work", ""}))


def _mark_sections(text: str, pieces: Sequence[str], starts: Sequence[int], marks: _Marks) -> None:
    plain = tuple(
        Line(piece, start, bullet=bool(_BULLET.match(piece)))
        for piece, start in zip(pieces, starts, strict=True)
        if piece.strip()
    )
    for section in split_sections(Document(text, plain, "txt")):
        if section.heading is not None:
            first = _at(starts, section.heading.start)
            for at in range(first, _at(starts, max(section.heading.end - 1, section.heading.start)) + 1):
                marks.sections[at] = section.kind
                if pieces[at].strip() in section.heading.text:
                    marks.headings.add(at)
        for line in section.lines:
            marks.sections.setdefault(_at(starts, line.start), section.kind)


def _mark_values(parsed: ParsedCV, starts: Sequence[int], marks: _Marks) -> None:
    for path, first, last in _placed(parsed, starts):
        if _FIXED.match(path):
            marks.fixed.update(range(first, last + 1))
        if _ITEM.search(path):
            marks.items.add(first)
            marks.continued.update(range(first + 1, last + 1))


def _placed(parsed: ParsedCV, starts: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """A value by its path, with the first and the last line that it stands in."""
    for path, evidence in parsed.evidence.items():
        span = evidence.span
        yield path, _at(starts, span.start), _at(starts, max(span.end - 1, span.start))


def _at(starts: Sequence[int], offset: int) -> int:
    return bisect_right(starts, offset) - 1
