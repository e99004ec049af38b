"""A few candidates for the same job beside each other: what is asked in rows, differences first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cvmatch.core.models import User
from jobs.models import Job
from matching.models import Decision
from matching.selectors.decided import decisions_on
from matching.selectors.explained import MatchPage, PartRow, Shown, list_match_pages

FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Column:
    """One candidate."""

    page: MatchPage
    decision: Decision | None


@dataclass(frozen=True)
class Requirement:
    """One thing the job asks for and what each CV shows of it; None while its reasons are being written."""

    name: str
    is_must: bool
    is_wish: bool
    cells: tuple[Shown | None, ...]

    @property
    def differs(self) -> bool:
        return len({cell.finding.state if cell else None for cell in self.cells}) > 1


@dataclass(frozen=True)
class Comparison:
    """``parts`` are the parts of the score by name, ``same`` the requirements that all show alike."""

    columns: tuple[Column, ...]
    parts: tuple[tuple[str, tuple[PartRow | None, ...]], ...]
    differing: tuple[Requirement, ...]
    same: tuple[Requirement, ...]


def compare_candidates(user: User, job: Job, ids: Sequence[int]) -> Comparison:
    """Those of the matches that are of this job and that the user may see, at most four; two queries."""
    pages = [page for page in list_match_pages(user, ids) if page.match.job_id == job.pk][:MOST]
    decisions = decisions_on(job, [page.match.cv.candidate_id for page in pages])
    rows = tuple(_requirements(pages))
    return Comparison(
        columns=tuple(Column(page, decisions.get(page.match.cv.candidate_id)) for page in pages),
        parts=tuple(_parts(pages)),
        differing=tuple(row for row in rows if row.differs),
        same=tuple(row for row in rows if not row.differs),
    )


def _requirements(pages: Sequence[MatchPage]) -> Iterator[Requirement]:
    """In the order of the job; findings of one thing are told by their kind and name."""
    by_page = [{(item.finding.kind, item.finding.name): item for item in page.findings} for page in pages]
    for key in dict.fromkeys(key for found in by_page for key in found):
        cells = tuple(found.get(key) for found in by_page)
        first = next(cell for cell in cells if cell)
        yield Requirement(first.finding.name, first.finding.must, first.is_wish, cells)


def _parts(pages: Sequence[MatchPage]) -> Iterator[tuple[str, tuple[PartRow | None, ...]]]:
    by_page = [{part.name: part for part in page.parts} for page in pages]
    for name in dict.fromkeys(name for found in by_page for name in found):
        yield name, tuple(found.get(name) for found in by_page)
