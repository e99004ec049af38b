"""Measures matching under filters: one CV against 100,000 jobs ranked and explained, and batches without explanation.

    .venv/bin/python -m benchmarks.matching_speed [--jobs 100000] [--batch 1000] [--processes 2] [--m 24] [--keep FOLDER]

The jobs are the demo's, read as in production and multiplied: each copy in another town, with another age, pay and
source, and with vectors a little off those of its original. Vectors come from the hashing provider, since embedding is
not what is measured; everything else is the production code on an embedded database of its own.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.database import database, machine
from cvmatch.core.memory import settle
from jobs.values import JobFilter

# The CVs of the demo come before their copies.
CHUNK, ROUNDS, ORIGINALS = 16, 3, 18
FILTERS = {
    "country": JobFilter(countries=("DE",)),
    "country and level": JobFilter(countries=("GB", "IE"), levels=("senior", "lead")),
    "pay, not older than a week": JobFilter(pay_from=Decimal(60000), currency="EUR", posted_within_days=7),
    "remote or internship in one town": JobFilter(cities=("berlin",), employment_types=("full_time", "internship")),
    "not remote (keeps most)": JobFilter(remote=False),
}


def main() -> None:
    options = arguments()
    os.environ["CVMATCH_EMBEDDING_PROVIDER"] = "hashing"
    print(machine(), flush=True)
    with database(options.keep):
        from jobs.models import Job

        if Job.objects.count() < options.jobs:
            started = time.perf_counter()
            load(options.jobs, options.batch, m=options.m)
            print(f"{options.jobs:,} jobs loaded and indexed in {time.perf_counter() - started:.0f} s", flush=True)
        settle()  # as web and worker processes do
        if options.profile:
            profiled()
        measure_facets()
        measure_one_cv()
        measure_batch(options.batch, options.processes)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=1000, help="CVs that are matched without explanation")
    parser.add_argument("--processes", type=int, default=2, help="that rank the batch side by side (default: 2)")
    parser.add_argument("--m", type=int, default=24, help="of the vector index; fewer build faster")
    parser.add_argument("--keep", type=Path, help="leave the database in this folder, and use it again")
    parser.add_argument("--profile", action="store_true", help="say first where the time of one CV goes")
    return parser.parse_args()


def load(jobs: int, cvs: int, *, m: int) -> None:
    """The demo, read and embedded, then its copies in SQL, then the indexes as they are in production."""
    from django.core.management import call_command
    from django.db import connection

    from cvmatch.core import runner
    from cvmatch.core.queue import get_stage
    from cvmatch.dummy.copying import CVS, JOBS, without_vector_indexes
    from ingestion.models import CV
    from jobs.models import Job

    call_command("createcachetable", verbosity=0)
    with open(os.devnull, "w") as nowhere:
        call_command("demo", "--if-empty", stdout=nowhere)
    for stage in ("parse_cvs", "read_jobs", "embed_jobs", "embed_cvs"):
        while runner.run(get_stage(stage), limit=500, trigger="command").claimed:
            pass
    with without_vector_indexes(JOBS, m=m):
        multiply(replace(JOBS, own={**JOBS.own, "source": "'source ' || c.n %% 7"}), Job, jobs)
        multiply(CVS, CV, cvs)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    runner.run(get_stage("count_words"), limit=1, trigger="command")


def multiply(kind: Any, model: Any, count: int) -> None:
    """Copies until there are ``count`` rows, or leaves those that there are."""
    from cvmatch.dummy.copying import copy_rows

    origins = list(model.objects.order_by("pk").values_list("pk", flat=True))
    copy_rows(kind, origins, range(len(origins) + 1, count + 1))


def measure_facets() -> None:
    from jobs.facets import count_facets
    from jobs.models import Job

    for name, only in {"none": JobFilter(), **FILTERS}.items():
        report(f"facets: {name}", [lambda o=only: count_facets(Job.objects.active(), o)] * 10)


def measure_one_cv() -> None:
    """The way of the API: the best ten under a filter with their explanations."""
    from ingestion.models import CV
    from matching.live import rank_now

    cvs = list(CV.objects.select_related("candidate").order_by("pk")[:ORIGINALS])
    for name, only in FILTERS.items():
        kept = jobs_under(only)
        report(f"one CV: {name} ({kept:,} jobs)", [lambda c=cv, o=only: rank_now(c, only=o) for cv in cvs * ROUNDS])
    report("one CV: no filter", [lambda c=cv: rank_now(c, only=JobFilter()) for cv in cvs * ROUNDS])


def jobs_under(only: JobFilter) -> int:
    from jobs.models import Job

    return Job.objects.active().filtered(only).count()


def measure_batch(count: int, processes: int) -> None:
    """As the stage does it in as many workers: lists of fifty for sixteen CVs at a time, without explanations."""
    from django.db import connection

    from ingestion.models import CV

    ids = list(CV.objects.order_by("pk").values_list("pk", flat=True)[:count])
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    connection.close()  # each worker opens its own
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as workers:
        list(workers.map(rank_chunk, chunks[:processes]))
        started = time.perf_counter()
        list(workers.map(rank_chunk, chunks))
        seconds = time.perf_counter() - started
    print(
        f"batch of {len(ids):,} CVs: {seconds:.1f} s in {processes} processes, {3600 * len(ids) / seconds:,.0f} CVs/h",
        flush=True,
    )


def rank_chunk(cv_ids: Sequence[int]) -> None:
    from django.utils import timezone

    from matching.ranking import rank
    from matching.search import Side

    rank(Side.JOBS_FOR_CV, cv_ids, now=timezone.now(), top=50)


def report(name: str, calls: Sequence[Callable[[], Any]]) -> None:
    """Each call once; the first beforehand, to warm up."""
    calls[0]()
    times = []
    for call in calls:
        started = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - started))
    median, high = np.percentile(times, (50, 95))
    print(f"{name:<58} p50 {median:7.1f} ms  p95 {high:7.1f} ms  n {len(times)}", flush=True)


def profiled() -> None:
    from ingestion.models import CV
    from matching.live import rank_now

    cvs = list(CV.objects.select_related("candidate").order_by("pk")[:ORIGINALS])
    rank_now(cvs[0], only=FILTERS["country"])
    profile = cProfile.Profile()
    profile.runcall(lambda: [rank_now(cv, only=FILTERS["country"]) for cv in cvs])
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
