"""Leaves Redis alone for a while when it does not answer, so that not every request waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import structlog
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from cvmatch.core.metrics import BREAKER_OPEN

log = structlog.get_logger(__name__)

T = TypeVar("T")
REST_S = 10.0
FAILURES = (RedisError, ConnectionInterrupted, OSError)


class Breaker:
    """closed: all ask. open: nobody does. half-open, once the rest is over: one asks, and its luck decides.

    One failure opens it: each costs its caller the whole time-out.
    """

    def __init__(self, rest_s: float = REST_S) -> None:
        self.rest_s = rest_s
        self._rest_until: float | None = None
        self._lock = Lock()

    @property
    def state(self) -> str:
        if self._rest_until is None:
            return "closed"
        return "open" if time.monotonic() < self._rest_until else "half-open"

    def call(self, ask: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """What ``ask`` gives; what ``otherwise`` gives while Redis is left alone, or where it fails."""
        if not self._may_ask():
            return otherwise()
        try:
            answer = ask()
        except FAILURES as error:
            self._failed(error)
            return otherwise()
        if self._rest_until is not None:
            self.close()
            log.info("Redis answers again")
        return answer

    def close(self) -> None:
        self._rest_until = None
        BREAKER_OPEN.labels(service="redis").set(0)

    def _may_ask(self) -> bool:
        if self._rest_until is None:
            return True
        with self._lock:
            if self._rest_until is not None and time.monotonic() < self._rest_until:
                return False
            self._rest_until = time.monotonic() + self.rest_s  # the others wait for what this one finds
            return True

    def _failed(self, error: Exception) -> None:
        self._rest_until = time.monotonic() + self.rest_s
        BREAKER_OPEN.labels(service="redis").set(1)
        log.warning("Redis is left alone", error=type(error).__name__, for_s=self.rest_s)


REDIS = Breaker()
