"""Keeps in this process, for some minutes, what took long to make and may be a little old."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import caches

from cvmatch.core import cache_counts
from cvmatch.core.cache import near

T = TypeVar("T")

# What is made sooner is made each time: small installations never show anything old.
SLOW_S = 0.03
# The longer it took the longer it is kept, so that no more than a 600th of the time goes into it: 0.1 s gives a minute.
TIMES, LONGEST_S = 600, 600
# What is kept here are counts and choices over all data; under this name they are counted.
REFERENCE = "reference"


def kept(name: str, of: object, make: Callable[[], T]) -> T:
    """What ``make`` gives, or gave for an equal ``of`` not long ago; ``of`` must tell apart what differs by its repr."""
    key = hashlib.sha256(repr((name, of)).encode()).hexdigest()
    found = caches["process"].get(key)
    cache_counts.count(REFERENCE, hits=found is not None, misses=found is None)
    if found is not None:
        return cast(T, found)
    started = time.perf_counter()
    made = make()
    taken = time.perf_counter() - started
    if taken > SLOW_S:
        caches["process"].set(key, made, min(TIMES * taken, LONGEST_S))
    return made


def forget_all() -> None:
    """Forget all that this process keeps: somebody has been erased, and it may be about them. Others keep it so long at most
    as their lives say."""
    caches["process"].clear()
    near.clear()
