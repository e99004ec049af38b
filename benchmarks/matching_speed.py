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
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.database import database, machine
from cvmatch.core.memory import settle
from jobs.values import JobFilter

CHUNK, ROUNDS, NOISE, SPREAD = 16, 3, 0.25, 60
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

    call_command("createcachetable", verbosity=0)
    with open(os.devnull, "w") as nowhere:
        call_command("demo", "--if-empty", stdout=nowhere)
    for stage in ("parse_cvs", "read_jobs", "embed_jobs", "embed_cvs"):
        while runner.run(get_stage(stage), limit=500, trigger="command").claimed:
            pass
    with connection.cursor() as cursor:
        for kind in ("text", "title"):
            cursor.execute(f"DROP INDEX IF EXISTS matching_jobvector_{kind}")
    multiply("jobs_job", "job_id", jobs, ("matching_jobpassages",), "matching_jobvector")
    multiply("ingestion_cv", "cv_id", cvs, ("matching_cvpassages", "matching_cvembedding"), "matching_cvvector")
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for kind in ("text", "title"):
            cursor.execute(
                f"CREATE INDEX matching_jobvector_{kind} ON matching_jobvector USING hnsw (embedding halfvec_cosine_ops) "
                f"WITH (m={m}, ef_construction={200 * m // 24}) WHERE kind = '{kind}'"
            )
        cursor.execute("VACUUM ANALYZE")
    runner.run(get_stage("count_words"), limit=1, trigger="command")


# What differs between a copy and its original; n is the number of the copy.
DIFFERENT = {
    "jobs_job": {
        "external_id": "o.external_id || '-' || n",
        "source": "'source ' || n %% 7",
        "posted_at": "now() - (o.id * 31 + n * 17) %% 90 * interval '1 day'",
        "salary_year_max": "o.salary_year_max * (0.7 + (n * 13 + o.id) %% 60 / 100.0)",
        "remote": "(n + o.id) %% 9 = 0",
        "city": "t.city", "city_key": "t.city_key", "country": "t.country", "latitude": "t.latitude", "longitude": "t.longitude",
    },
    "ingestion_cv": {"version": "o.version + n", "is_latest": "false"},
}  # fmt: skip
TOWNS = {
    "jobs_job": "JOIN LATERAL (SELECT * FROM towns OFFSET (o.id * 7 + n) %% (SELECT count(*) FROM towns) LIMIT 1) t ON true",
    "ingestion_cv": "",
}


def multiply(table: str, key: str, count: int, beside: Sequence[str], vectors: str) -> None:
    """Copies until there are ``count`` rows: with what hangs on them as it is, and vectors a little off."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS towns AS SELECT DISTINCT ON (city_key, country) * FROM jobs_job"
        )
        cursor.execute(f"SELECT count(*), max(id) FROM {table}")
        originals, highest = cursor.fetchone()
        columns = columns_of(table)
        own = {"id": "o.id + n * %(highest)s"} | DIFFERENT[table]
        values = ", ".join(own.get(column, f"o.{column}") for column in columns)
        copies = f"FROM {table} o CROSS JOIN generate_series(1, %(copies)s) n {TOWNS[table]} WHERE o.id <= %(highest)s"
        span = {"highest": highest, "copies": (count - 1) // originals}
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} {copies}", span)
        for other in beside:
            columns = [column for column in columns_of(other) if column != "id"]
            values = ", ".join(f"o.{key} + n * %(highest)s" if c == key else f"o.{c}" for c in columns)
            cursor.execute(
                f"INSERT INTO {other} ({', '.join(columns)}) SELECT {values} FROM {other} o, generate_series(1, %(copies)s) n",
                span,
            )
        copy_vectors(cursor, vectors, key, span)


def columns_of(table: str) -> list[str]:
    from django.apps import apps

    (model,) = (model for model in apps.get_models() if model._meta.db_table == table)
    return [field.column for field in model._meta.concrete_fields if not field.generated]


def copy_vectors(cursor: Any, table: str, key: str, span: dict[str, int]) -> None:
    noise = np.random.default_rng(7)
    cursor.execute(f"SELECT {key}, kind, model, embedding::text FROM {table} WHERE {key} <= %(highest)s", span)
    rows = [(pk, kind, model, np.fromstring(text.strip("[]"), sep=",")) for pk, kind, model, text in cursor.fetchall()]
    with cursor.copy(f"COPY {table} ({key}, kind, model, embedding) FROM STDIN") as copy:
        for pk, kind, model, vector in rows:
            moved = vector + NOISE * noise.standard_normal((span["copies"], len(vector))) / np.sqrt(len(vector))
            moved /= np.linalg.norm(moved, axis=1, keepdims=True)
            for number, copied in enumerate(moved, start=1):
                text = "[" + ",".join(f"{value:.4f}" for value in copied) + "]"
                copy.write_row((pk + number * span["highest"], kind, model, text))


def measure_facets() -> None:
    from jobs.facets import count_facets
    from jobs.models import Job

    for name, only in {"none": JobFilter(), **FILTERS}.items():
        report(f"facets: {name}", [lambda o=only: count_facets(Job.objects.active(), o)] * 10)


def measure_one_cv() -> None:
    """The way of the API: the best ten under a filter with their explanations."""
    from ingestion.models import CV
    from matching.live import rank_now

    cvs = list(CV.objects.select_related("candidate").filter(version=1).order_by("pk"))
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

    cvs = list(CV.objects.select_related("candidate").filter(version=1))
    rank_now(cvs[0], only=FILTERS["country"])
    profile = cProfile.Profile()
    profile.runcall(lambda: [rank_now(cv, only=FILTERS["country"]) for cv in cvs])
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
