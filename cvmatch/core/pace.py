"""How many rows a stage takes at once: as many as take a few seconds at the pace that it had so far in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Well inside the lease and the time that a worker has for finishing when it is to stop (core.leases).
CHUNK_S = 3.0
# Of each new measurement; one slow chunk halves nothing for long.
WEIGHT = 0.5


class Pace:
    """Seconds a row, as a moving mean; starts with ``first`` rows a chunk."""

    def __init__(self, *, first: int, most: int) -> None:
        self._first, self._most = first, most
        self._seconds: float | None = None

    def rows(self) -> int:
        """From 1 to ``most``."""
        if self._seconds is None:
            return self._first
        return int(min(max(CHUNK_S / max(self._seconds, 1e-6), 1), self._most))

    @contextmanager
    def measure(self, rows: int) -> Iterator[None]:
        """Learn from a chunk of so many rows, unless it broke off."""
        started = time.monotonic()
        yield
        self.learn(rows, time.monotonic() - started)

    def learn(self, rows: int, seconds: float) -> None:
        pace = seconds / rows
        self._seconds = pace if self._seconds is None else WEIGHT * pace + (1 - WEIGHT) * self._seconds


_paces: dict[Any, Pace] = {}


def pace_of(work: Callable[..., Any], *, first: int, most: int) -> Pace:
    """What is known of this work; kept by its name, so that a local function does not stay alive."""
    key = (work.__module__, work.__qualname__, first, most)
    return _paces.setdefault(key, Pace(first=first, most=most))
