"""How often a remote endpoint is asked: so many requests a minute, and none for a while after failures in a row."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cvmatch.core.metrics import BREAKER_OPEN

# A tenth of a minute's requests may come at once; the rest is spread so that no minute has more than allowed.
BURST_SHARE = 0.1

Clock = Callable[[], float]


class TokenBucket:
    """At most ``per_minute`` in any 60 seconds, for all threads of a process."""

    def __init__(self, per_minute: int, clock: Clock = time.monotonic) -> None:
        self._size = max(1.0, per_minute * BURST_SHARE)
        self._per_second = per_minute * (1 - BURST_SHARE) / 60
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens, self._at = self._size, clock()

    def take(self, within_s: float) -> float | None:
        """Takes a token and says how many seconds to wait before it may be used; None, and nothing is taken, where that
        would be longer than ``within_s``."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._size, self._tokens + (now - self._at) * self._per_second)
            self._at = now
            wait_s = max(0.0, (1 - self._tokens) / self._per_second)
            if wait_s > within_s:
                return None
            self._tokens -= 1
            return wait_s


class Breaker:
    """Opens after ``failures`` in a row for ``rest_s``; then one may try, and its failure opens it again."""

    def __init__(self, failures: int = 5, rest_s: float = 60.0, clock: Clock = time.monotonic) -> None:
        self._limit, self._rest_s, self._clock = failures, rest_s, clock
        self._lock = threading.Lock()
        self._in_a_row, self._open_until = 0, float("-inf")
        self._is_open = BREAKER_OPEN.labels(service="embedding")

    def lets_through(self) -> bool:
        with self._lock:
            now = self._clock()
            if now < self._open_until:
                return False
            if self._in_a_row >= self._limit:
                self._open_until = now + self._rest_s  # the others wait for what becomes of this one
            return True

    def failed(self) -> bool:
        """Whether it is open now."""
        with self._lock:
            self._in_a_row += 1
            opens = self._in_a_row >= self._limit
            if opens:
                self._open_until = self._clock() + self._rest_s
                self._is_open.set(1)
            return opens

    def succeeded(self) -> None:
        with self._lock:
            if self._in_a_row:
                self._is_open.set(0)
            self._in_a_row, self._open_until = 0, float("-inf")
