"""Jobs for a CV under a filter: ranked and explained at once, for the one who asks, and stored nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from cvmatch.core.models import Status
from ingestion.models import CV
from jobs.models import Job
from jobs.values import JobFilter
from matching.accounts import Explainer, Scored
from matching.embedding import get_provider
from matching.models import CVEmbedding, Explanation, Match, Prediction
from matching.ranking import Line, Ranked, rank
from matching.search import Side
from matching.values import Account, Standing, fits_to_json, parts_to_json

# So far down a list its order does not depend on how many lines are asked for (see ranking.CHANNEL_LEAST).
DEEPEST = 50


@dataclass(frozen=True)
class LiveList:
    """A ranked list as a stored one would be, of rows that are not in the database; ``more`` says that others follow."""

    prediction: Prediction
    matches: tuple[Match, ...]
    more: bool


def is_ready(cv: CV) -> bool:
    """Whether the CV has its vectors; until then nothing can be ranked."""
    done = CVEmbedding.objects.filter(cv=cv, status=Status.COMPLETED, model=get_provider().name)
    return cv.is_latest and done.filter(content_hash=cv.content_hash).exists()


def rank_now(cv: CV, *, only: JobFilter, after: int = 0, limit: int = 10) -> LiveList:
    """The jobs of the ranks ``after`` + 1 and on, at most down to DEEPEST, explained."""
    now = timezone.now()
    last = min(after + limit, DEEPEST)
    ranked = rank(Side.JOBS_FOR_CV, [cv.pk], now=now, top=DEEPEST, only=only, cvs={cv.pk: cv}, whole_jobs=True)[cv.pk]
    lines = ranked.lines[after:last]
    accounts = explained(cv, lines, among=ranked)
    prediction = Prediction(
        side=Prediction.Side.JOBS_FOR_CV,
        cv=cv,
        status=Status.COMPLETED,
        created_at=now,
        **{name: getattr(ranked, name) for name in ("as_of", "model", "config_version", "input_hash", "searched")},
    )
    matches = [
        _match(number, prediction, ranked.jobs[line.job_id], line, account)
        for number, (line, account) in enumerate(zip(lines, accounts, strict=True), start=after + 1)
    ]
    return LiveList(prediction, tuple(matches), len(ranked.lines) > last and last < DEEPEST)


def explained(cv: CV, lines: Sequence[Line], *, among: Ranked) -> list[Account]:
    """The accounts of some lines of one list."""
    explainer = Explainer({cv.pk: cv}, among.jobs, among.told)
    order = [(-line.score.mean, rank) for rank, line in enumerate(among.lines, start=1)]
    rank_of = {line.job_id: rank for rank, line in enumerate(among.lines, start=1)}
    return [
        explainer.account(
            Scored(
                line.cv_id, line.job_id, line.found, line.score, among.as_of, Standing.of(rank_of[line.job_id], order)
            )
        )
        for line in lines
    ]


def _match(rank: int, prediction: Prediction, job: Job, line: Line, account: Account) -> Match:
    score = line.score
    match = Match(
        prediction=prediction,
        rank=rank,
        cv=prediction.cv,
        job=job,
        score=score.score,
        low=score.low,
        high=score.high,
        band=score.band,
        for_job=score.for_job.value if score.for_job else None,
        for_person=score.for_person.value if score.for_person else None,
        fits_json=fits_to_json(score),
        parts_json=parts_to_json(score.parts),
        signals_json=line.found.to_json(),
    )
    Explanation(match=match, status=Status.COMPLETED, body_json=account.to_json())
    return match
