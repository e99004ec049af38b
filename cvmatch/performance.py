"""How fast the system is, from what it has written down: stages, lists, readings, requests; what is not known is None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from cvmatch.core import queue
from cvmatch.core.cache_counts import cache_counts
from matching.models import EvaluationRun, Interaction
from matching.selectors.evaluations import OURS

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOST_EVALUATIONS = 200
_LATENCY = "django_http_requests_latency_including_middlewares_seconds"
_ANSWERS = "django_http_responses_total_by_status_total"

_SPANS = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)
  FROM (SELECT extract(epoch FROM {until} - {since}) AS seconds FROM {table}
         WHERE status = 'completed' AND {until} >= %s AND {until} >= {since}) spans
"""
_STAGES = """
SELECT stage, count(*), sum(done), sum(failed), sum(extract(epoch FROM finished_at - started_at)),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at))
  FROM core_stagerun WHERE started_at >= %s GROUP BY stage ORDER BY stage
"""


@dataclass(frozen=True)
class Spans:
    """How long things took, in seconds; the percentiles are None where nothing was done."""

    count: int
    p50_s: float | None
    p95_s: float | None


@dataclass(frozen=True)
class StageSpeed:
    """The runs of one stage; ``rows_per_s`` is counted over the time that runs took, None where they did nothing."""

    name: str
    runs: int
    done: int
    failed: int
    rows_per_s: float | None
    run_p95_s: float | None


@dataclass(frozen=True)
class Requests:
    """Requests since the web processes started; percentiles are read off the buckets that they are counted in."""

    count: int
    errors: int
    p50_s: float | None
    p95_s: float | None


@dataclass(frozen=True)
class Performance:
    stages: tuple[StageSpeed, ...]
    queues: Mapping[str, int]
    lists_last_hour: Spans
    lists_last_day: Spans
    readings_last_day: Spans
    requests: Requests | None
    cache_hit_rate: float | None


def performance() -> Performance:
    """All of it in seven queries however many rows there are."""
    now = timezone.now()
    return Performance(
        stages=tuple(_stages(now - HOUR)),
        queues=queue.depths(),
        lists_last_hour=_spans("matching_prediction", "created_at", now - HOUR),
        lists_last_day=_spans("matching_prediction", "created_at", now - DAY),
        readings_last_day=_spans("ingestion_cv", "uploaded_at", now - DAY),
        requests=_requests(),
        cache_hit_rate=_hit_rate(),
    )


def _hit_rate() -> float | None:
    counts = cache_counts()
    hits, misses = sum(one.hits for one in counts), sum(one.misses for one in counts)
    return round(hits / (hits + misses), 4) if hits + misses else None


def evaluations(days: int) -> QuerySet[EvaluationRun]:
    """How good our ranker was in the evaluations of the last days, newest first."""
    since = timezone.now() - timedelta(days=days)
    runs = EvaluationRun.objects.filter(run_at__gte=since, ranker=OURS).defer("by_query_json", "against_json")
    return runs.order_by("-run_at", "collection")[:MOST_EVALUATIONS]


def interactions(days: int) -> dict[str, int]:
    """What people were shown in the last days and did with it: how often, by kind."""
    since = timezone.now() - timedelta(days=days)
    counted = Interaction.objects.filter(created_at__gte=since).order_by().values_list("kind").annotate(n=Count("pk"))
    return dict.fromkeys(Interaction.Kind.values, 0) | dict(counted)


def _stages(since: datetime) -> Iterable[StageSpeed]:
    with connection.cursor() as cursor:
        cursor.execute(_STAGES, [since])
        for name, runs, done, failed, seconds, p95 in cursor.fetchall():
            rate = round(done / float(seconds), 2) if done and seconds else None
            yield StageSpeed(name, runs, done, failed, rate, _rounded(p95))


def _spans(table: str, since: str, begin: datetime) -> Spans:
    with connection.cursor() as cursor:
        cursor.execute(_SPANS.format(table=table, since=since, until="finished_at"), [begin])
        count, p50, p95 = cursor.fetchone()
    return Spans(count, _rounded(p50), _rounded(p95))


def _requests() -> Requests | None:
    """From the counts of all web processes; None where they do not count, as in a process that serves nobody."""
    buckets: dict[float, float] = {}
    errors = 0.0
    for family in _registry().collect():
        for sample in family.samples:
            if sample.name == f"{_LATENCY}_bucket":
                edge = float(sample.labels["le"])
                buckets[edge] = buckets.get(edge, 0.0) + sample.value
            elif sample.name == _ANSWERS and sample.labels["status"].startswith("5"):
                errors += sample.value
    total = max(buckets.values(), default=0.0)
    if not total:
        return None
    return Requests(int(total), int(errors), _percentile(buckets, 0.5), _percentile(buckets, 0.95))


def _registry() -> CollectorRegistry:
    """Summed over the processes where they write to files of their own, as under gunicorn."""
    try:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        return REGISTRY
    return registry


def _percentile(buckets: Mapping[float, float], share: float) -> float | None:
    """Linear within the bucket that it falls into, as Prometheus' histogram_quantile; None beyond the last edge."""
    edges = sorted(buckets)
    wanted, below, floor = share * buckets[edges[-1]], 0.0, 0.0
    for edge in edges:
        if buckets[edge] >= wanted:
            inside = (wanted - below) / (buckets[edge] - below) if buckets[edge] > below else 0.0
            return None if edge == float("inf") else round(floor + (edge - floor) * inside, 4)
        below, floor = buckets[edge], edge
    return None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(float(seconds), 3)
