"""What corrections change in the text that is matched: words that do not hold any more, and words that came to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ingestion.corrections.apply import Corrected
from ingestion.corrections.schema import BASICS, MENTIONED, PROFILES
from ingestion.corrections.sheet import leaves, sheet_of
from ingestion.values import ParsedCV, Span

# What a person is and not what they can, and words about other people.
_UNMATCHED = {PROFILES, "references"}
_HEADS = {"skills": "Skills", "languages": "Languages"}


def without_corrected(text: str, read: ParsedCV, reading: Corrected) -> str:
    """The text of the same length without the words that were read and are corrected, except where others were read too."""
    values = {value.origin: value for _, value in leaves(reading.sheet) if value.origin}
    were_read = {value.origin: read.evidence.get(value.origin) for _, value in leaves(sheet_of(read))}
    places = {path: evidence for path, evidence in were_read.items() if evidence}
    kept = [e.span for path, e in places.items() if path in values and not values[path].by]
    letters = list(text)
    for path, evidence in places.items():
        value = values.get(path)
        if value is None or value.by:
            still = set(_words(value.text)) if value else set()
            for start, end in _gone(text, evidence.span, still, kept):
                letters[start:end] = " " * (end - start)
    return "".join(letters)


def added_words(reading: Corrected) -> str:
    """What people wrote of the work, line by line; nothing that tells who somebody is."""
    lines: list[str] = []
    listed: dict[str, list[str]] = defaultdict(list)
    for path, value in leaves(reading.sheet):
        section, name = re.sub(r"\[.*", "", path).partition(".")[0], path.rpartition(".")[2]
        if not value.by or not _is_matched(path, section):
            continue
        if section in _HEADS:
            if name != "level":
                listed[section].append(value.text)
        elif not name.endswith(("Date", "date")):
            lines.append(value.text)
    lines += [f"{_HEADS[section]}: {', '.join(filter(None, texts))}" for section, texts in listed.items()]
    return "\n".join(line for line in lines if line)


def _is_matched(path: str, section: str) -> bool:
    if section == BASICS:
        return path in {"basics.label", "basics.summary"}
    return section not in _UNMATCHED | {MENTIONED}


def _gone(text: str, span: Span, still: set[str], kept: list[Span]) -> Iterator[tuple[int, int]]:
    for word in re.finditer(r"\S+", text[span.start : span.end]):
        start, end = span.start + word.start(), span.start + word.end()
        covered = any(other.start < end and start < other.end for other in kept)
        if not covered and not still.intersection(_words(word[0])):
            yield start, end


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
