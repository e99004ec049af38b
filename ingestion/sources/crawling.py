"""Asks for many pages of a site, where single ones may be gone, and goes on behind the last one that was stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Answer, BudgetSpent, Fetch, FetchFailed, Request, TimeUp
from ingestion.sources import Item, Page, Rejected
from ingestion.sources.payloads import IN_FULL

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
    number, failures = 0, 0
    while number < len(requests):
        try:
            for answer in fetch.each(requests[number:]):
                yield Found(number, answer)
                number, failures = number + 1, 0
        except FetchFailed as error:
            failures += not error.permanent
            if isinstance(error, BudgetSpent | TimeUp) or failures >= FAILURES_IN_A_ROW:
                raise
            yield Found(number, failure=error.message)
            number += 1


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
