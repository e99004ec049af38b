"""Job sources behind one protocol: payloads in, postings in the one form out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar, Protocol, runtime_checkable

from cvmatch.core.fetching import Fetch, Window
from jobs.values import JobPosting


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be a posting: where it stood (1-based) and why, in words for the sender."""

    position: int
    reason: str


@dataclass(frozen=True)
class Item:
    """One posting as the source gives it, and where it stood in its payload (1-based).

    ``raw`` is JSON and all that is needed to map it: what the payload says once for all its postings is in it too.
    """

    position: int
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One thing that a person says when connecting a source: the name of a field of the source's dataclass, for a form.

    ``many`` takes several values (a tuple in the dataclass), ``secret`` is stored encrypted and never shown.
    """

    name: str
    label: str
    help: str = ""
    required: bool = False
    secret: bool = False
    many: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    pattern: str = ""


@dataclass(frozen=True)
class About:
    """A kind of source in words, and what it demands.

    ``complete``: one run sees everything that is open, so what it does not see any more is closed. ``attribution`` is
    the sentence that has to stand beside its postings, linked to ``home``. ``windows`` bound the requests of each key.
    """

    label: str
    home: str = ""
    summary: str = ""
    attribution: str = ""
    complete: bool = False
    snippets: bool = False
    windows: tuple[Window, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Page:
    """What one request brought. A run that is broken off goes on behind the last stored page by its ``cursor``."""

    rows: tuple[Item | Rejected, ...] = field(repr=False)
    cursor: str = ""


class JobSource(Protocol):
    """Maps the payloads of one kind of source; its fields are the parameters of one connection, all with defaults.

    ``items`` takes a recorded payload apart, in order. It raises InvalidInput when the payload as a whole is not of its
    kind, and never for a bad row. ``postings`` maps one item: one posting for each place, or the reason against it; it
    never raises.
    """

    about: ClassVar[About]
    suffixes: ClassVar[tuple[str, ...]]

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]: ...

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]: ...


@runtime_checkable
class FetchedSource(JobSource, Protocol):
    """A source that is asked over HTTP."""

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        """The pages of one run in order, from behind the page with the cursor ``after``. Raises FetchFailed."""


def read(source: JobSource, payload: BinaryIO) -> Iterator[JobPosting | Rejected]:
    """The postings of a recorded payload and the reasons against rows that are none."""
    for row in source.items(payload):
        yield from (row,) if isinstance(row, Rejected) else source.postings(row)
