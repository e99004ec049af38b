"""Takes the head of an entry apart into pieces such as title, employer and place."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from ingestion.parse.dates import find_periods
from ingestion.parse.entries import Draft
from ingestion.parse.pieces import Piece, piece_of
from ingestion.parse.places import place_score
from ingestion.parse.words import find_degree, glued_at, is_school, organisation_score, title_score, titleness
from ingestion.values import Line

URL = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|inc|example|co\.uk)(?:/\S*)?\b", re.IGNORECASE
)
_STRONG = re.compile(
    r"\s*[|·•]\s*|\s+[–—]\s+|\s+-\s+|\s*\t\s*|\s+(?:@|at|bei|chez|presso)\s+(?=[A-Z0-9])|\s*\((?=[^)]*\)$)"
)
_COLON = re.compile(r":\s+")
_COMMA = re.compile(r",\s+")
_NOT_ALONE = re.compile(r"(?i)^(?:inc|ltd|llc|llp|plc|corp|co|gmbh|ag|s\.?a|s\.?l|s\.?r\.?l|limited|jr|sr|phd|md)\.?$")


@dataclass(slots=True)
class Part:
    """A piece of an entry's head; ``row`` counts the head's lines, ``first_in_row`` says that nothing stands before it."""

    piece: Piece
    row: int
    first_in_row: bool


def head_parts(draft: Draft, *, colons: bool = False) -> tuple[list[Part], list[Piece], list[Piece]]:
    """Parts without dates, then places, then web addresses; ``colons`` cuts ``School: subject`` as well."""
    parts: list[Part] = []
    places: list[Piece] = []
    urls: list[Piece] = []
    for row, line in enumerate(draft.head):
        for number, piece in enumerate(_cells(line, colons)):
            if URL.fullmatch(piece.text):
                urls.append(piece)
            elif is_place(piece.text) and (parts or number or len(draft.head) > 1):
                places.append(piece)
            else:
                parts.append(Part(piece, row, number == 0))
    if not parts and places:
        parts, places = [Part(places[0], 0, True)], places[1:]
    return parts, places, urls


def _cells(line: Line, colons: bool) -> list[Piece]:
    """The line without its dates, cut at cell borders, strong separators and changes of font."""
    piece = piece_of(line)
    spans = [p.span for p in find_periods(piece)]
    pieces = [p for left in piece.without(spans) for p in left.split(_STRONG)]
    if colons:
        pieces = [p for whole in pieces for p in whole.split(_COLON)]
    return [part for p in pieces for part in _at_breaks(p, line) if any(c.isalnum() for c in part.text)]


def _at_breaks(piece: Piece, line: Line) -> list[Piece]:
    """Cuts where the font changes, if a word border or a comma stands there as well."""
    offsets = [line.start + b - piece.start for b in line.breaks if piece.start < line.start + b < piece.end]
    cuts = [0, *(o for o in offsets if _is_border(piece.text, o) or _parts_kinds(piece.text, o)), len(piece.text)]
    parts = [piece.cut(a, b).strip(" \t,;:|•·–—-(") for a, b in itertools.pairwise(cuts)]
    parts = [_closed(p) for p in parts if any(c.isalnum() for c in p.text)]
    return [q for p in parts for r in _unglued(p) for q in split_place(r)]


def _unglued(piece: Piece) -> list[Piece]:
    at = glued_at(piece.text)
    return [piece.cut(0, at), piece.cut(at)] if at else [piece]


def _is_border(text: str, offset: int) -> bool:
    before, after = text[:offset].rstrip(), text[offset:].lstrip()
    return bool(before) and bool(after) and (before[-1] in ",;:–—-|(·" or after[0] in ",;:–—-|(·")


def _parts_kinds(text: str, offset: int) -> bool:
    """A change of font between a title and a name, or a name and its place, parts them without any mark."""
    before, after = text[:offset].strip(), text[offset:].strip()
    if not before or not after[:1].isupper() or not before[:1].isupper():
        return False
    kinds = {_kind(before), _kind(after)}
    return len(kinds) == 2 and bool(kinds & {"title", "degree", "place"})


def _kind(text: str) -> str:
    if is_place(text):
        return "place"
    degree = find_degree(text)
    if degree is not None and degree.start() == 0:
        return "degree"
    return "title" if title_score(text) >= 0.7 and titleness(text) > 0 else ""


def _closed(piece: Piece) -> Piece:
    """Without a bracket that lost its partner."""
    text = piece.text
    if text.endswith(")") and "(" not in text:
        return piece.cut(0, len(text) - 1).strip(" \t,;")
    return piece


def is_place(text: str) -> bool:
    """A place that is not a school, an employer or a title named after one; the MA of ``Design, MA`` is a degree."""
    score = place_score(text)
    degree = find_degree(text.rpartition(",")[2])
    if score < 0.8 or (degree and (score < 0.85 or degree[0] == text)):
        return False
    return not is_school(text) and organisation_score(text) < 1 and title_score(text) < 0.7


def split_place(piece: Piece) -> list[Piece]:
    """``Employer, City, Country`` as employer and place."""
    commas = [m.start() for m in _COMMA.finditer(piece.text)]
    for comma in commas:
        tail = piece.cut(comma).strip(" ,")
        if (
            is_place(tail.text)
            and not _NOT_ALONE.match(tail.text)
            and not _holds_employer(piece.text[:comma], tail.text)
        ):
            return [piece.cut(0, comma).strip(" ,"), tail]
    return [piece]


def _holds_employer(before: str, tail: str) -> bool:
    """``Head Chef, Osteria Zia Rosa, Modena``: behind a title stands its employer, and only then the place."""
    first, comma, rest = tail.partition(", ")
    return bool(comma) and title_score(before) >= 0.7 and place_score(first) < 0.8 and is_place(rest)


def split_commas(piece: Piece) -> list[Piece]:
    """Parts between commas; legal forms and the like stay with the name before them."""
    cuts = [0]
    for match in _COMMA.finditer(piece.text):
        following = re.split(r",\s+", piece.text[match.end() :], maxsplit=1)[0]
        if not _NOT_ALONE.match(following.strip()):
            cuts.append(match.end())
    cuts.append(len(piece.text) + 2)
    parts = [piece.cut(a, min(b, len(piece.text))).strip(" ,") for a, b in itertools.pairwise(cuts)]
    return [p for p in parts if p.text]
