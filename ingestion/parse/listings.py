"""The smaller sections: certificates, projects, awards, publications and interests."""

from __future__ import annotations

import re

from ingestion.parse.body import contiguous, paragraph, read_body
from ingestion.parse.cards import without_cards
from ingestion.parse.entries import Draft, cut_entries
from ingestion.parse.heads import head_parts
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.skills import read_skills
from ingestion.parse.work import period_fields
from ingestion.values import Line

_BY = re.compile(r"(?i)^(?:awarded\s+)?(?:by|from|issued by|issuer|von|par|por|da)\s*:?\s+")
_DATE_LABEL = re.compile(
    r"(?i)^(?:awarded(?:\s+on)?|issued(?:\s+on)?|date|received|published(?:\s+on)?|valid\s+\w+|am|on|in)\s*:?$"
)


def read_certificates(lines: list[Line]) -> list[Entry]:
    return [_named(draft, "name", "issuer", "date") for draft in cut_entries(without_cards(lines)) if _pieces(draft)]


def read_awards(lines: list[Line]) -> list[Entry]:
    entries: list[Entry] = []
    for draft in cut_entries(lines):
        if _pieces(draft):
            body = {"summary": paragraph(draft.body, 0.7)} if draft.body else {}
            entries.append({**_named(draft, "title", "awarder", "date"), **body})
    return entries


def read_publications(lines: list[Line]) -> list[Entry]:
    return [_named(draft, "name", "publisher", "releaseDate") for draft in cut_entries(lines) if _pieces(draft)]


def read_projects(lines: list[Line]) -> list[Entry]:
    entries: list[Entry] = []
    for draft in cut_entries(lines):
        pieces = _pieces(draft)
        if not pieces:
            continue
        body = read_body([*(line for line in draft.head[1:]), *draft.body])
        fields: dict[str, Found | list[Found]] = {"name": found(pieces[0], 0.8)}
        if "summary" in body:
            fields["description"] = body["summary"]
        if "highlights" in body:
            fields["highlights"] = body["highlights"]
        entries.append({**fields, **period_fields(draft.period)})
    return entries


def read_interests(lines: list[Line]) -> list[Entry]:
    return [{"name": entry["name"]} for entry in read_skills(lines) if "name" in entry]


def _pieces(draft: Draft) -> list[Piece]:
    """The parts of the head in order, places included: issuers are often named like their city."""
    parts, places, _ = head_parts(draft)
    pieces = sorted([*(part.piece for part in parts), *places], key=lambda p: p.start)
    pieces = [p for p in pieces if not _DATE_LABEL.match(p.text)]
    return [_without_by(p) for p in pieces]


def _without_by(piece: Piece) -> Piece:
    match = _BY.match(piece.text)
    return piece.cut(match.end()) if match else piece


def _named(
    draft: Draft, name_key: str, other_key: str, date_key: str
) -> dict[str, Found | list[Found] | Entry | list[Entry]]:
    pieces = _pieces(draft)
    entry: dict[str, Found | list[Found] | Entry | list[Entry]] = {name_key: found(pieces[0], 0.8)}
    if len(pieces) > 1:
        entry[other_key] = found(pieces[1], 0.7)
    if draft.period:
        moment = draft.period.start
        entry[date_key] = Found(moment.value, moment.span, 0.9)
    return entry


def read_summary(lines: list[Line]) -> Found | None:
    return (
        paragraph(contiguous(lines), 0.85) if lines and any(len(piece_of(line).text) > 20 for line in lines) else None
    )
