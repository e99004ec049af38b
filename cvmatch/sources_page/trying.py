"""Tries a source for a person who waits: a preview with an end to the waiting, however slow the other server is."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from cvmatch.core.fetching import FetchFailed
from ingestion.syncing import Preview, preview
from ingestion.syncing.secrets import Secrets

WAIT_S = 20.0
# More at once would leave the web process too few threads for everybody else.
_PLACES = threading.BoundedSemaphore(2)
Options = dict[str, str | list[str]]


def preview_within(seconds: float, *, kind: str, options: Options, secrets: Secrets) -> Preview:
    """The first postings that a source would give. Raises InvalidInput and FetchFailed, that one also after ``seconds``."""
    if not _PLACES.acquire(timeout=1.0):
        raise FetchFailed("Others are trying sources just now. Try again in half a minute.")
    pool = ThreadPoolExecutor(1, thread_name_prefix="preview")

    def ask() -> Preview:
        try:
            return preview(kind=kind, options=options, secrets=secrets)
        finally:
            _PLACES.release()
            connections.close_all()  # those of this thread

    try:
        return pool.submit(ask).result(timeout=seconds)
    except TimeoutError:
        advice = "It can be connected all the same: runs have more time."
        raise FetchFailed(f"There was no answer within {seconds:g} s. {advice}") from None
    finally:
        pool.shutdown(wait=False)  # its own limits end it some time later
