"""Job sources behind one protocol: a payload in, postings in the one form out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from jobs.values import JobPosting


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be a posting: where it stood (1-based) and why, in words for the sender."""

    position: int
    reason: str


class JobSource(Protocol):
    """Maps the payload of one kind of source.

    ``read`` yields a posting or the reason against it for each row, in order, and never raises for a bad row; it raises
    InvalidInput when the payload as a whole is not of its kind.
    """

    suffixes: tuple[str, ...]

    def read(self, payload: BinaryIO) -> Iterator[JobPosting | Rejected]: ...
