"""Asks for many pages of a site, where single ones may be gone, and goes on behind the last one that was stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Answer, BudgetSpent, Fetch, FetchFailed, Request, TimeUp
from ingestion.sources import Item, Page, Rejected
from ingestion.sources.payloads import IN_FULL, outcomes
from ingestion.sources.robots import NOTHING, Robots, read_robots

# Single pages fail on any site; when as many in a row do as this, it is the site.
FAILURES_IN_A_ROW = 3

Rows = Iterable[Item | Rejected]
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """The answer to one of the requests, or why there is none; ``number`` is its place among them, from 0."""

    number: int
    answer: Answer | None = None
    failure: str = ""


def answers(fetch: Fetch, requests: Sequence[Request]) -> Iterator[Found]:
    """What came of each request, in order, several asked at once. A page that is gone is told and passed over.

    Raises FetchFailed when budget or time are used up, or FAILURES_IN_A_ROW pages do not answer.
    """
    failures = 0
    for number, came in enumerate(outcomes(fetch, requests)):
        if not isinstance(came, FetchFailed):
            failures = 0
            yield Found(number, came)
            continue
        failures += not came.permanent
        if isinstance(came, BudgetSpent | TimeUp) or failures >= FAILURES_IN_A_ROW:
            raise came
        yield Found(number, failure=came.message)


def pages_at(fetch: Fetch, addresses: Sequence[str], after: str, rows: Callable[[bytes, str], Rows]) -> Iterator[Page]:
    """One Page for each address behind ``after``, itself an address; from the start where that is no longer among them.

    ``rows`` reads a body and the address it came from. A page that cannot be read is a rejected row, not the end.
    """
    rest = addresses[addresses.index(after) + 1 :] if after in addresses else addresses
    for found in answers(fetch, [Request(address, headers=IN_FULL) for address in rest]):
        address = rest[found.number]
        position = len(addresses) - len(rest) + found.number + 1
        yield Page(tuple(_rows(found, address, position, rows)), cursor=address)


def _rows(found: Found, address: str, position: int, rows: Callable[[bytes, str], Rows]) -> Rows:
    """The rows of one page, all at the place of their page among the pages."""
    if found.answer is None:
        return [Rejected(position, f"{_short(address)}: {found.failure}")]
    try:
        read = list(rows(found.answer.body, found.answer.url or address))
    except InvalidInput as error:
        return [Rejected(position, f"{_short(address)}: {error.message}")]
    return [
        Item(position, row.raw) if isinstance(row, Item) else Rejected(position, f"{_short(address)}: {row.reason}")
        for row in read
    ]


def may_read(fetch: Fetch, address: str, rules: dict[str, Robots]) -> bool:
    """Whether robots.txt of the address's host, asked for once, allows it."""
    site = site_of(address)
    if not site:
        return False
    if site not in rules:
        rules[site] = _robots(fetch, site)
    return rules[site].allows(address)


def _robots(fetch: Fetch, site: str) -> Robots:
    """RFC 9309: without a robots.txt all is allowed, with one that cannot be had nothing."""
    try:
        return read_robots(fetch(Request(f"{site}/robots.txt", headers=IN_FULL)).body)
    except FetchFailed as error:
        return Robots() if error.permanent else NOTHING


def site_of(address: str) -> str:
    """Scheme and host; empty for what is no address on the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""


def understood(answer: Answer, read: Callable[[bytes], T]) -> T:
    """What ``read`` makes of an answer. Raises FetchFailed where it is not what was asked for: a list of jobs that cannot
    be read is no empty list, which would close every posting.
    """
    try:
        return read(answer.body)
    except InvalidInput as error:
        where = _short(answer.url)
        raise FetchFailed(f"{where} answered with something that is no list of postings. {error.message}") from error


def _short(address: str) -> str:
    """The address without its parameters, which may hold anything."""
    return address.partition("?")[0].partition("://")[2]
