"""The caches: how quick a kept answer is, how many a second, how often there is one, and what a sync spares the model.

    .venv/bin/python benchmarks/caching.py [--jobs 500] [--cvs 40] [--seconds 10] [--clients 4] [--redis] [--part all]

Starts a database and the web server as bin/up does (``deploy/gunicorn.conf.py``) on a folder of their own, with Redis where
--redis asks for it and a server is installed. Parts: ``answers`` (GET /cvs/{id}/recommendations, kept: latency of one client
and of several, answers a second), ``mixed`` (readers of jobs and lists, matches under filters, a job changed every second:
hits of all layers), ``sync`` (texts that the model gets for all jobs, and for the same with 5 % changed).
Clients are processes that speak plain HTTP over one connection each, since a Python library would measure itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.database import database, machine  # noqa: E402
from benchmarks.spine import answers, free_port, wait_for  # noqa: E402

NO_LIMITS = "default=off,bulk=off,address=off,anonymous=off"
CHANGED_SHARE = 0.05
COUNTED_S = 6  # until what the web processes counted is written


def main() -> None:
    options = arguments()
    from tests.core.http_api import redis_server

    with contextlib.ExitStack() as stack:
        program = redis_server.find_program() if options.redis else None
        if program:
            os.environ["REDIS_URL"] = stack.enter_context(redis_server.running(program))
        os.environ["CVMATCH_THROTTLE"] = os.environ.get("CVMATCH_THROTTLE", NO_LIMITS)
        os.environ.setdefault("CVMATCH_EMBEDDING_PROVIDER", "hashing")
        stack.enter_context(database())
        print(f"machine   {machine()}, {'Redis' if program else 'database'} as the shared cache")
        cvs, key = fill(options)
        if options.part in ("answers", "mixed", "all"):
            port = stack.enter_context(web())
            if options.part != "mixed":
                measure_answers(port, key, cvs, options)
            if options.part != "answers":
                measure_mixed(port, key, cvs, options)
        if options.part in ("sync", "all"):
            measure_sync(options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--cvs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement (default: 10)")
    parser.add_argument("--clients", type=int, default=4, help="at once (default: 4)")
    parser.add_argument("--redis", action="store_true", help="with Redis as the cache; else a table")
    parser.add_argument("--part", choices=["answers", "mixed", "sync", "all"], default="all")
    return parser.parse_args()


def fill(options: argparse.Namespace) -> tuple[list[int], str]:
    """Jobs and CVs with explained lists; the ids of the CVs, and a recruiter's key."""
    from django.core.management import call_command

    from cvmatch.core.auth import create_key
    from cvmatch.core.models import User
    from cvmatch.pipeline import STAGES
    from ingestion.models import CV
    from tests.support import CV_TEXT, make_cv

    call_command("createcachetable", verbosity=0)
    store_jobs(options.jobs, changed=0)
    for number in range(options.cvs):
        make_cv(f"{CV_TEXT}\nProject {number}".replace("Mara", f"Mara {number}"))
    begun = time.perf_counter()
    for name in ("read_jobs", "embed_jobs", "count_words", "parse_cvs", "embed_cvs", "match_cvs", "explain_matches"):
        if name in {stage.name for stage in STAGES}:
            call_command("run_stage", name, "--until-empty", verbosity=0)
    print(f"filled    {options.jobs} jobs, {options.cvs} CVs in {time.perf_counter() - begun:.0f} s")
    recruiter = User.objects.create_user(username="recruiter", password=None, role=User.Role.RECRUITER)
    return list(CV.objects.current().values_list("pk", flat=True)), create_key(user=recruiter, name="benchmark")


def store_jobs(count: int, *, changed: int) -> None:
    """The same postings each time; so many of them with another text."""
    from jobs.services import upsert_jobs
    from jobs.values import JobPosting, Place

    chance = random.Random(7)
    skills = ["Python", "SQL", "Java", "Kubernetes", "Terraform", "React", "Kafka", "PostgreSQL", "Go", "Docker"]
    postings = []
    for number in range(count):
        text = f"Team {number}.\nRequirements:\n- {3 + number % 7} years of {', '.join(chance.sample(skills, 4))}"
        text += "\nNow with a bicycle for everybody." if number < changed else ""
        place = Place(city="Berlin", country="DE") if number % 2 else Place(city="Lyon", country="FR")
        posting = JobPosting(external_id=str(number), title=f"Engineer {number}", description=text, place=place)
        postings.append(posting)
    for start in range(0, count, 500):
        upsert_jobs(source="benchmark", postings=postings[start : start + 500])


@contextlib.contextmanager
def web() -> Iterator[int]:
    """The port of a web server with the production configuration, on the database that is there."""
    from cvmatch.core import cache_counts

    cache_counts.write()
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "CVMATCH_LOG_LEVEL": "ERROR"}
    config = str(PROJECT / "deploy" / "gunicorn.conf.py")
    command = [sys.executable, "-m", "gunicorn", "--config", config, "cvmatch.wsgi"]
    server = subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/health/ready"), 120)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def measure_answers(port: int, key: str, cvs: Sequence[int], options: argparse.Namespace) -> None:
    """One list, asked for again and again."""
    paths = [f"/api/v1/cvs/{cvs[0]}/recommendations?limit=10"]
    ask_for(port, key, 0.5, paths)
    report("recommendations, kept, one client", [ask_for(port, key, options.seconds, paths)], options.seconds)
    asking = partial(ask_for, port, key, options.seconds)
    taken = in_processes(asking, [paths] * options.clients)
    report(f"recommendations, kept, {options.clients} clients", taken, options.seconds)


