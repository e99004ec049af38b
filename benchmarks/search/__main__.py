"""Recall and speed of the vector search by how much a filter keeps, on synthetic vectors in clusters.

    .venv/bin/python -m benchmarks.search [--rows 100000] [--subjects 100] [--m 24] [--ef-construction 200] [--keep FOLDER]
    .venv/bin/python -m benchmarks.search --rows 1000000 --growth-from 100000 --shares 0.1 0.01 0.001 0.0001 --limit 10

Everything goes through the search backend as in production, one CV at a time. The truth is computed in numpy, by no statement
that a planner could turn into the one that is measured. The filter either has nothing to do with the vectors (by chance, a
country) or follows their clusters (pay), so that most of what it keeps is far from most CVs. With --growth-from the same is
measured on so many rows before, and p95 without a filter is compared. A million rows take 6 GB of memory and of disk.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.database import database, machine
from benchmarks.search.vectors import PAY, SHARES, Collection, cosines, least_of_nearest, make_collection
from jobs.values import JobFilter
from matching.search import SearchBackend, Side

TOP = 10
MODEL = "bench"
# Halves are rounded differently here and there.
TOLERANCE = 2e-4


@dataclass(frozen=True)
class Question:
    """A filter, how many rows it keeps, and for each CV the cosine of the last of its nearest ten among them."""

    name: str
    only: JobFilter | None
    kept: int
    total: int
    least: NDArray[np.float32]


def main() -> None:
    options = arguments()
    print(machine(), flush=True)
    with database(options.keep):
        p95 = {
            rows: measured(rows, options) for rows in dict.fromkeys((options.growth_from or options.rows, options.rows))
        }
    if options.growth_from:
        before, after = p95[options.growth_from], p95[options.rows]
        print(
            f"\np95 without a filter at {options.rows:,} over {options.growth_from:,} rows: {after / before:.2f} (bar 3)"
        )


def measured(rows: int, options: argparse.Namespace) -> float:
    """Loads so many rows and asks everything; p95 without a filter in milliseconds, of the last setting."""
    from matching.search.pgvector import PgvectorSearch

    started = time.perf_counter()
    collection = make_collection(rows, options.subjects)
    truth = cosines(collection)
    print(f"\n{rows:,} jobs made and compared in {time.perf_counter() - started:.0f} s", flush=True)
    cv_ids = prepared(collection, options)
    plain, p95 = PgvectorSearch(), 0.0
    for exact_rows in options.exact_rows or [plain.exact_rows]:
        for limit in options.limit:
            print(f"\nlimit {limit}, exact up to {exact_rows:,} rows")
            print(f"filter         share %      rows  recall@{TOP}  worst  p50 ms  p95 ms")
            search = PgvectorSearch(ef_search=options.ef_search, exact_rows=exact_rows)
            for question in questions(collection, truth, options.shares):
                high = measure(question, cv_ids, limit, search)
                p95 = high if question.only is None else p95
    return p95


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", "--jobs", type=int, default=100_000)
    parser.add_argument("--growth-from", type=int, help="measure so many rows before, and compare p95")
    parser.add_argument("--subjects", type=int, default=100, help="CVs that are searched for, one by one")
    parser.add_argument("--m", type=int, default=24)
    parser.add_argument("--ef-construction", type=int, default=200)
    parser.add_argument("--ef-search", type=int, default=300)
    parser.add_argument("--shares", type=float, nargs="+", choices=SHARES, default=SHARES, help="what filters keep")
    parser.add_argument("--build-workers", type=int, default=0, help="that help to build the index (default: none)")
    parser.add_argument("--build-memory", default="3GB", help="maintenance_work_mem while it is built")
    parser.add_argument("--limit", type=int, nargs="+", default=[10, 100], help="how many targets a channel brings")
    parser.add_argument("--exact-rows", type=int, nargs="+", help="compare all that is kept up to so many rows")
    parser.add_argument("--keep", type=Path, help="leave the database in this folder")
    parser.add_argument("--loaded", action="store_true", help="the kept folder holds the same collection already")
    return parser.parse_args()


def prepared(collection: Collection, options: argparse.Namespace) -> list[int]:
    """The ids of the CVs of a database that holds the collection."""
    from benchmarks.search import loading

    if options.loaded:
        return loading.loaded_cvs()
    started = time.perf_counter()
    cv_ids = loading.load(collection, model=MODEL)
    print(f"loaded in {time.perf_counter() - started:.0f} s", flush=True)
    built = loading.build_index(
        m=options.m,
        ef_construction=options.ef_construction,
        workers=options.build_workers,
        memory=options.build_memory,
    )
    print(
        f"index m={options.m} ef_construction={options.ef_construction} built in {built.seconds:.0f} s by "
        f"{1 + options.build_workers} processes; the first used {built.peak_mb:,.0f} MB at most, shared buffers included\n"
        f"index {built.index_mb:,.0f} MB, vectors {built.vectors_mb:,.0f} MB, database {built.database_mb:,.0f} MB",
        flush=True,
    )
    return cv_ids


def questions(collection: Collection, truth: NDArray[np.float32], shares: Sequence[float]) -> Iterator[Question]:
    """Without any filter first, then each share kept by chance and along the clusters."""
    jobs = len(collection.vectors)
    yield Question("none", None, jobs, jobs, least_of_nearest(truth, np.ones(jobs, dtype=bool), TOP))
    for step, share in enumerate(SHARES):
        if share not in shares:
            continue
        count = max(1, round(share * jobs))
        kept = collection.by_chance < share
        countries = JobFilter(countries=tuple(f"A{later}" for later in range(step, len(SHARES))))
        yield Question("by chance", countries, int(kept.sum()), jobs, least_of_nearest(truth, kept, TOP))
        kept = np.rint(collection.by_cluster * jobs) < count
        pay = JobFilter(pay_from=Decimal(PAY * (1 - (count - 0.5) / jobs)), currency="EUR")
        yield Question("by cluster", pay, int(kept.sum()), jobs, least_of_nearest(truth, kept, TOP))


def measure(question: Question, cv_ids: Sequence[int], limit: int, search: SearchBackend) -> float:
    """One search for each CV (the first once more, to warm up), and one line of figures; p95 in milliseconds."""
    recalls, times = [], []
    search.find(Side.JOBS_FOR_CV, cv_ids[:1], model=MODEL, limit=limit, only=question.only)
    for cv_id, least in zip(cv_ids, question.least, strict=True):
        started = time.perf_counter()
        found = search.find(Side.JOBS_FOR_CV, [cv_id], model=MODEL, limit=limit, only=question.only)
        times.append(1000 * (time.perf_counter() - started))
        best = sorted((candidate.text_cosine or 0.0 for candidate in found.get(cv_id, ())), reverse=True)[:TOP]
        recalls.append(sum(cosine >= least - TOLERANCE for cosine in best) / min(TOP, question.kept))
    median, high = np.percentile(times, (50, 95))
    share = 100 * question.kept / question.total
    print(
        f"{question.name:<11} {share:>10.4g} {question.kept:>9,} {np.mean(recalls):>10.3f} {min(recalls):>6.1f}"
        f" {median:>7.1f} {high:>7.1f}",
        flush=True,
    )
    return float(high)


if __name__ == "__main__":
    main()
