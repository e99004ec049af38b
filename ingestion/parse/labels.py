"""Names of fields before their values, as in tables of personal data and in forms such as Europass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import cache

from ingestion.parse.pieces import EDGES, Piece, piece_of
from ingestion.parse.wordlists import fold, read_words
from ingestion.values import Line

_SEPARATOR = re.compile(r"\s*[:.]?\s*\t\s*|\s*:\s*")
_MOST_WORDS = 12

Record = dict[str, list[Piece]]  # label → its value and the lines that go on with it


@cache
def _kinds() -> Mapping[str, str]:
    kinds: dict[str, str] = {}
    for kind, labels in read_words("labels").items():
        for label in labels:
            kinds.setdefault(_plain(label), kind)
    return kinds


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def label_kind(text: str) -> str:
    """What a label of these words names, or nothing."""
    return _kinds().get(_plain(text), "") if len(text) < 90 else ""


def labelled(line: Line) -> tuple[str, Piece] | None:
    """The kind of the label that a tab or a colon sets apart, and the value behind it."""
    separator = _SEPARATOR.search(line.text)
    kind = label_kind(line.text[: separator.start()]) if separator else ""
    return (kind, piece_of(line).cut(separator.end()).strip(EDGES)) if separator and kind else None


def opens_with_label(line: Line) -> tuple[str, Piece] | None:
    """The same also where nothing but a space sets the label apart; the longest label counts."""
    if (found := labelled(line)) is not None:
        return found
    words = list(re.finditer(r"\S+", line.text))[:_MOST_WORDS]
    for last in reversed(words):
        if kind := label_kind(line.text[: last.end()]):
            return kind, piece_of(line).cut(last.end()).strip(EDGES)
    return None


def read_fields(lines: list[Line], needed: Set[str]) -> list[Record]:
    """Records of a form that names every field: a record begins where its first label comes again.

    Empty unless at least half of the lines are labelled and most records have one of the ``needed`` labels. Labels that nothing
    but a space sets apart count only in a form whose records begin with their period: many names begin like a label.
    A line without a label goes on with the field above; one that only ends a label of two lines adds nothing.
    """
    records: list[Record] = []
    first, last = "", ""
    named = 0
    for line in lines:
        found = labelled(line) or _opens_long_label(line) or opens_with_label(line)
        if found is None:
            if records and last:
                records[-1][last].append(piece_of(line))
            continue
        named += 1
        last = found[0]
        first = first or last
        if last == first or not records:
            records.append({})
        records[-1].setdefault(last, []).append(found[1])
    known = [record for record in records if record.keys() & needed]
    certain = first == "period" or all(labelled(line) or not opens_with_label(line) for line in lines)
    complete = named * 2 >= len(lines) and any(len(record) > 1 for record in known) and len(known) * 2 > len(records)
    return known if certain and complete else []


def _opens_long_label(line: Line) -> tuple[str, Piece] | None:
    """The first line of a label that is broken in two: what a tab sets apart is how a label begins."""
    cell, tab, _ = line.text.partition("\t")
    begin = _plain(cell)
    if not tab or len(begin.split()) < 2:
        return None
    kinds = {kind for label, kind in _kinds().items() if label.startswith(f"{begin} ")}
    return (kinds.pop(), piece_of(line).cut(len(cell) + 1).strip(EDGES)) if len(kinds) == 1 else None
