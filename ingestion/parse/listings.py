"""The smaller sections: certificates, projects, awards, publications and interests."""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.parse.body import contiguous, paragraph, read_body
from ingestion.parse.cards import without_cards
from ingestion.parse.entries import Draft, cut_entries
from ingestion.parse.heads import head_parts, split_commas
from ingestion.parse.lexicon import fold
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.places import place_score
from ingestion.parse.skills import read_skills
from ingestion.parse.wordlists import either, read_words
from ingestion.parse.words import is_school, organisation_score, titleness
from ingestion.parse.work import period_fields
from ingestion.values import Line

_BY = re.compile(r"(?i)^(?:awarded\s+)?(?:by|from|issued by|issuer|von|par|por|da)\s*:?\s+")
_DATE_LABEL = re.compile(
    r"(?i)^(?:awarded(?:\s+on)?|issued(?:\s+on)?|date|received|published(?:\s+on)?|valid\s+\w+|am|on|in)\s*:?$"
)

_GIVER = re.compile(rf"\b(?:{either(read_words('givers')['giver'])})\b")
_GIVEN = re.compile(rf"\b(?:{either(read_words('givers')['given'])})\b")
_ON_REQUEST = re.compile(rf"\b(?:{either(read_words('references')['on request'])})\b", re.IGNORECASE)
_CONTACT = re.compile(r"\S@\S|https?://|www\.|\+?\d[\d ()./-]{7,}\d|\b\d{5}\b")
_PERSON = re.compile(r"(?:[^\W\d_][\w'’.-]*\s*)+")
_PERSON_ENDS = re.compile(r"\s*(?:,|\||\t|:|\s[–—-]\s|\n|\()\s*")


def read_certificates(lines: list[Line]) -> list[Entry]:
    return _all_named(cut_entries(without_cards(lines)), "name", "issuer", "date")


def read_awards(lines: list[Line]) -> list[Entry]:
    drafts = [draft for draft in cut_entries(lines) if _pieces(draft)]
    return [
        {**entry, **({"summary": paragraph(draft.body, 0.7)} if draft.body else {})}
        for draft, entry in zip(drafts, _all_named(drafts, "title", "awarder", "date"), strict=True)
    ]


def read_publications(lines: list[Line]) -> list[Entry]:
    return _all_named(cut_entries(lines), "name", "publisher", "releaseDate")


def read_references(lines: list[Line]) -> list[Entry]:
    """People with how to reach them, or what they say; *on request* names nobody."""
    lines = [line for line in lines if not _ON_REQUEST.search(line.text)]
    groups: list[list[Line]] = []
    for line in lines:
        if not groups or _is_whole(groups[-1], line):
            groups.append([])
        groups[-1].append(line)
    return [_reference(group) for group in groups]


def _is_whole(group: list[Line], following: Line) -> bool:
    """A reference has one person, whose words stand below or above them."""
    named = [_is_person(line.text) for line in group]
    return any(named) and (_is_person(following.text) or (named[-1] and not named[0]))


def _reference(lines: list[Line]) -> Entry:
    person = next((line for line in lines if _is_person(line.text)), None)
    rest = [line for line in lines if line is not person]
    entry: dict[str, Found | list[Found] | Entry | list[Entry]] = {}
    if person:
        entry["name"] = found(piece_of(person).split(_PERSON_ENDS)[0], 0.7)
        after = piece_of(person).cut(len(_PERSON_ENDS.split(person.text)[0])).strip()
        rest = rest or ([replace(person, text=after.text, start=after.start)] if after.text else [])
    if rest:
        entry["reference"] = paragraph(contiguous(rest), 0.6)
    return entry


def _is_person(text: str) -> bool:
    """Two to five words with capitals before the first comma or dash, which is no title and no employer."""
    name = _PERSON_ENDS.split(text.strip())[0]
    words = name.split()
    capital = sum(word[:1].isupper() for word in words) >= 2
    return (
        2 <= len(words) <= 5
        and capital
        and bool(_PERSON.fullmatch(name))
        and titleness(name) <= 0
        and organisation_score(name) < 1
    )


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


def _all_named(drafts: list[Draft], name_key: str, other_key: str, date_key: str) -> list[Entry]:
    """What it is and who gave it; which of the two stands first is one decision for the section, by vote of all entries."""
    rows = [(draft, pieces) for draft in drafts if (pieces := _names(draft))]
    vote = sum(_givenness(pieces[0].text) - _givenness(pieces[1].text) for _, pieces in rows if len(pieces) > 1)
    entries: list[Entry] = []
    for draft, pieces in rows:
        name, *others = [*reversed(pieces[:2]), *pieces[2:]] if vote > 0.5 * len(rows) else pieces
        entry: dict[str, Found | list[Found] | Entry | list[Entry]] = {name_key: found(name, 0.8)}
        if others:
            entry[other_key] = found(others[0], 0.7)
        if draft.period:
            moment = draft.period.start
            entry[date_key] = Found(moment.value, moment.span, 0.9)
        entries.append(entry)
    return entries


def _names(draft: Draft) -> list[Piece]:
    """The pieces of the head; a single one is cut at its comma if what follows reads as who gave it."""
    pieces = _pieces(draft)
    if len(pieces) != 1:
        return pieces
    first, *rest = split_commas(pieces[0])
    return [first, rest[0]] if len(rest) == 1 and _givenness(rest[0].text) > _givenness(first.text) else pieces


def _givenness(text: str) -> float:
    """How much the text reads as somebody who gives certificates and prizes rather than as one of these."""
    gives = organisation_score(text) >= 1 or is_school(text) or bool(_GIVER.search(fold(text)))
    return float(gives) - bool(_GIVEN.search(fold(text)))


def _is_contact(text: str) -> bool:
    """An address of any kind alone; a sentence may hold one too."""
    return bool(_CONTACT.search(text)) and len(text.split()) <= 8


def read_summary(lines: list[Line]) -> Found | None:
    """Prose only: an address or a list of links under *About* sums nobody up."""
    prose = [line for line in lines if not _is_contact(line.text) and place_score(line.text) < 0.8]
    if not any(len(line.text) > 20 and len(line.text.split()) > 3 for line in prose):
        return None
    first = next(i for i, line in enumerate(prose) if len(line.text.split()) > 3)
    return paragraph(contiguous(prose[first:]), 0.85)
