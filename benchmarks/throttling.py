"""Throttles under concurrency: django-ninja's own against the counters of cvmatch, 8 threads with 200 calls each.

    .venv/bin/python -m benchmarks.throttling [--threads 8] [--calls 200] [--limit 100]

Asks each how many of all calls it counted, how many a limit of 100 let in, and how long one call took. django-ninja's are
asked as it asks them: one object for all threads, with the history of calls in the cache. Redis is measured where a server
(redis-server, valkey-server) is installed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from benchmarks.database import database, machine
from tests.core.http_api import redis_server

Ask = Callable[[], bool]
DAY_S = 86_400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--threads", type=int, default=8, help="callers at once (default: 8)")
    parser.add_argument("--calls", type=int, default=200, help="calls of each (default: 200)")
    parser.add_argument("--limit", type=int, default=100, help="how many should be let in (default: 100)")
    options = parser.parse_args()
    with database():
        print(f"machine   {machine()}")
        print(f"{options.threads} threads, {options.calls} calls each, {options.threads * options.calls} in all\n")
        print(f"{'':34}{'counted':>8}{f'let in of {options.limit}':>15}{'p50 ms':>9}{'p95 ms':>9}")
        _ninja("django-ninja, cache in the process", "django.core.cache.backends.locmem.LocMemCache", options)
        _ninja("django-ninja, cache in PostgreSQL", "django.core.cache.backends.db.DatabaseCache", options)
        _ours(options)


def _ninja(name: str, backend: str, options: argparse.Namespace) -> None:
    from django.core.cache import caches
    from django.core.management import call_command
    from django.test import RequestFactory, override_settings
    from ninja.throttling import AnonRateThrottle

    place = {"default": {"BACKEND": backend, "LOCATION": "throttle_cache"}}
    with override_settings(CACHES=place):
        call_command("createcachetable", verbosity=0)
        request = RequestFactory().get("/")

        def counted() -> int:
            throttle = AnonRateThrottle("1000000/day")
            throttle.cache = caches["default"]  # type: ignore[assignment]
            _all(lambda: throttle.allow_request(request), options)
            return len(caches["default"].get(throttle.get_cache_key(request), []))

        def let_in() -> tuple[int, list[float]]:
            caches["default"].clear()
            throttle = AnonRateThrottle(f"{options.limit}/day")
            throttle.cache = caches["default"]  # type: ignore[assignment]
            return _all(lambda: throttle.allow_request(request), options)

        _line(name, counted(), *let_in())


def _ours(options: argparse.Namespace) -> None:
    from django.test import override_settings

    from cvmatch.core.http_api import counters

    _counters("cvmatch, PostgreSQL", counters.take_from_postgresql, options)
    program = redis_server.find_program()
    if program is None:
        print("cvmatch, Redis: no server is installed")
        return
    with redis_server.running(program) as url:
        place = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url}}
        with override_settings(CACHES=place, REDIS_URL=url):
            _counters("cvmatch, Redis", counters.take_from_redis, options)


def _counters(name: str, take: Callable[[list[Any]], list[Any]], options: argparse.Namespace) -> None:
    from cvmatch.core.http_api.counters import Asked
    from cvmatch.core.http_api.limits import Limit

    wide, narrow = Limit("wide", 1_000_000, DAY_S), Limit("narrow", options.limit, DAY_S)
    _all(lambda: bool(take([Asked(wide, "key:1")])[0].is_let_in), options)
    counted = take([Asked(wide, "key:1")])[0].hits - 1
    _line(name, counted, *_all(lambda: bool(take([Asked(narrow, "key:1")])[0].is_let_in), options))


def _all(ask: Ask, options: argparse.Namespace) -> tuple[int, list[float]]:
    """How many were let in, and the milliseconds of each call."""
    from django.db import connections

    start = Barrier(options.threads)

    def one(_: int) -> list[tuple[bool, float]]:
        start.wait()
        try:
            return [_timed(ask) for _ in range(options.calls)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(options.threads) as pool:
        answers = [answer for answers in pool.map(one, range(options.threads)) for answer in answers]
    return sum(let_in for let_in, _ in answers), [taken for _, taken in answers]


def _timed(ask: Ask) -> tuple[bool, float]:
    began = time.perf_counter()
    let_in = ask()
    return let_in, (time.perf_counter() - began) * 1000


def _line(name: str, counted: int, let_in: int, taken: list[float]) -> None:
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[18]
    print(f"{name:34}{counted:>8}{let_in:>15}{p50:>9.2f}{p95:>9.2f}")


if __name__ == "__main__":
    main()
