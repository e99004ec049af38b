"""Where a paragraph ends, by what the lines of a document tell about themselves."""

from __future__ import annotations

from itertools import pairwise

from ingestion.values import Document, Line

_WRAPPED = ("txt", "md")


def paragraph_end(document: Document, offset: int) -> int:
    """The end of the paragraph that the offset lies in."""
    end = offset
    for line, following in pairwise([*document.lines, None]):
        if line is None or line.end < offset:
            continue
        end = max(end, line.end)
        if following is None or not _goes_on(line, following, wraps=document.format in _WRAPPED):
            return end
    return end


def _goes_on(line: Line, following: Line, *, wraps: bool) -> bool:
    """Whether the next line is of the same paragraph: the same look, no mark, close below, in formats that wrap lines."""
    if (
        following.bullet
        or following.level
        or line.level
        or following.block != line.block
        or following.page != line.page
    ):
        return False
    if (following.bold, round(following.size)) != (line.bold, round(line.size)):
        return False
    if (
        not line.y1
    ):  # only places tell wrapped lines from paragraphs, and in plain text the blank line, which ends a block
        return wraps
    return 0 < following.y1 - line.y1 < 1.75 * max(line.size, 1)
