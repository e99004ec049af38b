"""Recall and speed of the vector search by how much a filter keeps, on synthetic vectors in clusters.

    .venv/bin/python -m benchmarks.search [--jobs 100000] [--subjects 100] [--m 24] [--ef-construction 200] [--keep FOLDER]

Everything goes through the search backend as in production, one CV at a time. The truth is computed in numpy. The filter
either has nothing to do with the vectors (by chance, a country) or follows their clusters (pay), so that most of what it
keeps is far from most CVs.
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
    started = time.perf_counter()
    collection = make_collection(options.jobs, options.subjects)
    truth = cosines(collection)
    print(f"{machine()}\n{options.jobs:,} jobs made and compared in {time.perf_counter() - started:.0f} s", flush=True)
    with database(options.keep):
        from matching.search.pgvector import PgvectorSearch

        cv_ids = prepared(collection, options)
        plain = PgvectorSearch()
        for exact_rows in options.exact_rows or [plain.exact_rows]:
            for limit in options.limit:
                print(f"\nlimit {limit}, exact up to {exact_rows:,} rows")
                print(f"filter         share %      rows  recall@{TOP}  worst  p50 ms  p95 ms")
                for question in questions(collection, truth):
                    measure(question, cv_ids, limit, PgvectorSearch(ef_search=options.ef_search, exact_rows=exact_rows))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--subjects", type=int, default=100, help="CVs that are searched for, one by one")
    parser.add_argument("--m", type=int, default=24)
    parser.add_argument("--ef-construction", type=int, default=200)
    parser.add_argument("--ef-search", type=int, default=100)
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
    seconds = loading.build_index(m=options.m, ef_construction=options.ef_construction)
    print(
        f"index m={options.m} ef_construction={options.ef_construction} built in {seconds:.0f} s by one process",
        flush=True,
    )
    return cv_ids


def questions(collection: Collection, truth: NDArray[np.float32]) -> Iterator[Question]:
    """Without any filter first, then each share kept by chance and along the clusters."""
    jobs = len(collection.vectors)
    yield Question("none", None, jobs, jobs, least_of_nearest(truth, np.ones(jobs, dtype=bool), TOP))
    for step, share in enumerate(SHARES):
        count = max(1, round(share * jobs))
        kept = collection.by_chance < share
        countries = JobFilter(countries=tuple(f"A{later}" for later in range(step, len(SHARES))))
        yield Question("by chance", countries, int(kept.sum()), jobs, least_of_nearest(truth, kept, TOP))
        kept = np.rint(collection.by_cluster * jobs) < count
        pay = JobFilter(pay_from=Decimal(PAY * (1 - (count - 0.5) / jobs)), currency="EUR")
        yield Question("by cluster", pay, int(kept.sum()), jobs, least_of_nearest(truth, kept, TOP))


def measure(question: Question, cv_ids: Sequence[int], limit: int, search: SearchBackend) -> None:
    """One search for each CV (the first once more, to warm up), and one line of figures."""
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


if __name__ == "__main__":
    main()
