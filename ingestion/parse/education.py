"""Education: institution, degree, subject, dates and marks."""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.parse.dates import find_periods
from ingestion.parse.entries import Draft, cut_entries
from ingestion.parse.heads import head_parts, split_commas
from ingestion.parse.labels import Record, read_fields
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.words import find_degree, is_school, organisation_score
from ingestion.parse.work import form_entry, period_fields
from ingestion.values import Line

_SCORE = re.compile(
    r"(?i)\b(?:c?gpa|grade|score|note|abschlussnote|moyenne|nota media|voto|mention|result|"
    r"media)\b\s*[:=]?\s*([\w.,/+():\- ]{1,30})"
)
_GRADE = re.compile(r"(?i)\b(?:cum laude|magna cum laude|summa cum laude|first class honours|with distinction)\b")
_GENERIC = re.compile(r"(?i)(?:certificate|diploma|degree)\b")
_SUBJECT_EDGES = " \t\n,;:|•·–—-()"
_OF = re.compile(r"(?i)^(?:in|of|degree in|en|em|im|for|the field of)(?:\s+|$)")


def read_education(lines: list[Line]) -> list[Entry]:
    if records := read_fields(lines, {"school", "degree"}):
        return [_of_form(record) for record in records]
    lines = _with_schools_whole(lines)
    if any(find_periods(piece_of(line)) for line in lines):
        drafts = cut_entries(lines, is_complete=_is_complete)
    else:
        drafts = [Draft(head=group) for group in _undated(lines)]
    return [entry for draft in drafts if (entry := _entry(draft))]


def _with_schools_whole(lines: list[Line]) -> list[Line]:
    """A school's name that a narrow column breaks in two, where both lines have the look that only names have here."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if (
            last is not None
            and _name_goes_on(last, line)
            and 2 * sum(_look(one) == _look(line) for one in lines) < len(lines)
        ):
            joined[-1] = replace(last, text=f"{last.text}\n{line.text}", y1=line.y1, x1=max(last.x1, line.x1))
        else:
            joined.append(line)
    return joined


def _name_goes_on(last: Line, line: Line) -> bool:
    below = last.end + 1 == line.start and last.x0 == line.x0 and 0 < line.y0 - last.y0 < 1.4 * line.size
    words = line.text.split()
    plain = len(words) <= 3 and words[0][0].isupper() and not re.search(r"[\d\t,|(]", last.text + line.text)
    another = is_school(line.text) or find_degree(line.text)
    return below and plain and _look(last) == _look(line) and is_school(last.text) and not another


def _look(line: Line) -> tuple[float, bool]:
    return line.size, line.bold


def _of_form(record: Record) -> Entry:
    """The degree of a form may have its subject beside it."""
    entry = form_entry(record, {"school": "institution"})
    degree, subjects = _degree(record.get("degree", [])[:1])
    fields = {"studyType": [degree] if degree else [], "area": subjects}
    return {**entry, **{key: found(pieces[0], 0.9) for key, pieces in fields.items() if pieces}}


def _undated(lines: list[Line]) -> list[list[Line]]:
    """Without dates, an entry ends where a second school or a second degree would come into it."""
    groups: list[list[Line]] = []
    for line in lines:
        text = "\n".join(one.text for one in groups[-1]) if groups else ""
        repeats = (is_school(text) and is_school(line.text)) or (_has_degree(text) and _has_degree(line.text))
        if not groups or repeats:
            groups.append([])
        groups[-1].append(line)
    return groups


def _has_degree(text: str) -> bool:
    """Whether a line names a degree; the *Técnico* in a school's name is none."""
    return any(find_degree(line) and not is_school(line) for line in text.split("\n"))


def _is_complete(head: list[Line]) -> bool:
    """A school, a degree, and a subject beside or behind the degree."""
    pieces = [q for part in head_parts(Draft(head=head), colons=True)[0] for q in split_commas(part.piece)]
    pieces = [piece for piece in pieces if any(c.isalpha() for c in piece.text)]
    schools = [piece for piece in pieces if is_school(piece.text) and not _opens_with_degree(piece)]
    text = "\n".join(piece.text for piece in pieces if piece not in schools)
    degree = find_degree(text)
    if degree is None or not schools:
        return False
    return len(pieces) > 2 or bool(re.match(r"\s+(?:in|of|-|–)?\s*\w", text[degree.end() :].split("\n")[0]))


def _entry(draft: Draft) -> Entry:
    parts, _places, _ = head_parts(draft, colons=True)
    pieces = [q for part in parts for q in split_commas(part.piece)]
    score = _score(draft)
    pieces = [
        p for p in map(_without_score, pieces) if any(c.isalpha() for c in p.text) and not _GRADE.fullmatch(p.text)
    ]
    institution = _institution(pieces)
    rest = [p for p in pieces if p is not institution]
    degree, subjects = _degree(rest or _listed(draft))
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


def _without_score(piece: Piece) -> Piece:
    match = _SCORE.search(piece.text)
    return piece.cut(0, match.start()).strip(_SUBJECT_EDGES) if match else piece


def _institution(pieces: list[Piece]) -> Piece | None:
    """The piece that names a school; a degree may hold such words too, so a piece that opens with one comes last."""
    schools = [p for p in pieces if is_school(p.text)]
    pure = [p for p in schools if not _opens_with_degree(p)]
    unlike = [p for p in pieces if not _opens_with_degree(p)]
    organisations = [p for p in unlike if organisation_score(p.text) >= 1]
    others = [p for p in pieces if not find_degree(p.text)]
    return next(iter(pure or schools or organisations or others or (pieces[:1] if len(pieces) > 1 else [])), None)


def _listed(draft: Draft) -> list[Piece]:
    """Degree and subject where they stand as the first points below the school, if one of them is a degree."""
    pieces = [q for line in draft.body[:2] if len(line.text.split()) <= 8 for q in split_commas(piece_of(line))]
    return pieces if any(map(_opens_with_degree, pieces)) else []


def _opens_with_degree(piece: Piece) -> bool:
    match = find_degree(piece.text)
    return match is not None and match.start() == 0


def _degree(pieces: list[Piece]) -> tuple[Piece | None, list[Piece]]:
    """The degree, and what is left as the subject."""
    opening = [piece for piece in pieces if _opens_with_degree(piece)]
    for number, piece in enumerate(pieces):
        match = find_degree(piece.text)
        if match is None or (opening and piece is not opening[0]):
            continue
        begin = _with_its_kind(piece.text, match)
        degree = piece.cut(begin, match.end()).strip(_SUBJECT_EDGES)
        trailing = re.search(r"(?i)\s+(?:in|of|en|em)$", degree.text)
        degree = degree.cut(0, trailing.start()) if trailing else degree
        around = [_subject(piece.cut(0, begin)), _subject(piece.cut(match.end()))]
        rest = [p for p in around if p.text] + [p for i, p in enumerate(pieces) if i != number]
        return degree, rest
    return None, pieces


def _with_its_kind(text: str, match: re.Match[str]) -> int:
    """Where a degree begins whose first word says its kind: *Vocational* Certificate, *Upper Secondary* Diploma."""
    words = text[: match.start()].split()
    plain = 0 < len(words) <= 2 and all(word[:1].isupper() and word.isalpha() for word in words)
    return 0 if plain and _GENERIC.match(match[0]) else match.start()


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
