"""The page of a job's candidates: the ranked list with what was decided, narrowed, and what all of it shows of the must-haves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from django.db.models import Exists, OuterRef

from cvmatch.core.models import User
from ingestion.naming import label_for, name_for, words_for
from jobs.models import Job
from matching.experiments.serving import in_order
from matching.models import Decision, Match, Stage, Tag
from matching.selectors.decided import decisions_on, tags_of
from matching.selectors.lines import Line
from matching.selectors.lists import Candidates, RankedList, candidates_for_job
from matching.values import State
from matching.values.narrowing import Narrowing, Show


@dataclass(frozen=True)
class Row:
    """One candidate of the list."""

    line: Line
    decision: Decision | None
    tags: tuple[Tag, ...]
    name: str
    label: str
    comment: str

    @property
    def match(self) -> Match:
        return self.line.match

    @property
    def stage(self) -> str:
        return self.decision.stage if self.decision else Stage.NEW.value

    @property
    def shown_under(self) -> Show:
        if self.stage == Stage.NEW:
            return Show.UNDECIDED
        return Show.REJECTED if self.stage == Stage.REJECTED else Show.SHORTLISTED


@dataclass(frozen=True)
class MustCount:
    """How many of the explained lines show a must-have in each state."""

    name: str
    stated: int
    implied: int
    missing: int

    @property
    def counts(self) -> tuple[tuple[State, int], ...]:
        return ((State.STATED, self.stated), (State.IMPLIED, self.implied), (State.MISSING, self.missing))

    @property
    def bar(self) -> tuple[tuple[str, float, float], ...]:
        """State, beginning and width, in hundredths of all."""
        whole = self.stated + self.implied + self.missing or 1
        stated, implied = 100 * self.stated / whole, 100 * self.implied / whole
        return (("stated", 0.0, round(stated, 1)), ("implied", round(stated, 1), round(implied, 1)))


@dataclass(frozen=True)
class CandidateList:
    """``rows`` are those asked for, ``sunk`` those of them who were rejected and stand at the end, folded.

    ``counts`` are of the list before it is narrowed.
    """

    job: Job
    candidates: Candidates
    rows: tuple[Row, ...]
    sunk: tuple[Row, ...]
    counts: Counter[str]
    musts: tuple[MustCount, ...]
    tags: tuple[Tag, ...]

    @property
    def ranked(self) -> RankedList:
        return self.candidates.ranked

    @property
    def order(self) -> tuple[Row, ...]:
        """All that is shown, from the top."""
        return (*self.rows, *self.sunk)


def list_candidates(user: User, job: Job, only: Narrowing) -> CandidateList:
    """At most six queries, however long the list is; for users who may see all CVs."""
    found = candidates_for_job(job, user, prediction=only.prediction)
    rows = _rows(user, job, found.ranked.lines)
    kept = tuple(row for row in rows if _passes(row, only))
    folds = only.show == Show.ALL
    return CandidateList(
        job=job,
        candidates=found,
        rows=tuple(row for row in kept if not (folds and row.shown_under == Show.REJECTED)),
        sunk=tuple(row for row in kept if folds and row.shown_under == Show.REJECTED),
        counts=Counter(str(row.shown_under) for row in rows),
        musts=tuple(_must_counts(found.must_names, found.ranked.lines)),
        tags=tuple(sorted({tag for row in rows for tag in row.tags}, key=lambda tag: tag.name.casefold())),
    )


def _rows(user: User, job: Job, lines: Sequence[Line]) -> list[Row]:
    people = [line.match.cv.candidate_id for line in lines]
    decisions, tags = decisions_on(job, people), tags_of(people)
    return [_row(user, line, decisions.get(pk), tags.get(pk, ())) for line, pk in zip(lines, people, strict=True)]


def _row(user: User, line: Line, decision: Decision | None, tags: tuple[Tag, ...]) -> Row:
    cv = line.match.cv
    comment = words_for(user, decision.comment, cv) if decision and decision.comment else ""
    return Row(line, decision, tags, name_for(user, cv), label_for(user, cv), comment)


def _passes(row: Row, only: Narrowing) -> bool:
    words = only.words.casefold()
    return (
        (only.show == Show.ALL or row.shown_under == only.show)
        and (not only.band or row.match.band == only.band)
        and (not only.must or any(f.name == only.must and f.state != State.MISSING for f in row.line.musts))
        and (only.tag is None or any(tag.pk == only.tag for tag in row.tags))
        and (not words or words in f"{row.name} {row.label}".casefold())
    )


def _must_counts(names: Iterable[str], lines: Sequence[Line]) -> Iterable[MustCount]:
    states = Counter((finding.name, finding.state) for line in lines for finding in line.musts)
    for name in names:
        yield MustCount(name, *(states[name, state] for state in (State.STATED, State.IMPLIED, State.MISSING)))


def list_order(user: User, match: Match, only: Narrowing) -> list[int]:
    """The matches of the same list in the order in which the page of candidates shows them."""
    fixed = replace(only, prediction=match.prediction_id)
    if only.is_narrow:
        return [row.match.pk for row in list_candidates(user, match.job, fixed).order]
    rejected = Decision.objects.filter(job=match.job_id, candidate=OuterRef("cv__candidate"), stage=Stage.REJECTED)
    lines = Match.objects.filter(prediction=match.prediction_id).annotate(sinks=Exists(rejected))
    shown = [line for line, _ in in_order(user, match.prediction.side, lines)]
    return [line.pk for line in sorted(shown, key=attrgetter("sinks"))]
