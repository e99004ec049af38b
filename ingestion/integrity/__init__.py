"""Finds what a document in plain view does to be read wrongly: orders to a reader model, stuffing, letters of other scripts.

Only words are looked at. What is out of sight is found by the readers of each format, who ask ``speaks_to_a_reader``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingestion.integrity.instructions import find_instructions, speaks_to_a_reader
from ingestion.integrity.postings import find_posting
from ingestion.integrity.scripts import find_mixed_words
from ingestion.integrity.stuffing import find_stuffing
from ingestion.values import Concern, Document, Line, ParsedCV

__all__ = ["blank_concerns", "speaks_to_a_reader", "with_concerns", "without_concerns"]

_EXCERPT_CHARS = 240
_UNBROKEN = re.compile(r"\S+(?:[ \t]{1,2}\S+)*")


def with_concerns(document: Document) -> Document:
    """The document with a concern for each place in view that nothing should be read from."""
    found = [
        *(("instruction", "instruction to a reader", span) for span in find_instructions(document)),
        *(("stuffing", reason, span) for reason, span in find_stuffing(document)),
        *(("stuffing", "a job advertisement", span) for span in find_posting(document)),
        *(("glyphs", "letters of two scripts in one word", span) for span in find_mixed_words(document.text)),
    ]
    concerns = [
        Concern(kind, reason, _excerpt(document.text[start:end]), document.page_at(start), start, end)
        for kind, reason, (start, end) in found
    ]
    return replace(document, concerns=(*document.concerns, *concerns)) if concerns else document


def without_concerns(document: Document) -> Document:
    """The document for the parser: the same places, with nothing at those of concern.

    What is left of a line on both sides of such a place becomes lines of its own: long blanks would read as columns, and
    patterns for white space take long over them.
    """
    spans = [(c.start, c.end) for c in document.concerns if c.end > c.start]
    if not spans:
        return document
    text = blanked(document.text, spans)
    lines = (part for line in document.lines for part in _parts(line, text[line.start : line.end]))
    return replace(document, text=text, lines=tuple(lines))


def _parts(line: Line, text: str) -> Iterator[Line]:
    if text == line.text:
        yield line
        return
    for part in _UNBROKEN.finditer(text):
        yield replace(line, text=part[0], start=line.start + part.start(), breaks=())


def blank_concerns(text: str, parsed: ParsedCV) -> str:
    """The text of the same length with spaces wherever something of concern stands in view."""
    return blanked(text, [(c.start, c.end) for c in parsed.concerns])


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _EXCERPT_CHARS else f"{words[: _EXCERPT_CHARS - 1]}…"
