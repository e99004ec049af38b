"""Makes ranked lists: search for a batch of subjects, compare each pair in full, keep the best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from ingestion.models import CV
from ingestion.values import PARSER_VERSION
from jobs.models import Job
from jobs.skills import skills_version
from matching.coverage import coverage
from matching.embedding import get_provider
from matching.models import CVPassages, JobPassages
from matching.profiles import cv_profile, job_profile
from matching.scoring import ScoringConfig, score
from matching.search import Side, get_search
from matching.values import Candidate, Score

# Each channel brings this many times the lines that are kept, and never fewer than this: the best by all parts is seldom
# the best by one, and what is best must not depend on how many lines somebody asks for.
CHANNEL_FACTOR, CHANNEL_LEAST = 2, 100


@dataclass(frozen=True)
class Line:
    """One line of a ranked list."""

    cv_id: int
    job_id: int
    found: Candidate
    score: Score


@dataclass(frozen=True)
class Ranked:
    """A ranked list, best first, with what it was made from."""

    lines: tuple[Line, ...]
    searched: int
    as_of: datetime
    model: str
    config_version: str
    input_hash: str


@cache
def scoring_config() -> ScoringConfig:
    return ScoringConfig()


def ranking_version() -> str:
    """Names all that decides a score besides the two texts: weights, vocabulary, parser."""
    return f"{scoring_config().version}-{skills_version()[:8]}-p{PARSER_VERSION}"


def rank(side: Side, subject_ids: Sequence[int], *, now: datetime, top: int) -> dict[int, Ranked]:
    """The best targets for each subject that exists; five statements for the whole batch, however large."""
    found = get_search().find(
        side, subject_ids, model=get_provider().name, limit=max(CHANNEL_FACTOR * top, CHANNEL_LEAST)
    )
    targets = {candidate.target_id for candidates in found.values() for candidate in candidates}
    cv_ids, job_ids = (subject_ids, targets) if side is Side.JOBS_FOR_CV else (targets, subject_ids)
    pairs = _Pairs(_cvs(cv_ids), _jobs(job_ids), now)
    hashes = pairs.input_hashes(side)
    return {
        subject: _ranked([pairs.line(side, subject, c) for c in found.get(subject, ())], top, hashes[subject], now)
        for subject in subject_ids
        if subject in hashes
    }


class _Pairs:
    """The rows of one batch with their profiles, each made once however many pairs it is in."""

    def __init__(self, cvs: Mapping[int, CV], jobs: Mapping[int, Job], now: datetime) -> None:
        self._cvs, self._jobs, self._now = cvs, jobs, now
        self._cv_profiles = {pk: cv_profile(cv, today=now.date()) for pk, cv in cvs.items()}
        self._job_profiles = {pk: job_profile(job) for pk, job in jobs.items()}
        model = get_provider().name
        self._cv_passages = {row.cv_id: row.passages for row in CVPassages.objects.filter(cv__in=cvs, model=model)}
        self._job_passages = {row.job_id: row.passages for row in JobPassages.objects.filter(job__in=jobs, model=model)}

    def input_hashes(self, side: Side) -> dict[int, str]:
        subjects: Mapping[int, CV | Job] = self._cvs if side is Side.JOBS_FOR_CV else self._jobs
        return {pk: row.content_hash for pk, row in subjects.items()}

    def line(self, side: Side, subject: int, found: Candidate) -> Line:
        cv_id, job_id = (subject, found.target_id) if side is Side.JOBS_FOR_CV else (found.target_id, subject)
        cv, job = self._cv_profiles[cv_id], self._job_profiles[job_id]
        found = replace(found, coverage=self._coverage(cv_id, job_id))
        return Line(cv_id, job_id, found, score(found, cv, job, config=scoring_config(), now=self._now))

    def _coverage(self, cv_id: int, job_id: int) -> float | None:
        if cv_id not in self._cv_passages or job_id not in self._job_passages:
            return None
        return coverage(self._job_passages[job_id], self._cv_passages[cv_id])


def _cvs(ids: Iterable[int]) -> dict[int, CV]:
    return CV.objects.filter(pk__in=set(ids)).select_related("candidate").defer("search", "read_json").in_bulk()


def _jobs(ids: Iterable[int]) -> dict[int, Job]:
    return Job.objects.filter(pk__in=set(ids)).defer("search", "description_html").in_bulk()


def _ranked(lines: Sequence[Line], top: int, input_hash: str, now: datetime) -> Ranked:
    best = sorted(lines, key=lambda line: (-line.score.score, line.job_id, line.cv_id))[:top]
    return Ranked(tuple(best), len(lines), now, get_provider().name, ranking_version(), input_hash)
