"""How many strong and good candidates jobs have in the newest finished list of each, and jobs in the order of that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from cvmatch.core.models import Status, User
from jobs.models import Job
from jobs.sorting import Order, count
from matching.experiments.serving import ordering_for, places_for
from matching.models import Match, Prediction


@dataclass(frozen=True)
class Tally:
    """Of one list: as it was made, whoever was decided about since."""

    strong: int
    good: int


def tallies_of(jobs: Collection[int]) -> Mapping[int, Tally]:
    """By job; those without a finished list are not in it. One query."""
    rows = newest_lists().filter(job__in=list(jobs)).values_list("job_id", "strong", "good")
    return {pk: Tally(strong, good) for pk, strong, good in rows if pk is not None}


def newest_lists() -> QuerySet[Prediction]:
    """The newest finished list of candidates of each job."""
    lists = Prediction.objects.filter(side=Prediction.Side.CVS_FOR_JOB, status=Status.COMPLETED)
    return lists.order_by("job_id", "-created_at", "-pk").distinct("job_id")


def by_candidates(*, descending: bool) -> Order:
    """Jobs by their strong candidates, then by their good ones; those without a list are left out."""
    return Order(
        "candidates",
        ("strong", "good"),
        count,
        descending,
        {"strong": F("predictions__strong"), "good": F("predictions__good")},
        Q(predictions__in=newest_lists().values("pk")),
    )


def list_best(job: Job, viewer: User, *, limit: int) -> tuple[Match, ...]:
    """The first lines of the job's newest finished list as the viewer is shown it, without what explains them; one query."""
    lines = Match.objects.filter(prediction__in=newest_lists().filter(job=job).values("pk"))
    lines = lines.select_related("cv", "prediction").only(
        "score",
        "band",
        "prediction__strong",
        "prediction__good",
        "cv__name",
        "cv__label",
        "cv__filename",
        "cv__candidate",
        "cv__is_latest",
    )
    if ordering_for(viewer, Prediction.Side.CVS_FOR_JOB) is None:
        return tuple(lines.filter(cv__is_latest=True).order_by("rank")[:limit])
    # All of the list, since the order is one of all its lines.
    whole = list(lines.order_by("rank"))
    places = places_for(viewer, Prediction.Side.CVS_FOR_JOB, whole) or ()
    return tuple(whole[placed.line] for placed in places if whole[placed.line].cv.is_latest)[:limit]
