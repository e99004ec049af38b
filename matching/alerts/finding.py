"""What a subscription finds that its person was not told of yet; nothing where they may not see it any more."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import Status
from jobs.asked import asked_from
from jobs.models import Job
from jobs.searches import visible_to
from matching.models import Alert, AlertSubscription, JobMark, Match, Prediction

# What is more comes with the next digest.
MOST = 100
Kind = AlertSubscription.Kind


@dataclass(frozen=True)
class Found:
    """A job, for a job's alerts with the candidate; ``score`` is 0 to 100, none in a saved search."""

    job_id: int
    candidate_id: int | None = None
    score: Decimal | None = None


def find_new(subscription: AlertSubscription, *, most: int = MOST) -> list[Found]:
    """At most so many, the best or newest first."""
    if not subscription.user.is_active:
        return []
    finder = {Kind.JOBS_FOR_CV: _jobs_for_cv, Kind.CVS_FOR_JOB: _cvs_for_job, Kind.NEW_JOBS: _new_jobs}
    return finder[Kind(subscription.kind)](subscription, most)


def _jobs_for_cv(subscription: AlertSubscription, most: int) -> list[Found]:
    """From the newest list of the newest version, without what the person put out of sight."""
    if subscription.candidate is None or subscription.candidate.user_id != subscription.user_id:
        return []
    lists = Prediction.objects.filter(side=Prediction.Side.JOBS_FOR_CV, status=Status.COMPLETED)
    of_theirs = lists.filter(cv__candidate=subscription.candidate_id, cv__is_latest=True, cv__expires_at=None)
    hidden = JobMark.objects.hidden().filter(user=subscription.user_id, job=OuterRef("job"))
    newest = of_theirs.order_by("-created_at", "-pk").values("pk")[:1]
    rows = _above(subscription).filter(prediction=newest).exclude(Exists(hidden))
    told = Alert.objects.filter(subscription=subscription, job=OuterRef("job"))
    rows = rows.exclude(Exists(told)).order_by("rank")
    return [Found(job, None, score) for job, score in rows.values_list("job_id", "score")[:most]]


def _cvs_for_job(subscription: AlertSubscription, most: int) -> list[Found]:
    """From the lists of both sides: a new CV is ranked against all jobs, also those whose candidates nobody looked for."""
    if not subscription.user.is_recruiter:
        return []
    told = Alert.objects.filter(subscription=subscription, candidate=OuterRef("cv__candidate"))
    rows = _above(subscription).filter(
        job=subscription.job_id, prediction__status=Status.COMPLETED, cv__is_latest=True, cv__expires_at=None
    )
    last = rows.exclude(Exists(told)).order_by("cv__candidate_id", "-pk").distinct("cv__candidate_id")
    found = [Found(job, who, score) for job, who, score in last.values_list("job_id", "cv__candidate_id", "score")]
    return sorted(found, key=lambda one: one.score or 0, reverse=True)[:most]


def _above(subscription: AlertSubscription) -> QuerySet[Match]:
    return Match.objects.filter(score__gte=subscription.min_score, job__status=Job.Status.ACTIVE)


def _new_jobs(subscription: AlertSubscription, most: int) -> list[Found]:
    """What came in since they subscribed; nothing where what the search asks for is no longer known, such as a town."""
    search = visible_to(subscription.user).filter(pk=subscription.search_id or 0).first()
    try:
        asked = asked_from(QueryDict(search.query)) if search else None
    except InvalidInput:
        return []
    if asked is None:
        return []
    told = Alert.objects.filter(subscription=subscription, job=OuterRef("pk"))
    jobs = asked.found().filtered(asked.only).filter(first_seen_at__gt=subscription.created_at)
    return [Found(pk) for pk in jobs.exclude(Exists(told)).order_by("-pk").values_list("pk", flat=True)[:most]]
