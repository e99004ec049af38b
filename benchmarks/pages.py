"""Measures every page for every role with 100,000 jobs and 20,000 CVs: server time, queries and bytes.

    .venv/bin/python -m benchmarks.pages [--jobs 100000] [--cvs 20000] [--rounds 20] [--keep FOLDER] [--only NAME]

The jobs and CVs are the demo's, read as in production and multiplied, with vectors of the hashing provider; each CV has a
list of jobs, and 300 jobs have a list of candidates with reasons. Requests go through the whole stack of the project
in one process (middleware, table of access, templates), so that a time is the server's and holds no network. What a
page costs when nothing of it is kept (cvmatch/core/keeping.py) is told apart. Bars: p95 under 200 ms,
HTML under 60 KB, 12 queries.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.database import database, machine

BAR_MS, BAR_BYTES, BAR_QUERIES = 200, 60 * 1024, 12
LINES, EXPLAINED_JOBS = 10, 300


@dataclass
class Measured:
    """One page as one role sees it: milliseconds with nothing kept (``bare``), and of the requests after that."""

    name: str
    address: str
    status: int = 0
    size: int = 0
    queries: int = 0
    bare: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        median, high = np.percentile(self.times, (50, 95))
        bare, bare_high = np.percentile(self.bare, (50, 95))
        over = [
            name
            for name, value, bar in (
                ("SLOW", high, BAR_MS),
                ("BARE", bare_high, BAR_MS),
                ("LARGE", self.size, BAR_BYTES),
                ("QUERIES", self.queries, BAR_QUERIES),
            )
            if value > bar
        ]
        return (
            f"{self.name:<44} {self.status} p50 {median:6.1f} ms  p95 {high:6.1f} ms  bare {bare:6.1f} {bare_high:6.1f} ms  "
            f"{self.size / 1024:6.1f} KB  {self.queries:3} queries  {' '.join(over)}"
        )


def main() -> None:
    options = arguments()
    os.environ["CVMATCH_EMBEDDING_PROVIDER"] = "hashing"
    print(machine(), f"load {os.getloadavg()[0]:.1f}", flush=True)
    with database(options.keep):
        from ingestion.models import CV

        if CV.objects.count() < options.cvs:
            started = time.perf_counter()
            load(options.jobs, options.cvs)
            print(f"loaded in {time.perf_counter() - started:.0f} s", flush=True)
        from django.core.management import call_command

        from cvmatch.core.memory import settle

        call_command("collectstatic", verbosity=0, interactive=False)
        settle()  # as web processes do
        for role, name, address in pages():
            if options.only in f"{role}: {name}":
                print(measure(role, name, address, options.rounds), flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--cvs", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=20, help="requests of each page")
    parser.add_argument("--keep", type=Path, help="leave the database in this folder, and use it again")
    parser.add_argument("--only", default="", help="part of the name of the pages to measure")
    return parser.parse_args()


def load(jobs: int, cvs: int) -> None:
    """The demo's jobs and their copies, its CVs with their lists and a job with its candidates; then copies of these."""
    from django.db import connection

    from benchmarks import matching_speed
    from cvmatch.core import runner
    from cvmatch.core.queue import get_stage
    from cvmatch.dummy.copying import CVS, columns_of
    from ingestion.models import CV
    from jobs.models import Job
    from matching.services import request_candidates

    matching_speed.load(jobs, 1, m=8)
    request_candidates(job_ids=[Job.objects.order_by("pk")[0].pk], requested_by=None)
    for stage in ("match_cvs", "match_jobs", "explain_matches"):
        while runner.run(get_stage(stage), limit=100, trigger="command").claimed:
            pass
    matching_speed.multiply(CVS, CV, cvs)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs_job")  # whose ids have no gaps
        values = {"of_jobs": cursor.fetchone()[0]}
        for table, own, where in COPIED:
            columns = columns_of(table)
            chosen = ", ".join(own.get(column, f"o.{column}") for column in columns if column in own or column != "id")
            names = ", ".join(column for column in columns if column in own or column != "id")
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table} o {where}", values)
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute("VACUUM ANALYZE")


