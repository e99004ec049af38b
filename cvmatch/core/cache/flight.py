"""Lets one of all who ask for the same thing at once make it: of the threads of a process, and of all processes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from threading import Event, Lock

from cvmatch.core.cache import store

# Longer than anything here takes to make: whoever holds the claim then is dead.
CLAIM_S = 30.0
# Others ask again after these pauses, each longer than the one before.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.005, 0.05

_lock = Lock()
_flights: dict[str, _Flight] = {}


class _Flight:
    def __init__(self) -> None:
        self.ended = Event()
        self.value: bytes | None = None


def once(key: str, find: Callable[[], bytes | None], make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives to the first of all who ask now; what ``make`` keeps, ``find`` finds.

    Where making fails, the one who made it gets its error, and the others make it themselves.
    """
    with _lock:
        flight = _flights.get(key)
        leads = flight is None
        if flight is None:
            flight = _flights[key] = _Flight()
    if not leads:
        flight.ended.wait(CLAIM_S)
        return flight.value if flight.value is not None else make()
    try:
        flight.value = _among_processes(key, find, make)
        return flight.value
    finally:
        with _lock:
            del _flights[key]
        flight.ended.set()


def _among_processes(key: str, find: Callable[[], bytes | None], make: Callable[[], bytes]) -> bytes:
    claim, owner = f"claim:{key}", secrets.token_hex(8)
    pause_s, patience_ends = FIRST_PAUSE_S, time.monotonic() + CLAIM_S
    while not store.take(claim, owner, CLAIM_S):
        if time.monotonic() > patience_ends:
            return make()
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        if (found := find()) is not None:
            return found
    try:
        # The one before may have kept it between our looking and our claim.
        return found if (found := find()) is not None else make()
    finally:
        store.release(claim, owner)
