"""Gives running text its lines back: headings in capitals, list marks and ranges of dates say where they ended."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from ingestion.parse.dates import find_periods
from ingestion.parse.pieces import Piece
from ingestion.parse.sections import heading_kind
from ingestion.values import Document, Line

_ENDLESS = 300  # characters; a paragraph may be as long, but then it holds no headings
_CAPITALS = re.compile(r"(?<![^\s\W])[^\W\d_a-zß-ÿ]{3,}(?:[ &/]+[^\W\d_a-zß-ÿ]{2,}){0,4}(?![^\s\W])")
_EDGES = " \t\n•●▪■◦‣⁃➢➔"
_MARK = re.compile(r"\s*[•●▪■◦‣⁃➢➔]\s*")


def with_lines(document: Document) -> Document:
    """The document with its endless lines cut; the text and all offsets into it stay."""
    if not any(len(line.text) > _ENDLESS for line in document.lines):
        return document
    lines = tuple(part for line in document.lines for part in _cut(line))
    return replace(document, lines=lines)


def _cut(line: Line) -> list[Line]:
    headings = list(_headings(line.text)) if len(line.text) > _ENDLESS else []
    if len(headings) < 2:
        return [line]
    marks = [match.span() for match in _MARK.finditer(line.text)]
    ranges = [p.span.end - line.start for p in find_periods(Piece(line.text, line.start)) if p.is_range]
    ends = {end for _, end in marks}
    cuts = sorted({0, len(line.text), *(o for span in headings for o in span), *(s for s, _ in marks), *ends, *ranges})
    lines: list[Line] = []
    for start, end in itertools.pairwise(cuts):
        part = Piece(line.text[start:end], line.start + start).strip(_EDGES)
        if any(c.isalnum() for c in part.text):
            lines.append(replace(line, text=part.text, start=part.start, breaks=(), bullet=start in ends))
    return lines


def _headings(text: str) -> Iterator[tuple[int, int]]:
    """Where capitals spell a known heading: the longest words from the first on that do."""
    for match in _CAPITALS.finditer(text):
        ends = [m.end() for m in re.finditer(r"[^\s&/]+", match[0])]
        end = next((e for e in reversed(ends) if heading_kind(match[0][:e])), 0)
        if end:
            yield match.start(), match.start() + end
