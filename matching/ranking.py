"""Makes ranked lists: search for a batch of subjects, compare each pair in full, keep the best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from itertools import islice
from operator import attrgetter

from django.db.models import OuterRef, Subquery

from cvmatch.core.metrics import MATCH_PAIRS, MATCH_SECONDS, shared_time
from cvmatch.core.text import englishness
from ingestion.models import CV
from ingestion.source_facts import judged_sources
from ingestion.values import PARSER_VERSION
from jobs.models import Job
from jobs.skills import skills_version
from jobs.values import JobFilter
from matching.coverage import coverage, title_nearness
from matching.embedding import get_provider
from matching.learning.ordering import Reordering
from matching.learning.serving import serving_for
from matching.models import JobVector, Kind
from matching.models.halfvec import as_bytes, halfvec
from matching.profiles import JOB_COLUMNS, cv_profile, job_profile
from matching.scoring import ScoringConfig, promising, score, whole_score
from matching.search import Side, get_search
from matching.search.comparing import compare
from matching.told import Told, told_by
from matching.values import Candidate, CVProfile, JobProfile, Score
from matching.values.snapshots import CVSeen, JobSeen

# Each channel brings this many times the lines that are kept, and never fewer than this: the best by all parts is seldom
# the best by one, and what is best must not depend on how many lines somebody asks for.
CHANNEL_FACTOR, CHANNEL_LEAST = 2, 100
# Of what the channels bring so many times the lines that are kept are compared in full, again never fewer than for fifty
# lines: of the first fifty by full comparison of all, docs/ranking.md says how many are among them.
COMPARED_FACTOR, COMPARED_LEAST = 4, 200
_TITLE_VECTOR = "title_vector"


@dataclass(frozen=True)
class Line:
    """One line of a ranked list."""

    cv_id: int
    job_id: int
    found: Candidate
    score: Score
    cv_seen: CVSeen
    job_seen: JobSeen


@dataclass(frozen=True)
class Ranked:
    """A ranked list, best first, with what it was made from: rows and what their passages tell, of other lists too.

    ``by_score`` are the ranks by score alone of a list that the learned ``ranker`` re-ordered; empty where none did.
    """

    lines: tuple[Line, ...]
    searched: int
    as_of: datetime
    model: str
    config_version: str
    input_hash: str
    jobs: Mapping[int, Job] = field(repr=False, compare=False)
    told: Told = field(repr=False, compare=False)
    ranker: int | None = None
    by_score: tuple[int, ...] = ()

    def reordered(self, by: Reordering) -> Ranked:
        """The same lines with the same scores in the order that learned weights give."""
        order = by.order([line.score.parts for line in self.lines])
        return replace(
            self,
            lines=tuple(self.lines[place] for place in order),
            by_score=tuple(place + 1 for place in order),
            ranker=by.ranker,
            config_version=f"{self.config_version}-r{by.ranker}",
        )


@cache
def scoring_config() -> ScoringConfig:
    return ScoringConfig()


def ranking_version() -> str:
    """Names all that decides a score besides the two texts: weights, vocabulary, parser."""
    return f"{scoring_config().version}-{skills_version()[:8]}-p{PARSER_VERSION}"


def rank(
    side: Side,
    subject_ids: Sequence[int],
    *,
    now: datetime,
    top: int,
    only: JobFilter | None = None,
    cvs: Mapping[int, CV] | None = None,
    whole_jobs: bool = False,
) -> dict[int, Ranked]:
    """The best targets for each subject that exists, of jobs those that ``only`` lets through; a fixed number of statements.

    ``cvs`` are the rows of the subjects with their candidates, where the caller has read them; ``whole_jobs`` reads of the
    jobs all that a page or an answer shows besides what ranking needs.
    """
    with shared_time(MATCH_SECONDS, len(subject_ids), side=side):
        return _ranked(side, subject_ids, now, top, only, cvs, whole_jobs)


def _ranked(
    side: Side,
    subject_ids: Sequence[int],
    now: datetime,
    top: int,
    only: JobFilter | None,
    cvs: Mapping[int, CV] | None,
    whole_jobs: bool,
) -> dict[int, Ranked]:
    found = get_search().find(
        side, subject_ids, model=get_provider().name, limit=max(CHANNEL_FACTOR * top, CHANNEL_LEAST), only=only
    )
    cvs = cvs or (_cvs(subject_ids) if side is Side.JOBS_FOR_CV else {})
    jobs = _jobs(subject_ids) if side is Side.CVS_FOR_JOB else {}
    subjects: Mapping[int, CV | Job] = cvs or jobs
    compared = {pk: _promising(row, found.get(pk, ()), top) for pk, row in subjects.items()}
    MATCH_PAIRS.labels(side=side).inc(sum(map(len, compared.values())))
    targets = {candidate.target_id for candidates in compared.values() for candidate in candidates}
    pairs = _Pairs(cvs or _cvs(targets), jobs or _jobs(targets, whole=whole_jobs), now)
    made = {
        pk: Ranked(
            tuple(pairs.best(side, pk, compared[pk], top)),
            len(found.get(pk, ())),
            now,
            get_provider().name,
            ranking_version(),
            row.content_hash,
            pairs.jobs,
            pairs.told,
        )
        for pk, row in subjects.items()
    }
    return made | {pk: made[pk].reordered(by) for pk, by in serving_for(jobs).items()}


def _promising(subject: CV | Job, found: Sequence[Candidate], top: int) -> tuple[Candidate, ...]:
    text = subject.matched_text if isinstance(subject, CV) else subject.description
    keep = max(COMPARED_FACTOR * top, COMPARED_LEAST)
    return promising(found, english=englishness(text), keep=keep, config=scoring_config())


def score_pairs(side: Side, pairs: Sequence[tuple[int, int]], *, now: datetime) -> dict[tuple[int, int], Line]:
    """Given pairs of subject and target as a list of today would have them; pairs of which a row is gone are left out."""
    subjects, targets = {subject for subject, _ in pairs}, {target for _, target in pairs}
    cv_ids, job_ids = (subjects, targets) if side is Side.JOBS_FOR_CV else (targets, subjects)
    rows = _Pairs(_cvs(cv_ids), _jobs(job_ids), now)
    compared = compare(side, pairs, model=get_provider().name)
    return {
        (subject, found.target_id): rows.line(side, subject, found)
        for subject, candidates in compared.items()
        for found in candidates
    }


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A pair with what its place in a list depends on."""

    order: tuple[float, int, int, int]
    cv_id: int
    job_id: int
    found: Candidate


