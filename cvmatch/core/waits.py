"""How long what comes in now takes until it is done: what is before it, at the pace of the last hour; said to whoever sent it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import caches
from django.db.models import Count, Exists, F, Q, Sum, Value
from django.utils import timezone

from cvmatch.core.models import StagePause, StageRun, Status, WorkerHeartbeat, staged_models
from cvmatch.core.queue import INTERACTIVE

# From the upload to the last explained match, and from the question for a list.
WAY_OF_CV = ("parse_cvs", "embed_cvs", "match_cvs", "explain_matches")
WAY_OF_LIST = ("match_cvs", "explain_matches")
WAY_OF_JOB = ("match_jobs", "explain_matches")
# Seconds for one CV or list where nothing of the kind ran in the last hour.
GUESS_S = {"parse_cvs": 0.6, "embed_cvs": 0.2, "match_cvs": 0.3, "match_jobs": 0.3, "explain_matches": 0.5}
PACE_OF = timedelta(hours=1)
SILENT = timedelta(minutes=5)
KEPT_S = 2
LONGEST_POLL_S = 30
SHORTEST_POLL_S = 1


@dataclass(frozen=True)
class Wait:
    """``seconds`` until it will be done, with ``ahead`` CVs or lists before it that people wait for as well."""

    seconds: float
    ahead: int

    @property
    def poll_after_s(self) -> int:
        """When asking again makes sense: soon for what is soon done, and never so that many who wait are a load themselves."""
        return int(min(max(self.seconds / 4, SHORTEST_POLL_S), LONGEST_POLL_S))


def expected_wait(way: Sequence[str]) -> Wait | None:
    """For one that goes through the stages of ``way`` from now on; None where nobody can say: a stage of it is paused, or no
    worker has shown a sign of life. At most two seconds old, so that many who come at once cost nothing."""
    key = f"wait:{':'.join(way)}"
    found = caches["process"].get(key)
    if found is None:
        found = (_expected(way),)
        caches["process"].set(key, found, KEPT_S)
    return found[0]  # type: ignore[no-any-return]


def _expected(way: Sequence[str]) -> Wait | None:
    alive = WorkerHeartbeat.objects.filter(cluster=INTERACTIVE, beat_at__gt=timezone.now() - SILENT)
    if not alive.exclude(Exists(StagePause.objects.filter(stage__in=way))).exists():
        return None
    seconds, ahead = _seconds_each(way), _ahead(way)
    left = {stage: sum(seconds[later] for later in way[number:]) for number, stage in enumerate(way)}
    work = sum(count * left[stage] for stage, count in ahead.items())
    workers = max(int(settings.Q_CLUSTER["workers"]), 1)
    return Wait(seconds=round(work / workers + left[way[0]], 1), ahead=sum(ahead.values()))


def _ahead(way: Sequence[str]) -> dict[str, int]:
    """Rows that somebody waits for, by the stage of the way that they have come to; lines to explain are part of their list."""
    open_rows = Q(status__in=(Status.PENDING, Status.PROCESSING), interactive=True)
    first, *rest = (
        model._default_manager.filter(open_rows).order_by().values_list(Value(stage)).annotate(rows=Count("pk"))
        for model in staged_models()
        for stage in set(model.stages) & set(way) - {"explain_matches"}
    )
    return dict(first.union(*rest, all=True))


def _seconds_each(way: Sequence[str]) -> dict[str, float]:
    """Of a worker, for one CV or one list, by stage."""
    runs = StageRun.objects.filter(stage__in=way, started_at__gte=timezone.now() - PACE_OF, done__gt=0).order_by()
    sums = runs.values_list("stage").annotate(rows=Sum("done"), took=Sum(F("finished_at") - F("started_at")))
    ran = {stage: (done, took.total_seconds()) for stage, done, took in sums}
    lists = sum(ran.get(stage, (0, 0))[0] for stage in ("match_cvs", "match_jobs"))
    each = {stage: took / done for stage, (done, took) in ran.items()}
    if "explain_matches" in ran and lists:  # it counts lines, and a list has many
        each["explain_matches"] = ran["explain_matches"][1] / lists
    else:
        each.pop("explain_matches", None)
    return {stage: each.get(stage, GUESS_S[stage]) for stage in way}
