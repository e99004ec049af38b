"""What is asked of other servers and what comes back, as values: for those who ask, without how it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cvmatch.core.errors import CvmatchError


class FetchFailed(CvmatchError):
    """Another server did not answer, or not with what was asked for, after all attempts.

    ``permanent`` where the same request cannot succeed: refused, not found, an address that may not be asked.
    """

    status = 502
    title = "The other server failed"


class NothingThere(FetchFailed):
    """The server knows of nothing at the address (any more): 404 or 410."""


class BudgetSpent(FetchFailed):
    """No key may be used for some time; ``details["wait_s"]`` says how many seconds."""

    title = "The budget of requests is used up"


class TimeUp(FetchFailed):
    """No time is left for further requests: nothing is said about the one that was to be made."""

    title = "The time is up"


@dataclass(frozen=True, order=True)
class Window:
    """At most ``requests`` in any span of ``seconds`` that begins with the first of them."""

    seconds: int
    requests: int


@dataclass(frozen=True)
class Credential:
    """One key of a service: what is added to a request that uses it. ``name`` is shown, the rest never."""

    name: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Request:
    """One request. ``credentials`` are the keys that will do, in turn, each under its own budget; without any it goes as it is.

    ``payload`` is sent as JSON with POST; without it the request is a GET, or a HEAD where only ``headers_only`` are wanted.
    """

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: Any = None
    credentials: tuple[Credential, ...] = ()
    headers_only: bool = False


@dataclass(frozen=True)
class Answer:
    """The whole body of a successful answer; ``url`` is where it came from after redirects.

    ``unchanged`` says that the server has nothing newer than what was read last time; the body is empty then.
    """

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False

    def json(self) -> Any:
        """The body as JSON. Raises FetchFailed: services answer with pages of HTML when something is wrong."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise FetchFailed(f"{self.url.split('?')[0]} answered with something that is not JSON.") from error


class Fetch(Protocol):
    """Asks other servers with everything that takes: time-outs, attempts, budgets, bounds."""

    def __call__(self, request: Request) -> Answer:
        """The answer to one request. Raises FetchFailed."""

    def each(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """The answers in the order of the requests, several asked at once. Raises FetchFailed at the first without one."""
