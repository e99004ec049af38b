"""Items of a source to rows: what is known by its hash needs no mapping, and large files are mapped by two processes."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, fields, replace
from functools import cache
from itertools import chain
from pathlib import Path

from cvmatch.core.errors import InvalidInput
from cvmatch.core.memory import settle
from ingestion import sources
from ingestion.sources import Item, JobSource, Rejected
from jobs.services import READER_VERSION, JobRow, job_row, known_items

# Mapping takes about as long as storing, so that two processes and the database keep two processors busy.
PROCESSES = 2
# So many batches are mapped ahead of the one that is being stored.
AHEAD = 3
# With fewer items to map in a batch, starting processes takes longer than mapping them here.
WORTH_A_PROCESS = 500
# Mapping so many loads what mapping needs; processes that are copied after it have it, and share the memory.
WARMING_UP = 20
_ENCODER = json.JSONEncoder(default=str)


@dataclass(frozen=True)
class Encoded:
    """An item as it is kept and compared: its JSON in ASCII, and 32 digits of the hash of that and of all that maps it."""

    position: int
    raw: str = field(repr=False)
    item_hash: str


@dataclass(frozen=True)
class Batch:
    """Items that are stored together: those that are stored as they are already, those that are not, and what is no item."""

    same: list[Encoded]
    new: list[Encoded]
    rejected: list[Rejected]

    @property
    def size(self) -> int:
        return len(self.same) + len(self.new) + len(self.rejected)


@dataclass(frozen=True)
class Mapped:
    """Rows to store, and the reasons against items that gave none."""

    rows: list[JobRow] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True)
class Mapper:
    """Maps the items of one connection. Can be handed to another process."""

    source: JobSource
    salt: str

    @classmethod
    def of(cls, name: str, source: JobSource) -> Mapper:
        """``name`` is what the postings are kept under."""
        return cls(_without_secrets(source), f"{name}\n{_without_secrets(source)!r}\n{_code_version()}")

    def encode(self, item: Item) -> Encoded:
        raw = _ENCODER.encode(item.raw)
        return Encoded(item.position, raw, hashlib.sha256(f"{self.salt}\n{raw}".encode()).hexdigest()[:32])

    def batch(self, rows: Sequence[Item | Rejected]) -> Batch:
        """The rows of one page, told apart by what is stored of them."""
        encoded = [self.encode(row) for row in rows if isinstance(row, Item)]
        known = known_items([item.item_hash for item in encoded])
        return Batch(
            [item for item in encoded if item.item_hash in known],
            [item for item in encoded if item.item_hash not in known],
            [row for row in rows if isinstance(row, Rejected)],
        )

    def map(self, items: Sequence[Encoded]) -> Mapped:
        mapped = Mapped()
        for item in items:
            for posting in self.source.postings(Item(item.position, json.loads(item.raw))):
                if isinstance(posting, Rejected):
                    mapped.rejected.append(posting)
                else:
                    row = job_row(posting, position=item.position, item_hash=item.item_hash, raw=item.raw)
                    mapped.rows.append(row)
        return mapped


def mapped_batches(mapper: Mapper, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Mapped]]:
    """Each batch with its rows, in order; once there is much to map, by processes of their own and some batches ahead.

    Where a batch cannot be put together (InvalidInput), those before it are still given.
    """
    rest = iter(batches)
    for batch in rest:
        if len(batch.new) >= WORTH_A_PROCESS and _can_fork():
            yield from _mapped_ahead(mapper, batch, rest)
        else:
            yield batch, mapper.map(batch.new)


def _mapped_ahead(mapper: Mapper, first: Batch, rest: Iterator[Batch]) -> Iterator[tuple[Batch, Mapped]]:
    mapper.map(first.new[:WARMING_UP])
    settle()  # what nobody looks through for garbage stays shared with the copies
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("fork")) as pool:
        waiting: deque[tuple[Batch, Future[Mapped]]] = deque()
        wrong: InvalidInput | None = None
        try:
            for batch in chain([first], rest):
                waiting.append((batch, pool.submit(mapper.map, batch.new)))
                if len(waiting) > AHEAD:
                    batch, future = waiting.popleft()
                    yield batch, future.result()
        except InvalidInput as error:
            wrong = error
        for batch, future in waiting:
            yield batch, future.result()
        if wrong:
            raise wrong


def _can_fork() -> bool:
    """A queue worker may have no processes of its own, and not every system can copy one that runs."""
    return "fork" in multiprocessing.get_all_start_methods() and not multiprocessing.current_process().daemon


def _without_secrets(source: JobSource) -> JobSource:
    """Keys say nothing about how an item is mapped, and are handed to no process that does not need them."""
    known = {one.name: one.default for one in fields(source)}  # type: ignore[arg-type]
    secret = {one.name: known[one.name] for one in source.about.parameters if one.secret}
    return replace(source, **secret) if secret else source  # type: ignore[type-var]


@cache
def _code_version() -> str:
    """Of the code that maps: after a change of it, every item is mapped again once."""
    files = sorted(path for path in Path(sources.__file__).parent.rglob("*") if path.suffix not in {"", ".pyc"})
    return f"{hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()} {READER_VERSION}"
