"""Jobs for a CV under a filter: ranked and explained at once, for the one who asks, and in no list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from cvmatch.core.cache import MATCHES, SEARCHES, Made, remember
from cvmatch.core.models import Status
from ingestion.models import CV
from jobs.models import Job
from jobs.values import JobFilter
from matching.accounts import Explainer, Scored
from matching.embedding import get_provider
from matching.models import CVEmbedding, Explanation, Match, Prediction
from matching.ranking import Line, rank, ranking_version
from matching.search import Side
from matching.selectors.versions import subject_version
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
    """The jobs of the ranks ``after`` + 1 and on, at most down to DEEPEST, explained; kept while all is as it was (L2)."""
    # Read first: what is made from newer rows than this says is never asked for under it again.
    made_from = (ranked_version(cv.pk), only, after, limit)
    jobs: dict[int, Job] = {}
    kept = remember(MATCHES if only else SEARCHES, made_from, lambda: Made(_ranked(cv, only, after, limit, jobs)))
    return _live_list(cv, json.loads(kept), jobs)


def ranked_version(cv_id: int) -> str | None:
    """Of all that a list for a CV is made from: its content, the jobs with their vectors, model and configuration."""
    subject = subject_version(cv_id)
    return subject and f"{subject} {ranking_version()} {get_provider().name}"


def _ranked(cv: CV, only: JobFilter, after: int, limit: int, jobs: dict[int, Job]) -> bytes:
    """A list as it is kept; its jobs are put into ``jobs``."""
    now = timezone.now()
    last = min(after + limit, DEEPEST)
    ranked = rank(Side.JOBS_FOR_CV, [cv.pk], now=now, top=DEEPEST, only=only)[cv.pk]
    lines = ranked.lines[after:last]
    jobs |= _jobs(line.job_id for line in lines)
    accounts = explained(cv, jobs, lines, among=ranked.lines, now=now)
    return json.dumps(
        {
            "as_of": now.isoformat(),
            "facts": {name: getattr(ranked, name) for name in ("model", "config_version", "input_hash", "searched")},
            "lines": [
                _line_to_json(rank, line, account)
                for rank, (line, account) in enumerate(zip(lines, accounts, strict=True), start=after + 1)
            ],
            "more": len(ranked.lines) > last and last < DEEPEST,
        }
    ).encode()


def _live_list(cv: CV, kept: dict[str, Any], jobs: dict[int, Job]) -> LiveList:
    as_of = datetime.fromisoformat(kept["as_of"])
    prediction = Prediction(
        side=Prediction.Side.JOBS_FOR_CV,
        cv=cv,
        status=Status.COMPLETED,
        created_at=as_of,
        as_of=as_of,
        **kept["facts"],
    )
    jobs = jobs or _jobs(line["job_id"] for line in kept["lines"])
    # A job may have gone for good since the versions were read.
    matches = (_match(prediction, jobs[line["job_id"]], line) for line in kept["lines"] if line["job_id"] in jobs)
    return LiveList(prediction, tuple(matches), kept["more"])


def explained(
    cv: CV, jobs: dict[int, Job], lines: Sequence[Line], *, among: Sequence[Line], now: datetime
) -> list[Account]:
    """The accounts of some lines of one list; ``among`` are all of its lines."""
    explainer = Explainer({cv.pk: cv}, jobs)
    order = [(-line.score.mean, rank) for rank, line in enumerate(among, start=1)]
    rank_of = {line.job_id: rank for rank, line in enumerate(among, start=1)}
    return [
        explainer.account(
            Scored(line.cv_id, line.job_id, line.found, line.score, now, Standing.of(rank_of[line.job_id], order))
        )
        for line in lines
    ]


def _jobs(ids: Iterable[int]) -> dict[int, Job]:
    return Job.objects.defer("search", "description_html").in_bulk(list(ids))


def _line_to_json(rank: int, line: Line, account: Account) -> dict[str, Any]:
    score = line.score
    return {
        "job_id": line.job_id,
        "account": account.to_json(),
        "columns": {
            "rank": rank,
            "score": score.score,
            "low": score.low,
            "high": score.high,
            "band": score.band,
            "for_job": score.for_job.value if score.for_job else None,
            "for_person": score.for_person.value if score.for_person else None,
            "fits_json": fits_to_json(score),
            "parts_json": parts_to_json(score.parts),
            "signals_json": line.found.to_json(),
        },
    }


def _match(prediction: Prediction, job: Job, line: dict[str, Any]) -> Match:
    match = Match(prediction=prediction, cv=prediction.cv, job=job, **line["columns"])
    Explanation(match=match, status=Status.COMPLETED, body_json=line["account"])
    return match
