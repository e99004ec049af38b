"""How often each cache had what was asked for, counted over all processes in the database, and as metrics."""

from __future__ import annotations

import atexit
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock, Timer

from django.conf import settings
from django.db import DatabaseError, connection, connections
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

LAYERS = ("l1", "l2", "l3", "reference")

_ADD = """
INSERT INTO core_cachecount AS c (layer, hits, misses)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) ORDER BY 1
    ON CONFLICT (layer) DO UPDATE SET hits = c.hits + EXCLUDED.hits, misses = c.misses + EXCLUDED.misses
"""
_lock = Lock()
_hits: Counter[str] = Counter()
_misses: Counter[str] = Counter()
_timer: Timer | None = None


@dataclass(frozen=True)
class CacheCount:
    """How often a layer had what was asked for, and how often it had to be made, since counting began."""

    layer: str
    hits: int = 0
    misses: int = 0

    @property
    def hit_share(self) -> float | None:
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


def count(layer: str, *, hits: int = 0, misses: int = 0) -> None:
    """Note it; the database hears of it within seconds: a row that every request changes is one they all wait for."""
    global _timer
    with _lock:
        _hits[layer] += hits
        _misses[layer] += misses
        if _timer is None and settings.CACHE_COUNTS_AFTER_S is not None:
            _timer = Timer(settings.CACHE_COUNTS_AFTER_S, _write_aside)
            _timer.daemon = True
            _timer.start()


def write() -> None:
    """Add what this process has counted to what all have; what cannot be written is kept for the next time."""
    with _lock:
        hits, misses = Counter(_hits), Counter(_misses)
        _hits.clear()
        _misses.clear()
    layers = sorted(hits.keys() | misses.keys())
    if not layers:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [layers, [hits[name] for name in layers], [misses[name] for name in layers]])
    except DatabaseError:
        with _lock:
            _hits.update(hits)
            _misses.update(misses)


def cache_counts() -> list[CacheCount]:
    """Every layer, never less than anybody was told before. What others counted in the last seconds may be missing."""
    write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT layer, hits, misses FROM core_cachecount")
        return with_unwritten({layer: counted for layer, *counted in cursor.fetchall()})


def with_unwritten(written: Mapping[str, Sequence[int]]) -> list[CacheCount]:
    """Every layer by what the database has of it, hits and misses, and what this process has still to write."""
    with _lock:
        return [
            CacheCount(name, hits + _hits[name], misses + _misses[name])
            for name in LAYERS
            for hits, misses in [written.get(name, (0, 0))]
        ]


class CacheCounts(Collector):
    """Counters read from the database, so that every process says the same: take their max, never their sum."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        counts = cache_counts()
        hits = CounterMetricFamily("cvmatch_cache_hits", "Times a cache had what was asked for.", labels=["layer"])
        misses = CounterMetricFamily("cvmatch_cache_misses", "Times it had to be made.", labels=["layer"])
        for one in counts:
            hits.add_metric([one.layer], one.hits)
            misses.add_metric([one.layer], one.misses)
        yield hits
        yield misses


def _write_aside() -> None:
    """From the timer's thread, on a connection of its own that ends with it."""
    global _timer
    with _lock:
        _timer = None
    try:
        write()
    finally:
        connections.close_all()


def _begin_anew() -> None:
    """A process that was forked has its parent's counts, which the parent writes itself, and not its timer."""
    global _timer, _lock
    _lock, _timer = Lock(), None
    _hits.clear()
    _misses.clear()


@atexit.register
def _write_last() -> None:
    if _timer is not None:
        _write_aside()


os.register_at_fork(after_in_child=_begin_anew)
