"""How long it takes to put a whole table of postings together, and one new posting into it."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from statistics import quantiles

from benchmarks.database import database
from benchmarks.duplicates.bases import Row, fictional
from benchmarks.duplicates.world import make
from cvmatch.core.batches import in_batches
from jobs.values import JobPosting

BATCH = 2000


def run(jobs: int, news: int = 100, seed: int = 5) -> None:
    """Print seconds for ``jobs`` postings, and milliseconds for each of ``news`` more, stored and grouped one by one."""
    rows = list(islice(_rows(jobs + news, seed), jobs + news))
    with database():
        from jobs.models import Job, Listing, Vacancy

        _store(rows[:jobs])
        print(f"{jobs} postings stored", flush=True)
        started, computed = time.perf_counter(), time.process_time()
        _group_all()
        took, computed = time.perf_counter() - started, time.process_time() - computed
        each = f"{1000 * took / jobs:.2f} ms each, {1000 * computed / jobs:.2f} of them computing outside the database"
        print(f"{jobs} postings put together in {took:.1f} s ({each})", flush=True)
        print(
            f"{Vacancy.objects.count()} vacancies with {Listing.objects.count()} postings; {Job.objects.listed().count()} listed"
        )
        _time_one_by_one(rows[jobs:])
        _time_reads()


def _rows(number: int, seed: int) -> list[Row]:
    rows: list[Row] = []
    while len(rows) < number:
        seed += 1
        world = make(list(fictional(1500, seed)), seed)
        start = len(rows)
        rows += [replace(row, posting=_open(row.posting, str(start + n))) for n, row in enumerate(world)]
    random.Random(seed).shuffle(rows)
    return rows


def _open(posting: JobPosting, external_id: str) -> JobPosting:
    return replace(posting, external_id=external_id, expires_at=None)


def _store(rows: Sequence[Row]) -> None:
    """As a sync leaves them once they were read; reading is measured elsewhere."""
    from jobs.models import JobReading
    from jobs.services import upsert_jobs

    for source in sorted({row.source[:40] for row in rows}):
        for batch in in_batches((row.posting for row in rows if row.source[:40] == source), BATCH):
            upsert_jobs(source=source, postings=batch)
    JobReading.objects.filter(status="pending").update(status="completed")


def _group_all() -> None:
    from jobs.stages import group_jobs

    while group_jobs(limit=BATCH).more:
        pass


def _time_one_by_one(rows: Sequence[Row]) -> None:
    from jobs.grouping import group_jobs
    from jobs.models import Job

    took = []
    for row in rows:
        _store([row])
        pk = Job.objects.get(source=row.source[:40], external_id=row.posting.external_id).pk
        started = time.perf_counter()
        group_jobs([pk])
        took.append(1000 * (time.perf_counter() - started))
    cuts = quantiles(took, n=20)
    print(f"one new posting: p50 {cuts[9]:.1f} ms  p95 {cuts[18]:.1f} ms  n {len(took)}")


def _time_reads() -> None:
    """What it costs lists and counts to leave out what is shown elsewhere."""
    from django.db import connection

    from jobs.grouping import heal, waiting_jobs
    from jobs.models import Job

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    reads = {
        "count of open rows": lambda: Job.objects.active().count(),
        "count of listed rows": lambda: Job.objects.listed().count(),
        "newest 50 of open rows": lambda: list(
            Job.objects.active().order_by("-listed_at", "-id").values_list("pk")[:50]
        ),
        "newest 50 of listed rows": lambda: list(
            Job.objects.listed().order_by("-listed_at", "-id").values_list("pk")[:50]
        ),
        "finding what waits (nothing)": lambda: waiting_jobs(limit=10),
        "healing (nothing)": heal,
    }
    for name, read in reads.items():
        times = []
        for _ in range(7):
            started = time.perf_counter()
            read()
            times.append(1000 * (time.perf_counter() - started))
        print(f"{name:32} {sorted(times)[3]:.1f} ms")
