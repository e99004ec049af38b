"""Tries the queues: a task that does nothing on each, and how long it took there and back."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

from django.core.cache import cache

from cvmatch.core.errors import NotFound
from cvmatch.core.queue import BULK, INTERACTIVE, send_echo

QUEUES = (INTERACTIVE, BULK)
KEPT_S = 3600


def start_test() -> UUID:
    """Send a task to each queue; returns the id that its outcome is found by for an hour."""
    test = uuid4()
    cache.set(_key(test.hex), True, KEPT_S)
    for queue in QUEUES:
        send_echo(queue, test.hex, time.time())
    return test


def note(test: str, queue: str, sent_at: float) -> None:
    """A worker of this queue has done its part."""
    cache.set(_key(test, queue), round(max(time.time() - sent_at, 0.0), 4), KEPT_S)


def find_test(test: UUID) -> dict[str, float | None]:
    """Seconds there and back by queue, null while its task waits. Raises NotFound."""
    found = cache.get_many([_key(test.hex), *(_key(test.hex, queue) for queue in QUEUES)])
    if _key(test.hex) not in found:
        raise NotFound("There is no such test, or it is older than an hour.")
    return {queue: found.get(_key(test.hex, queue)) for queue in QUEUES}


def _key(test: str, queue: str = "sent") -> str:
    return f"queue-test:{test}:{queue}"