class _Pairs:
    """The rows of one batch with their profiles, each made once however many pairs it is in."""

    def __init__(self, cvs: Mapping[int, CV], jobs: Mapping[int, Job], now: datetime) -> None:
        self._cvs, self.jobs, self._now = cvs, jobs, now
        self._source_scores = {name: quality.score for name, quality in judged_sources().items()}
        self.told = told = told_by(cvs, jobs)
        self._cv_profiles = {
            pk: cv_profile(cv, today=now.date(), links=told.links.get(pk, ())) for pk, cv in cvs.items()
        }
        self._job_profiles = {pk: job_profile(job) for pk, job in jobs.items()}

    def best(self, side: Side, subject: int, found: Iterable[Candidate], top: int) -> Iterator[Line]:
        """The lines of a list, best first: all are ordered by the whole score, and only those that are kept get the rest."""
        ordered = sorted(self._ordered(side, subject, found), key=attrgetter("order"))
        for each in islice(self._once(ordered), top):
            yield self._line(each.cv_id, each.job_id, each.found)

    def _ordered(self, side: Side, subject: int, found: Iterable[Candidate]) -> Iterator[_Ordered]:
        """Of equal scores the one from the better source comes first, and then the older one."""
        for candidate in found:
            cv_id, job_id = self._ids(side, subject, candidate)
            complete = self._beside(candidate, cv_id, job_id)
            whole = whole_score(complete, *self._profiles(cv_id, job_id), config=scoring_config(), now=self._now)
            quality = self._source_scores.get(self.jobs[job_id].source, 0)
            yield _Ordered((-whole.mean, -quality, job_id, cv_id), cv_id, job_id, complete)

    def _once(self, ordered: Iterable[_Ordered]) -> Iterator[_Ordered]:
        """A posting in several places is one line, of the place that suits best."""
        taken = set()
        for each in ordered:
            job = self.jobs[each.job_id]
            posting = (each.cv_id, job.source, job.group_key or job.pk)
            if posting not in taken:
                taken.add(posting)
                yield each

    def line(self, side: Side, subject: int, found: Candidate) -> Line:
        cv_id, job_id = self._ids(side, subject, found)
        return self._line(cv_id, job_id, self._beside(found, cv_id, job_id))

    def _ids(self, side: Side, subject: int, found: Candidate) -> tuple[int, int]:
        return (subject, found.target_id) if side is Side.JOBS_FOR_CV else (found.target_id, subject)

    def _profiles(self, cv_id: int, job_id: int) -> tuple[CVProfile, JobProfile]:
        return self._cv_profiles[cv_id], self._job_profiles[job_id]

    def _line(self, cv_id: int, job_id: int, found: Candidate) -> Line:
        """Of a candidate that is complete."""
        cv, job = self._profiles(cv_id, job_id)
        made = score(found, cv, job, config=scoring_config(), now=self._now)
        seen = CVSeen(self._cvs[cv_id].content_hash, cv), JobSeen(self.jobs[job_id].content_hash, job)
        return Line(cv_id, job_id, found, made, *seen)

    def _beside(self, found: Candidate, cv_id: int, job_id: int) -> Candidate:
        """With what the passages of the two say when they are held against each other."""
        shown, asked = self.told.cvs.get(cv_id), self.told.jobs.get(job_id)
        if shown is None:
            return found
        title = getattr(self.jobs[job_id], _TITLE_VECTOR)
        near = title_nearness(None if title is None else halfvec(title), shown)
        covered = None if asked is None else coverage(asked, shown)
        return replace(found, coverage=covered, best_title=near.best_title, title_lines=near.title_lines)


def _cvs(ids: Iterable[int]) -> dict[int, CV]:
    return CV.objects.filter(pk__in=set(ids)).select_related("candidate").defer("search", "read_json").in_bulk()


def _jobs(ids: Iterable[int], *, whole: bool = False) -> dict[int, Job]:
    titles = JobVector.objects.filter(job=OuterRef("pk"), model=get_provider().name, kind=Kind.TITLE)
    title_vector = Subquery(titles.values_list(as_bytes("embedding")))
    rows = Job.objects.filter(pk__in=set(ids)).annotate(**{_TITLE_VECTOR: title_vector})
    return (rows.defer("search", "description_html") if whole else rows.only(*JOB_COLUMNS)).in_bulk()