def measure_mixed(port: int, key: str, cvs: Sequence[int], options: argparse.Namespace) -> None:
    """What people do on a day in some seconds: lists of jobs, jobs, recommendations, and matches under filters."""
    from jobs.models import Job

    jobs = list(Job.objects.active().values_list("pk", flat=True))
    chance = random.Random(3)
    # Few are looked at much and many seldom.
    often = [jobs[min(int(chance.paretovariate(0.8)), len(jobs) - 1)] for _ in range(300)]
    paths = [f"/api/v1/jobs/{pk}" for pk in often]
    paths += ["/api/v1/jobs", "/api/v1/jobs?country=DE", "/api/v1/jobs?q=python", "/api/v1/jobs/facets"] * 40
    paths += [f"/api/v1/cvs/{chance.choice(cvs)}/recommendations" for _ in range(200)]
    paths += [f"/api/v1/cvs/{chance.choice(cvs)}/matches?country={chance.choice(['DE', 'FR'])}" for _ in range(60)]
    time.sleep(COUNTED_S)
    before = counts()
    end = time.monotonic() + options.seconds
    asking = partial(ask_for, port, key, options.seconds)
    with ProcessPoolExecutor(options.clients, mp_context=get_context("spawn")) as pool:
        each = [pool.submit(asking, chance.sample(paths, len(paths))) for _ in range(options.clients)]
        while time.monotonic() < end:
            time.sleep(1)
            Job.objects.filter(pk=chance.choice(jobs)).update(company=f"Company {time.time():.0f}")
        taken = [one.result() for one in each]
    time.sleep(COUNTED_S)
    report(f"mixed, {options.clients} clients, a job changed each second", taken, options.seconds)
    after = counts()
    for layer in after:
        hits, misses = (after[layer][n] - before[layer][n] for n in (0, 1))
        if hits + misses:
            print(f"  {layer:<10} {hits / (hits + misses):7.1%} of {hits + misses:,}")
    hits, misses = (sum(after[name][n] - before[name][n] for name in after) for n in (0, 1))
    print(f"  all layers {hits / (hits + misses):7.1%}")


def measure_sync(options: argparse.Namespace) -> None:
    """How many texts the model gets when all jobs come again and some have changed."""
    from django.core.cache import caches
    from django.core.management import call_command

    from jobs.models import Job
    from matching import vectors
    from matching.models import JobEmbedding, TextEmbedding

    counted = vectors.embed = _Counting(vectors.embed)  # type: ignore[assignment]
    changed = max(1, round(CHANGED_SHARE * options.jobs))
    JobEmbedding.objects.all().delete()
    TextEmbedding.objects.all().delete()
    caches["layers"].clear()
    call_command("run_stage", "embed_jobs", "--until-empty", verbosity=0)
    first, counted.texts = counted.texts, 0
    store_jobs(options.jobs, changed=changed)
    for stage in ("read_jobs", "embed_jobs"):
        call_command("run_stage", stage, "--until-empty", verbosity=0)
    again = counted.texts
    print(f"sync      {Job.objects.count()} jobs, {changed} changed: {first:,} texts embedded at first, then {again:,}")
    print(f"          {1 - again / first:.1%} fewer")


class _Counting:
    """What embeds texts, and how many it was given."""

    def __init__(self, embed: Callable[[Sequence[str]], Any]) -> None:
        self._embed, self.texts = embed, 0

    def __call__(self, texts: Sequence[str]) -> Any:
        self.texts += len(texts)
        return self._embed(texts)


def counts() -> dict[str, tuple[int, int]]:
    from cvmatch.core.cache_counts import cache_counts

    return {one.layer: (one.hits, one.misses) for one in cache_counts()}


def in_processes(ask: Callable[[list[str]], list[float]], paths: Sequence[list[str]]) -> list[list[float]]:
    with ProcessPoolExecutor(len(paths), mp_context=get_context("spawn")) as pool:
        return list(pool.map(ask, paths))


def ask_for(port: int, key: str, seconds: float, paths: Sequence[str]) -> list[float]:
    """Seconds to each answer, one after the other over one connection. Ends with an error where one is none."""
    head = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n\r\n"
    requests = [f"GET {path}{head}".encode() for path in paths]
    taken: list[float] = []
    end = time.monotonic() + seconds
    connection = socket.create_connection(("127.0.0.1", port))
    while time.monotonic() < end:
        begun = time.perf_counter()
        connection.sendall(requests[len(taken) % len(requests)])
        goes_on = _read(connection)
        taken.append(time.perf_counter() - begun)
        if not goes_on:
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
    connection.close()
    return taken


def _read(connection: socket.socket) -> bool:
    """One answer; whether the connection stays. Raises SystemExit for anything but 200 and 202."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(1 << 18)
        if not part:
            raise SystemExit("the server closed the connection")
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    if head[9:12] not in (b"200", b"202"):
        raise SystemExit(received[:300].decode(errors="replace"))
    fields = head.lower()
    length = int(fields.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    left = length - len(body)
    while left > 0:
        left -= len(connection.recv(1 << 18))
    return b"connection: close" not in fields


def report(name: str, taken: Sequence[Sequence[float]], seconds: float) -> None:
    times = sorted(time_ for each in taken for time_ in each)
    p50, p95 = times[len(times) // 2] * 1000, times[int(0.95 * len(times))] * 1000
    figures = {"p50_ms": round(p50, 2), "p95_ms": round(p95, 2), "per_s": round(len(times) / seconds)}
    print(f"{name}: {json.dumps(figures)}", flush=True)


if __name__ == "__main__":
    main()
