"""Who the CV is about: name, label and place, from the top of the document."""

from __future__ import annotations

import re

from ingestion.parse.heads import split_commas
from ingestion.parse.lexicon import fold
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.places import country_code, is_city, place_score
from ingestion.parse.sections import heading_kind
from ingestion.parse.words import glued_at, organisation_score, title_score
from ingestion.values import Line, Span

_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?:\s+[^\W\d_][\w'’.-]*){1,6}")
_BAD_NAME = re.compile(
    r"[@/\d|]|https?:|www\.|\b(?:curriculum|vitae|resume|résumé|lebenslauf|cv|page|updated|skip to)\b", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*[|•·\t]\s*|\s+[–—]\s+|\n")


def find_name(lines: list[Line], email: str) -> tuple[Found | None, Found | None]:
    """The name, and a label when it stands on the same line."""
    best: tuple[float, list[Piece]] | None = None
    largest = max((line.size for line in lines), default=0)
    for number, line in enumerate(lines[:15]):
        pieces = _with_second_line(_name_pieces(line), lines, number)
        score = _name_score(pieces[0], line, number, largest, email) if pieces else 0
        if score > 0 and (best is None or score > best[0]):
            best = (score, pieces)
    if best is None:
        return None, None
    score, pieces = best
    label = found(pieces[1], 0.85) if len(pieces) > 1 and title_score(pieces[1].text) else None
    return _placed(pieces[0], lines, min(0.98, 0.5 + score / 10)), label


def _placed(name: Piece, lines: list[Line], confidence: float) -> Found:
    """A name of two lines ends where its second line ends, whatever stands between."""
    _, broken, second = name.text.replace("\t", "\n").partition("\n")
    ends = (line.start + len(second) for line in lines if line.start > name.start and line.text.startswith(second))
    value = found(name, confidence)
    return Found(value.value, Span(name.start, next(ends, name.end)), value.confidence) if broken else value


def _name_pieces(line: Line) -> list[Piece]:
    pieces = [q for p in piece_of(line).split(_SEPARATOR) for q in split_commas(p)]
    if pieces and title_score(pieces[0].text) and (cut := glued_at(pieces[0].text)):
        pieces = [pieces[0].cut(0, cut), pieces[0].cut(cut), *pieces[1:]]
    return pieces


def _name_score(piece: Piece, line: Line, number: int, largest: float, email: str) -> float:
    text = piece.text
    if not _NAME.fullmatch(text) or _BAD_NAME.search(text) or heading_kind(text) or len(text) > 60:
        return 0
    words = list(re.findall(r"[^\W\d_]+", text))
    capital = sum(w[0].isupper() for w in words) / len(words)
    local = fold(email.split("@")[0])
    known = sum(fold(w) in local for w in words if len(w) > 2)
    score = 1.0 + 2.0 * capital + 1.5 * min(known, 2) - 0.12 * number
    score += 2.0 * (bool(largest) and line.size >= 0.98 * largest) + 1.0 * (line.level == 1)
    score -= 2.5 * title_score(text) + 2.0 * (place_score(text) >= 0.8) + 0.5 * max(0, len(words) - 5)
    return score if capital >= 0.5 else 0


def _with_second_line(pieces: list[Piece], lines: list[Line], number: int) -> list[Piece]:
    """A long name in large letters may take two lines, with small print of another column between them."""
    if not pieces or not _is_large(lines[number], lines):
        return pieces
    first, line = pieces[0], lines[number]
    for following in lines[number + 1 : number + 3]:
        second = following.text.split("\t")[0]
        same = following.size == line.size and following.bold == line.bold and abs(following.x0 - line.x0) < 200
        if same and re.fullmatch(r"[^\W\d_][\w'’.\s-]*", second) and not title_score(second):
            between = "\n" if "\t" not in line.text else "\t"
            whole = f"{first.text}{between}{second}"
            return [Piece(whole, first.start), *pieces[1:]]
    return pieces


def _is_large(line: Line, lines: list[Line]) -> bool:
    return line.size > 1.25 * max((one.size for one in lines if one.size != line.size), default=line.size)


def find_label(lines: list[Line], name: Found | None) -> Found | None:
    """The line below the name, when it reads as a title."""
    start = next((i for i, line in enumerate(lines) if name and line.start <= name.span.start <= line.end), -1)
    for line in lines[start + 1 : start + 5]:
        for piece in piece_of(line).split(_SEPARATOR):
            text = piece.text
            plain = not re.search(r"[@\d]|https?:|www\.", text) and 3 < len(text) < 70 and not text.endswith(".")
            if not plain or place_score(text) >= 0.8 or (name and fold(text) == fold(name.value)):
                continue
            if title_score(text) >= 0.7:
                return found(piece, 0.9)
            beside_name = (
                start >= 0 and line is lines[start + 1 : start + 2][0] and len(piece_of(line).split(_SEPARATOR)) == 1
            )
            if beside_name and not heading_kind(text) and organisation_score(text) < 1 and len(text.split()) <= 8:
                return found(piece, 0.6)
    return None


def find_location(lines: list[Line]) -> Entry:
    """City, region and country of the first piece that reads as a place."""
    for line in lines:
        for piece in piece_of(line).split(_SEPARATOR):
            if place_score(piece.text) >= 0.8:
                return _location(split_commas(piece))
    for line in lines:
        parts = split_commas(piece_of(line).strip())
        if len(parts) > 2 and any(is_city(p.text) for p in parts):
            return _location(parts)
    return {}


def _location(parts: list[Piece]) -> Entry:
    fields: dict[str, Found] = {}
    for number, part in enumerate(parts):
        bare = re.sub(r"^\d{4,6}\s+|\s+\d{4,6}(?:-\d+)?$", "", part.text)
        code = country_code(part.text.strip("()"))
        if code and number and "countryCode" not in fields:
            fields["countryCode"] = found(part, 0.85, code)
        elif "city" not in fields and (is_city(bare) or (number == 0 and not re.search(r"\d", part.text))):
            offset = part.text.index(bare)
            fields["city"] = found(part.cut(offset, offset + len(bare)), 0.85)
        elif "city" in fields and "region" not in fields and not re.search(r"\d", part.text):
            fields["region"] = found(part, 0.7)
        elif "city" not in fields and "address" not in fields:
            fields["address"] = found(part, 0.6)
    return fields
