"""Where a person lives: street, postal code, city, region and country, from a labelled address or the first place at the top."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingestion.parse.heads import split_commas
from ingestion.parse.labels import labelled, opens_with_label
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.places import country_beside, is_city, place_score
from ingestion.values import Line

_SEPARATOR = re.compile(r"\s*[|•·\t]\s*|\s+[–—]\s+|\n")
_CODE_FIRST = re.compile(
    r"(?:[A-Z]{1,2}-)?(?:\d{5}-\d{3}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4,6})(?=\s|$)"
)
_CODE_LAST = re.compile(r"(?<!\S)(?:\d{4,6}(?:-\d{3,4})?|\d{2}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$")
_YEAR = re.compile(r"(?:19|20)\d\d")


def find_location(lines: list[Line], name: Found | None = None) -> Entry:
    """What is said of the place, or nothing; a place of birth and the person's own name are none."""
    own = [line for line in lines if not _says_else(line)]
    addressed = (_location(parts) for parts in _labelled(own))
    if (entry := next((entry for entry in addressed if "city" in entry), None)) is not None:
        return entry
    pieces = [p for line in own for p in piece_of(line).split(_SEPARATOR) if not _is_named(p, name)]
    addresses = (split_commas(p) for p in pieces)
    for parts in [*(parts for parts in addresses if _has_code(parts)), *_places(pieces), *_long_lines(own)]:
        if entry := _location(parts):
            return entry
    return {}


def _says_else(line: Line) -> bool:
    """Whether a label says that no address follows; the *Tel* of Tel Aviv, with nothing but a space behind it, is none."""
    label, loose = labelled(line), opens_with_label(line)
    return label[0] != "address" if label else loose is not None and loose[0] == "identity"


def _labelled(lines: list[Line]) -> Iterator[list[Piece]]:
    """The value behind each ``Address:``, with up to two lines that go on with it."""
    for number, line in enumerate(lines):
        label = opens_with_label(line)
        if label is None or label[0] != "address":
            continue
        following = [one for one in lines[number + 1 : number + 3] if not re.search(r"[@:\t]|\d{7}", one.text)]
        values = (
            [label[1], *map(piece_of, following)] if not label[1].text or label[1].text.endswith(",") else [label[1]]
        )
        first = [p for value in values for p in value.split(_SEPARATOR)]
        yield [part for piece in first for part in split_commas(piece)]


def _is_named(piece: Piece, name: Found | None) -> bool:
    return name is not None and name.span.start <= piece.start and piece.end <= name.span.end


def _has_code(parts: list[Piece]) -> bool:
    """A postal code before a known city, or behind a comma before any name."""
    for number, part in enumerate(parts):
        code = _CODE_FIRST.match(part.text)
        town = part.text[code.end() :].strip() if code else ""
        if code and town[:1].isupper() and (is_city(town) or (number and not _YEAR.fullmatch(code[0]))):
            return True
    return False


def _places(pieces: list[Piece]) -> Iterator[list[Piece]]:
    for piece in pieces:
        if place_score(piece.text) >= 0.8:
            yield split_commas(piece)
        elif (last := re.search(r"\s\(?(\w+)\)?$", piece.text)) and is_city(piece.text[: last.start()]):
            city, other = piece.cut(0, last.start()), piece.cut(last.start(1), last.end(1))
            if country_beside(city.text, other.text):
                yield [city, other]


def _long_lines(lines: list[Line]) -> Iterator[list[Piece]]:
    for line in lines:
        parts = split_commas(piece_of(line).strip())
        if len(parts) > 2 and any(is_city(part.text) for part in parts):
            yield [part for part in parts if not re.search(r"[@/]|\d{3}.*\d{4}", part.text)]


def _location(parts: list[Piece]) -> Entry:
    fields: dict[str, Found] = {}
    for number, part in enumerate(parts):
        code = _CODE_FIRST.match(part.text) or _CODE_LAST.search(part.text)
        bare = _without(part, code)
        known, plain = is_city(bare.text), not re.search(r"[\d@/]", bare.text)
        country = country_beside(fields["city"].value if "city" in fields else "", bare.text.strip("()"))
        may_be_town = plain and (not number or code is not None) and not (code and not number and len(parts) > 1)
        if country and (number or not known) and "countryCode" not in fields:
            fields["countryCode"] = found(bare, 0.85, country)
        elif "city" not in fields and bare.text and (known or may_be_town):
            fields["city"] = found(bare, 0.85)
        elif "city" in fields and "region" not in fields and plain and 0 < len(bare.text.split()) <= 3:
            fields["region"] = found(bare.strip("()"), 0.7)
        elif "city" not in fields and "address" not in fields:
            fields["address"] = found(part, 0.6)
            continue
        if code and "postalCode" not in fields:
            fields["postalCode"] = found(part.cut(code.start(), code.end()), 0.8)
    return fields if {"city", "countryCode"} & fields.keys() else {}


def _without(part: Piece, code: re.Match[str] | None) -> Piece:
    if code is None:
        return part
    return (part.cut(code.end()) if code.start() == 0 else part.cut(0, code.start())).strip(" ,()")
