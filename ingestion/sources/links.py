"""Follows the link of a posting to see whether its page is still there."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

from cvmatch.core.fetching import Fetch, FetchFailed, NothingThere, Request
from ingestion.sources.crawling import may_read
from ingestion.sources.robots import Robots


class Found(StrEnum):
    """What is at the end of a link; the same values as ``LinkCheck.Outcome``."""

    WORKS = "works"
    GONE = "gone"
    ASTRAY = "astray"
    UNKNOWN = "unknown"


def follow(fetch: Fetch, address: str, rules: dict[str, Robots]) -> Found:
    """Whether the page is there. ``rules`` keeps what robots.txt of each host allows; what it forbids is not asked for.

    Raises FetchFailed with ``details["wait_s"]`` where the host may not be asked now.
    """
    try:
        if not may_read(fetch, address, rules):
            return Found.UNKNOWN
        return _ask(fetch, address)
    except NothingThere:
        return Found.GONE
    except FetchFailed as error:
        if "wait_s" in error.details:
            raise
        return Found.UNKNOWN


def _ask(fetch: Fetch, address: str) -> Found:
    try:
        answer = fetch(Request(address, headers_only=True))
    except FetchFailed as error:
        if not error.permanent:
            raise
        # Many servers refuse HEAD, or know nothing of a page that is there: only the page itself is believed.
        answer = fetch(Request(address))
    return Found.ASTRAY if _is_front(answer.url) and not _is_front(address) else Found.WORKS


def _is_front(address: str) -> bool:
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query