# The lists of a copied CV, number n, have the ids of the original's and so many times the span between copies.
OF_COPIES, ANOTHER_JOB = (
    "JOIN copies_of_ingestion_cv n ON n.origin = o.cv_id WHERE",
    "1 + (o.job_id + n.n * 37) %% %(of_jobs)s",
)
LIST_OF_JOB = f"CROSS JOIN generate_series(1, {EXPLAINED_JOBS}) n WHERE"
COPIED: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "matching_prediction",
        {"id": "o.id + n.n * 1000", "cv_id": "n.id"},
        OF_COPIES + " o.side = 'jobs' AND o.id <= 1000",
    ),
    (
        "matching_match",
        {
            "id": "o.id + n.n * 100000",
            "prediction_id": "o.prediction_id + n.n * 1000",
            "cv_id": "n.id",
            "job_id": ANOTHER_JOB,
        },
        "JOIN matching_prediction p ON p.id = o.prediction_id AND p.side = 'jobs' AND p.id <= 1000 "
        f"{OF_COPIES} o.rank <= {LINES}",
    ),
    (
        "matching_prediction",
        {"id": "o.id + n * 10000000::bigint", "job_id": "o.job_id + n"},
        LIST_OF_JOB + " o.side = 'cvs' AND o.id <= 1000",
    ),
    (
        "matching_match",
        {
            "id": "o.id + n * 1000000000::bigint",
            "prediction_id": "o.prediction_id + n * 10000000::bigint",
            "job_id": "o.job_id + n",
        },
        f"JOIN matching_prediction p ON p.id = o.prediction_id AND p.side = 'cvs' AND p.id <= 1000 {LIST_OF_JOB} true",
    ),
    (
        "matching_explanation",
        {"match_id": "o.match_id + n * 1000000000::bigint"},
        "JOIN matching_match m ON m.id = o.match_id JOIN matching_prediction p ON p.id = m.prediction_id "
        f"AND p.side = 'cvs' AND p.id <= 1000 {LIST_OF_JOB} true",
    ),
)


def pages() -> Iterator[tuple[str, str, str]]:
    """Role, name and address of each page, with the ids of what is there."""
    from ingestion.models import CV
    from matching.models import Match, Prediction

    own = CV.objects.get(candidate__user__username="candidate", is_latest=True)
    line = Match.objects.filter(cv=own, prediction__side="jobs").order_by("rank")[0]
    listed = Prediction.objects.filter(side="cvs", status="completed").order_by("-pk")[0]
    job, shown = listed.job_id, listed.matches.order_by("rank")[0]
    for role in ("candidate", "recruiter", "admin"):
        yield role, "home", "/"
        yield role, "jobs", "/jobs/"
        yield role, "jobs, words", "/jobs/?q=engineer"
        yield role, "jobs, rare words", "/jobs/?q=kubernetes+terraform"
        yield role, "jobs, filters", "/jobs/?country=DE&level=senior&remote=true"
        yield role, "jobs, source", "/jobs/?source=source+3"
        for sort in ("title", "company", "pay", "-posted"):
            yield role, f"jobs by {sort}", f"/jobs/?sort={sort}"
        yield role, "job", f"/jobs/{job}/"
    yield "recruiter", "jobs by candidates", "/jobs/?sort=candidates"
    yield "recruiter", "candidates", f"/jobs/{job}/candidates/"
    yield "recruiter", "shortlist", f"/jobs/{job}/shortlist/"
    yield "recruiter", "match", f"/matches/{shown.pk}/"
    yield "recruiter", "CVs", "/cvs/"
    yield "recruiter", "CVs, words", "/cvs/?q=python"
    yield "recruiter", "CV", f"/cvs/{shown.cv_id}/"
    yield "recruiter", "saved searches", "/jobs/saved/"
    yield "candidate", "CV", f"/cvs/{own.pk}/"
    yield "candidate", "matches", f"/cvs/{own.pk}/matches/"
    yield "candidate", "match", f"/matches/{line.pk}/"
    yield "candidate", "saved", f"/cvs/{own.pk}/saved/"
    yield "candidate", "my data", "/account/data/"
    yield "candidate", "upload", "/cvs/upload/"
    yield "candidate", "account", "/account/"
    for name in ("pipeline", "parsing", "sources", "ranking", "feedback"):
        yield "admin", name, f"/operations/{name}/"


def measure(role: str, name: str, address: str, rounds: int) -> Measured:
    from django.contrib.auth import get_user_model
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get(username=role))
    result = Measured(f"{role}: {name}", address)
    client.get(address)  # templates are compiled and the tables' pages are in memory, as in a server that runs
    for _ in range(rounds):
        caches["process"].clear()
        result.bare.append(timed(client, address)[0])
    for _ in range(rounds):
        taken, response = timed(client, address)
        result.times.append(taken)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    asked = sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in queries.captured_queries)
    result.status, result.size, result.queries = response.status_code, len(response.content), asked
    return result


def timed(client: Any, address: str) -> tuple[float, Any]:
    started = time.perf_counter()
    response = client.get(address)
    return 1000 * (time.perf_counter() - started), response


if __name__ == "__main__":
    main()
