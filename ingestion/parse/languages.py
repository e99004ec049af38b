"""Languages with their level, from lists, tables and sentences."""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.parse.cards import without_cards
from ingestion.parse.pieces import Entry, Piece, found, piece_of
from ingestion.parse.wordlists import either, fold, folded, read_words
from ingestion.values import Line

_WORDS = read_words("languages")
_NAMES = folded(_WORDS["names"])
_LEVEL = re.compile(rf"(?<!\w)(?:[abc][12]\+?|{either(_WORDS['levels'])})(?!\w)", re.IGNORECASE)
_LABEL = re.compile(r"(?i)^(?:fluency|level|niveau|nivel|livello|poziom|proficiency)\s*:?\s*")
_ITEM = re.compile(r"\s*[|;•·]\s*|\s*,\s*(?![^()]*\))|\n")
_PAIR = re.compile(r"\s*:\s*|\s+[–—-]\s+|\t|\s*\((?=[^()]*\)\s*$)|\s*\n\s*")
_EDGES = " \t\n,;:|•·–—-.()/"


def is_language(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", fold(text))
    return 0 < len(words) <= 4 and (any(w in _NAMES for w in words) or " ".join(words) in _NAMES)


def read_languages(lines: list[Line]) -> list[Entry]:
    entries: list[dict[str, Piece]] = []
    beside = any(sum(is_language(cell) for cell in line.text.split("\t")) > 1 for line in lines)
    for line in without_cards(lines) if beside else lines:
        for item in _line_items(piece_of(line)):
            _take(item, entries)
    return [
        {
            "language": found(entry["language"], 0.95 if is_language(entry["language"].text) else 0.5),
            **({"fluency": found(entry["fluency"], 0.85)} if "fluency" in entry else {}),
        }
        for entry in entries
    ]


def mentioned_languages(lines: list[Line]) -> list[Entry]:
    """Languages in a cell that holds nothing else, for CVs that name them beside the contact details."""
    for line in lines:
        for cell in piece_of(line).split(re.compile(r"[\t|•]")):
            items = [p.text for p in cell.split(_ITEM)]
            if items and all(fold(item) in _NAMES for item in items):
                return read_languages([replace(line, text=cell.text, start=cell.start)])
    return []


def _line_items(piece: Piece) -> list[Piece]:
    """Cells that each name a language are items of their own; else a cell is the level of the one before."""
    cells = piece.split(re.compile(r"\t"))
    if sum(is_language(c.text) for c in cells) > 1:
        return [p for c in cells for p in c.split(_ITEM)]
    return piece.split(_ITEM)


def _level_at(text: str) -> int:
    """Where the level begins behind a language that only a space sets apart, or 0: ``Englisch gute Kenntnisse``."""
    name, space, rest = text.partition(" ")
    if space and fold(name) in _NAMES and _LEVEL.match(rest.strip()):
        return len(name)
    level = _LEVEL.search(text)
    return level.start() if level and level.start() > 2 else 0


def _take(item: Piece, entries: list[dict[str, Piece]]) -> None:
    label = _LABEL.match(item.text)
    if label:
        if entries and label.end() < len(item.text):
            entries[-1].setdefault("fluency", item.cut(label.end()).strip(_EDGES))
        return
    parts = [p.strip(_EDGES) for p in item.split(_PAIR)]
    parts = [p for p in parts if any(c.isalnum() for c in p.text)]
    if not parts:
        return
    first = parts[0]
    if is_language(first.text) or (len(parts) > 1 and not _LEVEL.search(first.text)):
        if cut := _level_at(first.text):
            parts = [first.cut(0, cut).strip(_EDGES), first.cut(cut), *parts[1:]]
        entries.append(dict(zip(("language", "fluency"), parts, strict=False)))
    elif entries and "fluency" not in entries[-1] and _LEVEL.search(first.text):
        entries[-1]["fluency"] = first
    elif not _LEVEL.search(first.text) and len(first.text.split()) <= 2 and first.text[:1].isupper():
        entries.append({"language": first})
