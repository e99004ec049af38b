"""Work and volunteering: who employed, as what, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingestion.parse.body import read_body
from ingestion.parse.dates import Moment, Period, find_periods
from ingestion.parse.entries import Draft, cut_entries
from ingestion.parse.heads import URL, Part, head_parts, split_commas, split_place
from ingestion.parse.labels import Record, read_fields
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.words import organisation_score, title_score, titleness
from ingestion.values import Line, Span


@dataclass(slots=True)
class _Job:
    draft: Draft
    parts: list[Part]
    places: list[Piece]
    urls: list[Piece]
    position: Piece | None = None
    employer: Piece | None = None
    confidence: float = 0.5
    cut_at_commas: bool = True


def read_work(lines: list[Line], *, employer_key: str = "name") -> list[Entry]:
    """Entries with JSON Resume keys; ``employer_key`` is ``organization`` for volunteering."""
    if records := read_fields(lines, {"employer", "position"}):
        return [form_entry(record, {"employer": employer_key, "position": "position"}) for record in records]
    drafts = cut_entries(lines, is_complete=_is_complete)
    jobs = [_Job(d, *head_parts(d)) for d in drafts]
    jobs = [job for job in jobs if job.parts]
    _join_specialties(jobs)
    title_first = _title_first(jobs)
    for job in jobs:
        _assign(job, title_first)
    _inherit_employers(jobs)
    return [_entry(job, employer_key) for job in jobs if job.position or job.employer]


def period_fields(period: Period | None) -> dict[str, Found]:
    """Start and end as found; a single date counts as the end unless it says that it is open."""
    if period is None:
        return {}
    if period.is_range:
        end = {"endDate": _moment(period.end)} if period.end else {}
        return {"startDate": _moment(period.start), **end}
    return {"endDate": _moment(period.start, 0.6)}


def form_entry(record: Record, keys: Mapping[str, str]) -> Entry:
    """The entry of a form that names its fields; ``keys`` says under which key the value of a label goes."""
    values = {key: record[label][0] for label, key in keys.items() if label in record}
    entry: dict[str, Found | list[Found] | Entry | list[Entry]] = {
        key: found(split_place(value)[0], 0.95) for key, value in values.items() if value.text
    }
    periods = find_periods(record["period"][0]) if "period" in record else []
    if tasks := record.get("tasks"):
        entry["summary"] = Found(" ".join(piece.text for piece in tasks), Span(tasks[0].start, tasks[-1].end), 0.8)
    return {**entry, **period_fields(periods[0] if periods else None)}


def _moment(moment: Moment, confidence: float = 0.95) -> Found:
    return Found(moment.value, moment.span, confidence)


def _is_complete(head: list[Line]) -> bool:
    """A title and something beside it; behind no more than a comma that may be its specialty, unless it reads as an employer."""
    parts = head_parts(Draft(head=head))[0]
    pieces = [q for part in parts for q in split_commas(part.piece)]
    if len(pieces) < 2 or not any(title_score(p.text) >= 0.7 for p in pieces):
        return False
    return len(parts) > 1 or any(organisation_score(p.text) >= 1 and titleness(p.text) < 0 for p in pieces)


def _join_specialties(jobs: list[_Job]) -> None:
    """``Staff Nurse, Cardiology`` above ``Corrib Hospital``: the section votes whether the employer stands behind the comma."""
    vote, below = 0.0, []
    for job in jobs:
        first = split_commas(job.parts[0].piece)
        if len(job.parts) > 1 and job.parts[1].row > job.parts[0].row:
            below.append(job)
            vote += _as_name(job.parts[1].piece.text) - max((_as_name(p.text) for p in first[1:]), default=0.0)
    stays = vote > 0 and 2 * len(below) >= len(jobs)
    for job in below:
        job.cut_at_commas = not stays
        if not stays and vote < 0 and len(split_commas(job.parts[0].piece)) > 1:
            job.draft.body = [*job.draft.head[job.parts[1].row :], *job.draft.body]
            job.draft.head, job.parts = job.draft.head[: job.parts[1].row], job.parts[:1]


def _as_name(text: str) -> float:
    """How much the text reads as an employer's name, below 0 where it has too few capitals for any name."""
    words = [word for word in text.split() if len(word) > 3]
    return organisation_score(text) if 2 * sum(word[0].isupper() for word in words) >= len(words) else -0.5


