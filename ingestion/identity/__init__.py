"""Hides who a person is from everything that matches: name, contact data, personal details, and which schools they went to.

Hidden characters become spaces, so that the text keeps its length and every span into it stays true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingestion.identity.names import is_title, of_person, of_schools
from ingestion.identity.patterns import ANYWHERE
from ingestion.identity.veil import close, cover_in, veil
from ingestion.values import ParsedCV

__all__ = ["close", "cover_in", "hide_identity", "hide_in", "veil"]

# Fields of the parsed CV whose places in the text tell who somebody is, or how much others think of their school; what
# they did and learnt there does not.
_PERSONAL = re.compile(r"basics\.(?:name|email|phone|url|profiles)\b|education\[\d+\]\.institution$")


def hide_identity(text: str, parsed: ParsedCV, read: ParsedCV | None = None) -> str:
    """The text of the same length with the person hidden; what only looks like a name elsewhere is left alone.

    ``read`` is what the file was read as, where a person has corrected it to ``parsed``: its places are hidden too.
    """
    spans = [*_fields(read or parsed, parsed, len(text)), *_found(text, parsed)]
    if read is not None:
        spans += [span for pattern in of_schools(read) for span in _places(pattern, text)]
    for start, end in spans:
        text = text[:start] + re.sub(r"\S", " ", text[start:end]) + text[end:]
    return text


def hide_in(words: str, parsed: ParsedCV) -> str:
    """Any text taken from the CV, such as its summary, without the person: how long what was hidden is does not show."""
    for start, end in _found(words, parsed):
        words = words[:start] + re.sub(r"\S", " ", words[start:end]) + words[end:]
    return re.sub(r"[ \t]{2,}", " ", words)


def _fields(read: ParsedCV, parsed: ParsedCV, length: int) -> Iterator[tuple[int, int]]:
    keeps_name = is_title(read.resume.basics.name, parsed)
    for path, evidence in read.evidence.items():
        if _PERSONAL.match(path) and not (path == "basics.name" and keeps_name):
            yield evidence.span.start, min(evidence.span.end, length)


def _found(text: str, parsed: ParsedCV) -> list[tuple[int, int]]:
    patterns: Iterable[re.Pattern[str]] = (*ANYWHERE, *of_person(parsed), *of_schools(parsed))
    return [span for pattern in patterns for span in _places(pattern, text)]


def _places(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))
