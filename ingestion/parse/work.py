"""Work and volunteering: who employed, as what, where and when."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.parse.body import read_body
from ingestion.parse.dates import Moment, Period
from ingestion.parse.entries import Draft, cut_entries
from ingestion.parse.heads import Part, head_parts, split_commas
from ingestion.parse.pieces import Entry, Found, Piece, found
from ingestion.parse.words import title_score, titleness
from ingestion.values import Line


@dataclass(slots=True)
class _Job:
    draft: Draft
    parts: list[Part]
    places: list[Piece]
    urls: list[Piece]
    position: Piece | None = None
    employer: Piece | None = None
    confidence: float = 0.5


def read_work(lines: list[Line], *, employer_key: str = "name") -> list[Entry]:
    """Entries with JSON Resume keys; ``employer_key`` is ``organization`` for volunteering."""
    drafts = cut_entries(lines, is_complete=_is_complete)
    jobs = [_Job(d, *head_parts(d)) for d in drafts]
    jobs = [job for job in jobs if job.parts]
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


def _moment(moment: Moment, confidence: float = 0.95) -> Found:
    return Found(moment.value, moment.span, confidence)


def _is_complete(head: list[Line]) -> bool:
    """A title and something beside it."""
    pieces = [q for part in head_parts(Draft(head=head))[0] for q in split_commas(part.piece)]
    return len(pieces) > 1 and any(title_score(p.text) >= 0.7 for p in pieces)


def _candidates(job: _Job) -> list[Piece]:
    """The parts of the head; a comma is cut where it parts a title from something else, or where nothing else does."""
    pieces = [part.piece for part in job.parts]
    if len(pieces) == 1:
        return _cut_in_two(pieces[0])
    cut = [half for piece in pieces for half in _cut_title_off(piece)]
    return cut if len(pieces) == 2 and len(cut) == 3 else pieces


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
    if job.urls and employer_key == "name":
        entry["url"] = found(job.urls[0], 0.9)
    return {**entry, **period_fields(job.draft.period), **read_body(job.draft.body)}