def _candidates(job: _Job) -> list[Piece]:
    """The parts of the head; a comma is cut where it parts a title from something else, or where nothing else does."""
    pieces = [part.piece for part in job.parts]
    if len(pieces) == 1:
        return _cut_in_two(pieces[0])
    if not job.cut_at_commas:
        return pieces
    cut = [half for piece in pieces for half in _cut_title_off(piece)]
    return cut if len(pieces) == 2 and len(cut) == 3 and not _cuts_specialty(pieces, cut) else pieces


def _cuts_specialty(pieces: list[Piece], cut: list[Piece]) -> bool:
    """``Staff Nurse, Cardiology`` beside ``Corrib Hospital``: the part that reads as an employer was whole already."""
    whole = [piece for piece in pieces if piece in cut]
    halves = [piece for piece in cut if piece not in pieces]
    return any(map(_is_employer, whole)) and not any(map(_is_employer, halves))


def _is_employer(piece: Piece) -> bool:
    return organisation_score(piece.text) >= 1 and titleness(piece.text) < 0


def _cut_title_off(piece: Piece) -> list[Piece]:
    halves = _cut_in_two(piece)
    if len(halves) == 2 and abs(titleness(halves[0].text) - titleness(halves[1].text)) >= 0.9:
        return halves
    return [piece]


def _cut_in_two(piece: Piece) -> list[Piece]:
    """At the comma that best parts a title from an employer."""
    parts = split_commas(piece)
    if len(parts) < 2:
        return parts
    best = max(range(1, len(parts)), key=lambda i: _contrast(_joined(piece, parts[:i]), _joined(piece, parts[i:])))
    return [_joined(piece, parts[:best]), _joined(piece, parts[best:])]


def _contrast(left: Piece, right: Piece) -> float:
    return abs(titleness(left.text) - titleness(right.text))


def _joined(piece: Piece, parts: list[Piece]) -> Piece:
    return piece.cut(parts[0].start - piece.start, parts[-1].end - piece.start)


def _title_first(jobs: list[_Job]) -> bool:
    """One order for the whole section: the words of all entries vote, so that one odd title cannot mislead."""
    vote = 0.0
    for job in jobs:
        pieces = _candidates(job)
        if len(pieces) >= 2:
            vote += titleness(pieces[0].text) - max(titleness(p.text) for p in pieces[1:])
    return vote >= 0


def _assign(job: _Job, title_first: bool) -> None:
    pieces = _candidates(job)
    if len(pieces) == 1:
        only = pieces[0]
        if title_score(only.text) > 0 and titleness(only.text) >= 0:
            job.position, job.confidence = only, 0.7
        else:
            job.employer, job.confidence = only, 0.6
        return
    scores = [titleness(p.text) for p in pieces]
    second = max(range(1, len(pieces)), key=lambda i: scores[i])
    contrast = scores[0] - scores[second]
    swapped = contrast < -1.2 if title_first else contrast > 1.2
    first_is_title = title_first != swapped
    job.position = pieces[0] if first_is_title else pieces[second]
    job.employer = pieces[1] if first_is_title else pieces[0]
    job.confidence = 0.95 if (contrast > 0) == first_is_title and contrast else 0.7


def _inherit_employers(jobs: list[_Job]) -> None:
    """Several positions below one employer: entries that name none belong to the one above."""
    above: Piece | None = None
    for job in jobs:
        if job.employer is None and job.position is not None and above is not None:
            job.employer, job.confidence = above, 0.6
        above = job.employer or above


def _entry(job: _Job, employer_key: str) -> Entry:
    entry: dict[str, Found | list[Found] | Entry | list[Entry]] = {}
    if job.employer:
        entry[employer_key] = found(job.employer, job.confidence)
    if job.position:
        entry["position"] = found(job.position, job.confidence)
    if job.places:
        entry["location"] = found(job.places[0], 0.8)
    addresses = [line for line in job.draft.body[:3] if URL.fullmatch(line.text)]
    urls = [*job.urls, *map(piece_of, addresses)]
    if urls and employer_key == "name":
        entry["url"] = found(urls[0], 0.9)
    body = [line for line in job.draft.body if line not in addresses]
    return {**entry, **period_fields(job.draft.period), **read_body(body)}
