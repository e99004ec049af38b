"""A sync through bad weather: a local server plays Adzuna, fails in every way, and moves its pages while they are read.

    .venv/bin/python -m benchmarks.storm [--pages 500] [--faults 0.1] [--moves 0.2] [--gone 0] [--keys 3] [--seed 1]

Asks what has to hold at the end: every posting of the server in the table once and as it is there, and under no key more
requests in any span than allowed. The limits are Adzuna's of a minute, in seconds (25 in 2 s), so that it ends in minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

from benchmarks.database import database, machine
from cvmatch.core.fetching import Request, Window
from ingestion.sources import About, Parameter
from ingestion.sources.adzuna import PAGE_SIZE, AdzunaSource
from tests.source_server import Asked, SourceServer, cut, hangs, send

WINDOWS = (Window(2, 25), Window(3600, 100_000))
HANGS_S, TIMEOUT_S = 3.0, 2.0
FAULTS = ("429", "429 with Retry-After", "500", "cut", "hangs", "HTML")


@dataclass(frozen=True)
class LocalAdzuna(AdzunaSource):
    """Adzuna at another address and with other limits, and nothing else changed."""

    about: ClassVar[About] = replace(
        AdzunaSource.about, windows=WINDOWS, parameters=(*AdzunaSource.about.parameters, Parameter("url", "Address"))
    )

    url: str = ""

    def _request(self, page: int) -> Request:
        asked = super()._request(page)
        return replace(asked, url=asked.url.replace("https://api.adzuna.com", self.url))


class Weather:
    """The postings in the order of the server, and how it answers; in a ``storm`` it fails, new ones come first and any may go.

    ``faults``, ``moves`` and ``gone`` are the shares of requests that fail, before which one comes and before which one goes.
    """

    def __init__(self, pages: int, faults: float, moves: float, gone: float, seed: int) -> None:
        self.rows = [_row(number) for number in range(pages * PAGE_SIZE, 0, -1)]
        self.at: dict[str, list[float]] = defaultdict(list)
        self.faults = Counter[str]()
        self.storm = True
        self._newest = len(self.rows)
        self._shares = {"fault": faults, "new": moves, "gone": gone, "twice": 0.2}
        self._chance, self._lock = random.Random(seed), threading.Lock()

    def __call__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        with self._lock:
            self.at[asked.params["app_id"]].append(asked.at)
            fault = self._fault()
            page = self._page(int(asked.path.rsplit("/", 1)[1]))
        if fault is None:
            return send(handler, page)
        self.faults[fault] += 1
        return _play(fault, handler, asked)

    def _fault(self) -> str | None:
        return self._chance.choice(FAULTS) if self._happens("fault") else None

    def _happens(self, what: str) -> bool:
        return self.storm and self._chance.random() < self._shares[what]

    def _page(self, number: int) -> bytes:
        if self._happens("new"):
            self._newest += 1
            self.rows.insert(0, _row(self._newest))
        if self._happens("gone"):
            del self.rows[self._chance.randrange(len(self.rows))]
        rows = self.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        if rows and self._happens("twice"):
            rows = [*rows, rows[0]]
        return json.dumps({"count": len(self.rows), "results": rows}).encode()

    def most(self, window: Window) -> int:
        """The most requests that one key made in any span of the window."""
        return max(
            bisect_left(times, start + window.seconds) - place
            for times in map(sorted, self.at.values())
            for place, start in enumerate(times)
        )


def _row(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "title": f"Engineer {number}",
        "description": f"You keep pump {number} running.",
        "company": {"display_name": f"Works {number % 97}"},
        "location": {"area": ["UK", "Wales", "Cardiff"]},
        "created": "2026-03-01T08:00:00Z",
        "redirect_url": f"https://example.com/{number}",
    }


def _play(fault: str, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    match fault:
        case "429":
            send(handler, b"", 429)
        case "429 with Retry-After":
            send(handler, b"", 429, Retry_After="1")
        case "500":
            send(handler, b"", 500)
        case "cut":
            cut(handler, asked)
        case "hangs":
            hangs(HANGS_S)(handler, asked)
        case _:
            send(handler, b"<html>Something is wrong.</html>")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--faults", type=float, default=0.1, help="share of requests that go wrong (default: 0.1)")
    parser.add_argument("--moves", type=float, default=0.2, help="share before which a posting comes in (default: 0.2)")
    parser.add_argument("--gone", type=float, default=0.0, help="share before which a posting goes (default: 0)")
    parser.add_argument("--keys", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["CVMATCH_EMBEDDING_PROVIDER"] = "hashing"
    print(machine(), flush=True)
    weather = Weather(options.pages, options.faults, options.moves, options.gone, options.seed)
    server = SourceServer(weather)
    try:
        with database():
            measure(server.url, weather, keys=options.keys)
    finally:
        server.close()


def measure(url: str, weather: Weather, *, keys: int) -> None:
    from django.conf import settings

    from ingestion.syncing import connect_source

    settings.JOB_SOURCES = {**settings.JOB_SOURCES, "local": {"BACKEND": "benchmarks.storm.LocalAdzuna"}}
    settings.FETCH = {**settings.FETCH, "allow_private": True, "timeout_s": TIMEOUT_S}
    secrets = {"keys": [f"key{number}:secret" for number in range(keys)]}
    source = connect_source(name="storm", kind="local", options={"country": "gb", "url": url}, secrets=secrets)
    first = {row["id"] for row in weather.rows}
    in_storm(source, weather, first)
    weather.storm = False
    in_calm(source, weather)
    most = weather.most(WINDOWS[0])
    print(f"most requests under one key in any {WINDOWS[0].seconds} s: {most}, allowed {WINDOWS[0].requests}")


def in_storm(source: Any, weather: Weather, first: set[str]) -> None:
    from jobs.models import Job

    started = time.perf_counter()
    broken = work_until_done(source)
    asked, seconds = sum(map(len, weather.at.values())), time.perf_counter() - started
    ids = Job.objects.filter(source="storm").values_list("external_id", flat=True)
    lost = first & {row["id"] for row in weather.rows} - set(ids)
    print(f"in the storm: {asked} requests in {seconds:.0f} s, {dict(sorted(weather.faults.items()))}")
    print(f"  runs broken off and gone on with: {broken}; postings lost: {len(lost)}, doubled: {doubled(ids)}")


def in_calm(source: Any, weather: Weather) -> None:
    from jobs.models import Job

    work_until_done(source)
    there = {row["id"]: row["title"] for row in weather.rows}
    here = dict(Job.objects.filter(source="storm", status="active").values_list("external_id", "title"))
    # A search does not say what has ended, so that what went is still here.
    same = all(here.get(name) == title for name, title in there.items())
    print(f"a calm run later: {len(here):,} postings here, {len(there):,} there, all of them here and the same: {same}")


def doubled(ids: Any) -> int:
    return len(ids) - len(set(ids))


def work_until_done(source: Any) -> int:
    """One run of the source to its end, as the workers do it but without their pauses; returns how often it broke off."""
    from django.utils import timezone

    from cvmatch.core.models import Status
    from cvmatch.core.stages import requeue
    from ingestion.models import SyncRun
    from ingestion.stages import sync_sources
    from ingestion.syncing import request_sync

    run, broken = request_sync(source), 0
    while True:
        sync_sources(limit=1)
        run.refresh_from_db()
        if run.status == Status.COMPLETED:
            return broken
        if run.status == Status.FAILED:
            broken += 1
            requeue(SyncRun, [run.pk], reset_attempts=True)
        elif run.wait_until:
            time.sleep(max(0.0, (run.wait_until - timezone.now()).total_seconds()))


if __name__ == "__main__":
    main()
