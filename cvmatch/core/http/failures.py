"""What may go wrong with one request, by what can be done about it, in words without secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from cvmatch.core.fetching import FetchFailed, NothingThere

# Longer waits than a year are typing errors of a server, and would not fit into a date.
MOST_WAIT_S = 366 * 86_400.0
_PASSING = {408, 425}


class Passing(FetchFailed):
    """The same request may well succeed in some seconds; not before ``wait_s`` where the server said so."""

    def __init__(self, message: str, *, wait_s: float = 0.0) -> None:
        super().__init__(message, details={"wait_s": wait_s} if wait_s else None)
        self.wait_s = wait_s


class Refused(Passing):
    """The server takes no more requests under this key for now."""


def shown(url: httpx.URL) -> str:
    """An address for people: without query and user, which may hold secrets."""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}{url.path}"


def failure(response: httpx.Response, place: str, key: str) -> FetchFailed:
    """What a status other than success means, for the request to ``place`` under ``key`` ("" without one)."""
    status = response.status_code
    said = f"{place} answered {status}"
    if status == 429:
        return Refused(f"{said}: too many requests.", wait_s=retry_after_s(response))
    if status in _PASSING or (status >= 500 and status != httpx.codes.NOT_IMPLEMENTED):
        return Passing(f"{said}. It is asked again later.", wait_s=retry_after_s(response))
    if status in (401, 403):
        advice = f"Check that the key “{key}” is valid and may do this." if key else "It may need a key."
    elif status in (404, 410):
        advice = "There is nothing there (any more): check the address and what the source was told to ask for."
        return NothingThere(f"{said}. {advice}", permanent=True)
    else:
        advice = "Check what the source was told to ask for."
    return FetchFailed(f"{said}. {advice}", permanent=True)


def retry_after_s(response: httpx.Response) -> float:
    """Seconds from a Retry-After header, which is a number of them or a date (RFC 9110, 10.2.3); 0 where it is neither."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MOST_WAIT_S)
    try:
        due = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    # By the server's own clock where it tells it: the two may differ by more than the wait.
    wait = due.replace(tzinfo=due.tzinfo or UTC) - (_date(response) or datetime.now(UTC))
    return min(max(0.0, wait.total_seconds()), MOST_WAIT_S)


def _date(response: httpx.Response) -> datetime | None:
    try:
        date = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return date.replace(tzinfo=date.tzinfo or UTC)
