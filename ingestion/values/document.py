"""A file as lines with positions, and what in it should not be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Span:
    """Character offsets into ``Document.text``; the end is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One visual line; cells that stand apart are separated by tabs. Positions in PDF points from the top left, or 0."""

    text: str
    start: int
    page: int = 1
    x0: float = 0
    y0: float = 0
    x1: float = 0
    y1: float = 0
    size: float = 0
    bold: bool = False
    level: int = 0  # 1 to 6 where the format marks headings
    bullet: bool = False  # an item of a list, whether or not the mark itself is part of the text
    block: int = 0  # lines of one column, cell or paragraph group share a number
    certainty: float = 1  # of the characters, in [0, 1]; below 1 where they were recognised in a picture
    breaks: tuple[int, ...] = ()  # offsets within the line where a new font or weight begins

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Link:
    """A link target that the page shows only as the words (or the icon) at ``start``."""

    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a recruiter should know before trusting a file, and where it stands.

    ``kind`` is hidden, glyphs, stuffing or instruction; ``reason`` says in a few words how it was noticed, and ``excerpt``
    is what it says, cut short. Text that a person cannot see is no part of ``Document.text``: its span is empty and marks the
    place where it would have stood. Text in view has the span that nothing is read from and nothing is matched with.
    """

    kind: str
    reason: str
    excerpt: str
    page: int = 1
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A file as lines in reading order; every line is found in ``text`` at its start."""

    text: str
    lines: tuple[Line, ...]
    format: str
    page_count: int = 1
    links: tuple[Link, ...] = ()
    concerns: tuple[Concern, ...] = ()
    scanned: bool = False  # read from pictures of letters

    def page_at(self, offset: int) -> int:
        """The page of the last line that starts at or before the offset."""
        page = 1
        for line in self.lines:
            if line.start > offset:
                break
            page = line.page
        return page

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "format": self.format,
            "page_count": self.page_count,
            "lines": [[getattr(line, f.name) for f in fields(Line)[1:]] + [len(line.text)] for line in self.lines],
            "links": [[link.url, link.start, link.end] for link in self.links],
            "concerns": [[getattr(concern, f.name) for f in fields(Concern)] for concern in self.concerns],
            "scanned": self.scanned,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        text = data["text"]
        return cls(
            text=text,
            lines=tuple(_line(text, row) for row in data["lines"]),
            format=data["format"],
            page_count=data["page_count"],
            links=tuple(Link(*row) for row in data["links"]),
            concerns=tuple(Concern(*row) for row in data["concerns"]),
            scanned=data["scanned"],
        )


def _line(text: str, row: list[Any]) -> Line:
    values = dict(zip((f.name for f in fields(Line)[1:]), row, strict=False))
    start = values["start"]
    return Line(text=text[start : start + row[-1]], **{**values, "breaks": tuple(values["breaks"])})
