"""The metrics that are read from the database when asked for: every process says the same, so take their max, never their sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cvmatch.core import queue
from cvmatch.core.cache_counts import CacheCounts
from cvmatch.core.http.figures import list_breakers
from cvmatch.core.models import StageRun
from cvmatch.pipeline_state import list_backlogs, list_workers
from cvmatch.system_state import sizes
from ingestion.parsing_figures import parsed_last_day
from ingestion.source_figures import failures_in_a_row, running_seconds, runs_last_day
from matching import index_health

HOUR = timedelta(hours=1)

# Connections of clients against those that roles without special rights may have. Blocks and transactions are counted by
# PostgreSQL since its statistics were last reset.
_DATABASE = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true), '0')::int,
       pg_database_size(d.datid), d.blks_hit, d.blks_read, d.xact_commit, d.xact_rollback, d.deadlocks,
       (SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0)::float8 FROM pg_stat_activity
         WHERE datname = d.datname AND backend_type = 'client backend' AND pid <> pg_backend_pid())
  FROM pg_stat_database d WHERE d.datname = current_database()
"""


class _Stored(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _queues()
        yield from _stages()
        yield from _syncs()
        yield from _database()


def _gauge(name: str, about: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _by_two(
    name: str, about: str, labels: tuple[str, str], values: Mapping[tuple[str, str], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=labels)
    for pair, number in values.items():
        family.add_metric(pair, number)
    return family


def _age_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _queues() -> Iterator[Metric]:
    now, workers = timezone.now(), list_workers()
    waiting = {worker.cluster: worker.load.waiting for worker in workers}
    yield _gauge("cvmatch_queue_depth", "Tasks that wait for a worker.", "queue", waiting)
    running = {worker.cluster: worker.load.running for worker in workers}
    yield _gauge("cvmatch_queue_running", "Tasks that are with a worker.", "queue", running)
    ages = {worker.cluster: _age_s(worker.load.oldest, now) for worker in workers}
    yield _gauge("cvmatch_queue_age_seconds", "How long the oldest task has waited; 0 where none waits.", "queue", ages)
    beats = {worker.cluster: _age_s(worker.beat_at, now) for worker in workers if worker.beat_at}
    about = "Since the last sign of life of a queue's workers; none where there never was one."
    yield _gauge("cvmatch_worker_silent_seconds", about, "queue", beats)


def _stages() -> Iterator[Metric]:
    now, backlogs = timezone.now(), list_backlogs()
    rows = {
        (stage, state): number
        for stage, backlog in backlogs.items()
        for state, number in (
            ("waiting", backlog.waiting),
            ("working", backlog.working),
            ("failed", backlog.failed),
        )
    }
    about = "Rows of a stage that wait for it, are worked on, or are set aside with an error."
    yield _by_two("cvmatch_stage_backlog", about, ("stage", "state"), rows)
    ages = {stage: _age_s(backlog.oldest, now) for stage, backlog in backlogs.items()}
    about = "How long the oldest row of a stage has waited; 0 where none waits."
    yield _gauge("cvmatch_stage_age_seconds", about, "stage", ages)
    known = [stage.name for stage in queue.stages()]
    recent = StageRun.objects.filter(stage__in=known, started_at__gte=now - HOUR).order_by()
    ended = recent.values_list("stage").annotate(done=Sum("done"), failed=Sum("failed"))
    counts: dict[tuple[str, str], float] = {}
    for stage, done, failed in ended:
        counts |= {(stage, "done"): done, (stage, "failed"): failed}
    about = "Rows that runs of the last hour ended with, by how."
    yield _by_two("cvmatch_stage_rows", about, ("stage", "outcome"), counts)
    about = "Readings of CV files that ended in the last 24 hours, by how they ended."
    yield _gauge("cvmatch_cvs_parsed", about, "status", parsed_last_day())


def _syncs() -> Iterator[Metric]:
    about = (
        "1 for the state that a source's breaker is in: closed, open or half-open; sources that never failed have none."
    )
    breakers = {(breaker.source, breaker.state): 1 for breaker in list_breakers()}
    yield _by_two("cvmatch_source_breaker", about, ("source", "state"), breakers)
    about = "Runs of sources that ended in the last 24 hours, by how they ended."
    yield _by_two("cvmatch_syncs", about, ("source", "status"), runs_last_day())
    about = "How long the run of a source has been going; none while it waits for its budget."
    yield _gauge("cvmatch_sync_running_seconds", about, "source", running_seconds())
    about = "Attempts to read a source that failed since its last run that came to its end."
    yield _gauge("cvmatch_sync_failures", about, "source", failures_in_a_row())


def _database() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        used, most, size, hit, read, committed, rolled_back, deadlocks, oldest_s = cursor.fetchone()
    yield GaugeMetricFamily("cvmatch_database_connections", "Connections of clients to the server.", used)
    yield GaugeMetricFamily("cvmatch_database_connections_limit", "Connections that clients may have.", most)
    yield GaugeMetricFamily("cvmatch_database_size_bytes", "Size of the database on disk.", size)
    about = "Since the oldest transaction that is open began; 0 where none is."
    yield GaugeMetricFamily("cvmatch_database_oldest_transaction_seconds", about, oldest_s)
    yield _counter("cvmatch_database_blocks", "Blocks read, by where they were.", "from", {"memory": hit, "disk": read})
    ended = {"committed": committed, "rolled back": rolled_back}
    yield _counter("cvmatch_database_transactions", "Transactions, by how they ended.", "outcome", ended)
    yield CounterMetricFamily("cvmatch_database_deadlocks", "Deadlocks that PostgreSQL ended.", deadlocks)
    tables = {table.name: table.total_bytes for table in sizes().tables}
    yield _gauge("cvmatch_table_bytes", "Size of the largest tables with their indexes.", "table", tables)
    removed = {state.name: state.removed_share for state in index_health.states()}
    about = "Vectors that left since the index was built, for each that is there."
    yield _gauge("cvmatch_vector_index_removed_share", about, "index", removed)


def _counter(name: str, about: str, label: str, values: Mapping[str, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, about, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


STORED = CollectorRegistry(auto_describe=False)
STORED.register(_Stored())
STORED.register(CacheCounts())
