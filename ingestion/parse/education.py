"""Education: institution, degree, subject, dates and marks."""

from __future__ import annotations

import re

from ingestion.parse.dates import find_periods
from ingestion.parse.entries import Draft, cut_entries
from ingestion.parse.heads import head_parts, split_commas
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.words import find_degree, is_school
from ingestion.parse.work import period_fields
from ingestion.values import Line

_SCORE = re.compile(
    r"(?i)\b(?:c?gpa|grade|score|note|abschlussnote|moyenne|nota media|voto|mention|result|"
    r"media)\b\s*[:=]?\s*([\w.,/+():\- ]{1,30})"
)
_GRADE = re.compile(r"(?i)\b(?:cum laude|magna cum laude|summa cum laude|first class honours|with distinction)\b")
_SUBJECT_EDGES = " \t\n,;:|•·–—-()"
_OF = re.compile(r"(?i)^(?:in|of|degree in|en|em|im|for|the field of)\s+")


def read_education(lines: list[Line]) -> list[Entry]:
    if any(find_periods(piece_of(line)) for line in lines):
        drafts = cut_entries(lines, is_complete=_is_complete)
    else:
        drafts = [Draft(head=group) for group in _undated(lines)]
    return [entry for draft in drafts if (entry := _entry(draft))]


def _undated(lines: list[Line]) -> list[list[Line]]:
    """Without dates, an entry ends where a second school or a second degree would come into it."""
    groups: list[list[Line]] = []
    for line in lines:
        text = "\n".join(one.text for one in groups[-1]) if groups else ""
        repeats = (is_school(text) and is_school(line.text)) or (find_degree(text) and find_degree(line.text))
        if not groups or repeats:
            groups.append([])
        groups[-1].append(line)
    return groups


def _is_complete(head: list[Line]) -> bool:
    """A school, a degree, and a subject beside or behind the degree."""
    text = "\n".join(line.text for line in head)
    degree = find_degree(text)
    if degree is None or not is_school(text):
        return False
    pieces = [q for part in head_parts(Draft(head=head), colons=True)[0] for q in split_commas(part.piece)]
    return len(pieces) > 2 or bool(re.match(r"\s+(?:in|of|-|–)?\s*\w", text[degree.end() :].split("\n")[0]))


def _entry(draft: Draft) -> Entry:
    parts, _places, _ = head_parts(draft, colons=True)
    pieces = [q for part in parts for q in split_commas(part.piece)]
    score = _score(draft)
    pieces = [p for p in pieces if not _SCORE.search(p.text) and not _GRADE.fullmatch(p.text)]
    institution = _institution(pieces)
    rest = [p for p in pieces if p is not institution]
    degree, subjects = _degree(rest)
    entry: dict[str, Found | list[Found] | Entry | list[Entry]] = {}
    if institution:
        entry["institution"] = found(institution, 0.9 if is_school(institution.text) else 0.6)
    if degree:
        entry["studyType"] = found(degree, 0.9)
    if subjects:
        entry["area"] = found(subjects[0], 0.8 if degree else 0.6)
    if not entry:
        return {}
    return {**entry, **period_fields(draft.period), **({"score": score} if score else {})}


def _institution(pieces: list[Piece]) -> Piece | None:
    """The piece that names a school; a degree may hold such words too, so a piece that opens with one comes last."""
    schools = [p for p in pieces if is_school(p.text)]
    pure = [p for p in schools if not _opens_with_degree(p)]
    others = [p for p in pieces if not find_degree(p.text)]
    return next(iter(pure or schools or others), None)


def _opens_with_degree(piece: Piece) -> bool:
    match = find_degree(piece.text)
    return match is not None and match.start() == 0


def _degree(pieces: list[Piece]) -> tuple[Piece | None, list[Piece]]:
    """The degree, and what is left as the subject."""
    for number, piece in enumerate(pieces):
        match = find_degree(piece.text)
        if match is None:
            continue
        degree = piece.cut(match.start(), match.end()).strip(_SUBJECT_EDGES)
        trailing = re.search(r"(?i)\s+(?:in|of|en|em)$", degree.text)
        degree = degree.cut(0, trailing.start()) if trailing else degree
        around = [_subject(piece.cut(0, match.start())), _subject(piece.cut(match.end()))]
        rest = [p for p in around if p.text] + [p for i, p in enumerate(pieces) if i != number]
        return degree, rest
    return None, pieces


def _subject(piece: Piece) -> Piece:
    piece = piece.strip(_SUBJECT_EDGES)
    match = _OF.match(piece.text)
    return piece.cut(match.end()) if match else piece


def _score(draft: Draft) -> Found | None:
    for line in [*draft.head, *draft.body[:4]]:
        match = _SCORE.search(line.text)
        if match and re.search(r"\d", match[1]):
            return found(piece_of(line).cut(match.start(1), match.end(1)).strip(" ,;"), 0.85)
    return None
