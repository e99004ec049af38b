"""Parts of the document's text that remember where they stand, and values read from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ingestion.values import Line, Span

EDGES = " \t\n,;:|•·–—-‐/➔→"


@dataclass(frozen=True, slots=True)
class Piece:
    """A substring of the document and its offset."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def cut(self, start: int, end: int | None = None) -> Self:
        return type(self)(self.text[start:end], self.start + start)

    def strip(self, characters: str = EDGES) -> Self:
        left = len(self.text) - len(self.text.lstrip(characters))
        return self.cut(left, max(left, len(self.text.rstrip(characters))))

    def split(self, pattern: re.Pattern[str]) -> list[Self]:
        """The stripped, non-empty pieces between matches."""
        parts, last = [], 0
        for match in pattern.finditer(self.text):
            parts.append(self.cut(last, match.start()))
            last = match.end()
        parts.append(self.cut(last))
        return [part for part in (p.strip() for p in parts) if part.text]

    def without(self, spans: list[Span]) -> list[Self]:
        """What is left, in order, when the spans of the document are taken out."""
        left, last = [], 0
        for span in sorted(spans, key=lambda s: s.start):
            begin, end = span.start - self.start, span.end - self.start
            if 0 <= begin <= len(self.text):
                left.append(self.cut(last, begin))
                last = max(last, min(end, len(self.text)))
        left.append(self.cut(last))
        return left


def piece_of(line: Line) -> Piece:
    return Piece(line.text, line.start)


@dataclass(frozen=True, slots=True)
class Found:
    """A value, where it was read, and how sure we are."""

    value: str
    span: Span
    confidence: float


def found(piece: Piece, confidence: float, value: str | None = None) -> Found:
    """The piece as a value; line ends and cell borders inside it become spaces."""
    text = re.sub(r"\s+", " ", piece.text if value is None else value).strip()
    return Found(text, piece.span, round(confidence, 2))


Entry = Mapping[str, "Found | list[Found] | Entry | list[Entry]"]
