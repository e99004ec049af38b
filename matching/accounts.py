"""Explains stored pairs of CVs and jobs: joins the rows with the pure explainer and the real scorer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ingestion.models import CV
from jobs.models import Job
from jobs.titles import Level
from matching.explain import Pair, Shown, explain, shown_in
from matching.learning.words import order_in_words
from matching.models import LearnedRanker, Match
from matching.profiles import LEVEL_BY_YEARS, cv_profile, job_profile
from matching.ranking import scoring_config
from matching.scoring import total, whole_score_if
from matching.told import Told, told_by
from matching.values import (
    Account,
    Addition,
    Asks,
    Candidate,
    CVProfile,
    Finding,
    JobProfile,
    Score,
    Standing,
    parts_from_json,
)
from matching.values.standing import Key


@dataclass(frozen=True)
class Scored:
    """One pair with what was measured of it and the score that this gave at the moment ``as_of``."""

    cv_id: int
    job_id: int
    found: Candidate
    score: Score
    as_of: datetime
    standing: Standing | None = None


def accounts_of(matches: Sequence[Match]) -> list[Account]:
    """The accounts of stored matches, which come with their CV, job and prediction."""
    explainer = Explainer({match.cv_id: match.cv for match in matches}, {match.job_id: match.job for match in matches})
    lists = _lists({match.prediction_id for match in matches})
    learned = _learned(matches)
    return [
        with_order(
            explainer.account(_scored(match, lists[match.prediction_id])),
            match,
            learned.get(match.prediction.ranker_id),
        )
        for match in matches
    ]


def _learned(matches: Sequence[Match]) -> Mapping[int | None, LearnedRanker]:
    """The rankers that re-ordered the lists of these matches; without any, as is usual, nobody is asked."""
    named = {match.prediction.ranker_id for match in matches if match.prediction.ranker_id}
    return {row.pk: row for row in LearnedRanker.objects.filter(pk__in=named)} if named else {}


def with_order(account: Account, match: Match, ranker: LearnedRanker | None) -> Account:
    """The account that also says why the line does not stand where its score would put it."""
    if ranker is None or match.rank_by_score is None:
        return account
    said = order_in_words(match.rank, match.rank_by_score, ranker.weights_json)
    return replace(account, points=(*account.points, said))


def _lists(prediction_ids: Collection[int]) -> Mapping[int, list[Key]]:
    lists: dict[int, list[Key]] = defaultdict(list)
    columns = ("prediction_id", "parts_json", "rank")
    for pk, parts, rank in Match.objects.filter(prediction__in=prediction_ids).values_list(*columns):
        lists[pk].append((-_mean(parts), rank))
    return lists


def _mean(parts_json: Sequence[Mapping[str, Any]]) -> float:
    return total(parts_from_json(parts_json), config=scoring_config()).mean


def _scored(match: Match, lines: Iterable[Key]) -> Scored:
    return Scored(
        cv_id=match.cv_id,
        job_id=match.job_id,
        found=Candidate.from_json(match.signals_json),
        score=Score(
            score=float(match.score),
            low=float(match.low),
            high=float(match.high),
            band=match.band,
            parts=parts_from_json(match.parts_json),
            mean=_mean(match.parts_json),
        ),
        as_of=match.prediction.as_of or match.prediction.created_at,
        # In a list that was re-ordered a score alone decides no rank, so that none can be promised.
        standing=None if match.prediction.ranker_id else Standing.of(match.rank, lines),
    )


class Explainer:
    """Explains pairs of the given CVs and jobs; what pairs share is made once. What they tell is read where it is not given."""

    def __init__(self, cvs: Mapping[int, CV], jobs: Mapping[int, Job], told: Told | None = None) -> None:
        self._cvs, self._jobs = cvs, jobs
        self._cv_profiles: dict[tuple[int, date], CVProfile] = {}
        self._job_profiles: dict[int, JobProfile] = {}
        self._shown: dict[int, Shown] = {}
        self._told = told or told_by(cvs, jobs)

    def account(self, scored: Scored) -> Account:
        """Why this CV and this job scored as they did."""
        pair = self.pair(scored)
        # A text that has changed since is another pair, about which the stored score says nothing.
        holds = _rescored(scored, pair, Addition()).score == scored.score.score

        def score_with(finding: Finding) -> Score | None:
            return rescored_with(finding, scored, pair) if holds else None

        return explain(pair, scored.score, score_with=score_with, standing=scored.standing)

    def pair(self, scored: Scored) -> Pair:
        """Both sides as the explainer sees them."""
        cv, job = self._cvs[scored.cv_id], self._jobs[scored.job_id]
        profile = self._cv_profile(cv, scored.as_of.date())
        return Pair(
            cv_text=cv.text,
            cv=profile,
            shown=replace(self._shown_in(cv), by_years=_level_by_years(profile.years)),
            cv_passages=self._told.cvs.get(cv.pk),
            job_text=job.description,
            job=self._job_profile(job),
            job_passages=self._told.jobs.get(job.pk),
        )

    def _cv_profile(self, cv: CV, today: date) -> CVProfile:
        if (cv.pk, today) not in self._cv_profiles:
            self._cv_profiles[cv.pk, today] = cv_profile(cv, today=today, links=self._told.links.get(cv.pk, ()))
        return self._cv_profiles[cv.pk, today]

    def _job_profile(self, job: Job) -> JobProfile:
        if job.pk not in self._job_profiles:
            self._job_profiles[job.pk] = job_profile(job)
        return self._job_profiles[job.pk]

    def _shown_in(self, cv: CV) -> Shown:
        if cv.pk not in self._shown:
            links = self._told.links.get(cv.pk, ())
            self._shown[cv.pk] = shown_in(cv.text, cv.matched_text, cv.skill_mentions, cv.parsed, links)
        return self._shown[cv.pk]


def _level_by_years(years: float | None) -> Level | None:
    return None if years is None else next((level for least, level in LEVEL_BY_YEARS if years >= least), None)


def rescored_with(finding: Finding, scored: Scored, pair: Pair) -> Score | None:
    """The scorer's answer for the CV with what the finding asks for; None where a profile has no place for it."""
    addition = _addition(finding, pair.job)
    return None if addition is None else _rescored(scored, pair, addition)


def _rescored(scored: Scored, pair: Pair, addition: Addition) -> Score:
    """The scorer's answer for the CV with something more in it, all else equal."""
    return whole_score_if(scored.found, pair.cv, pair.job, addition, config=scoring_config(), now=scored.as_of)


def _addition(finding: Finding, job: JobProfile) -> Addition | None:
    asked = job.requirements
    if finding.kind == Asks.SKILL:
        return Addition(skill_id=finding.subject)
    if finding.kind == Asks.LANGUAGE:
        levels = (one.level for one in asked.languages if one.language_id == finding.subject)
        return Addition(language_id=finding.subject, language_level=next(levels, None))
    if finding.kind == Asks.YEARS and asked.min_years is not None:
        return Addition(years=float(asked.min_years))
    if finding.kind == Asks.DEGREE:
        return Addition(degree=finding.subject)
    return Addition(level=Level(finding.subject)) if finding.kind == Asks.LEVEL else None
