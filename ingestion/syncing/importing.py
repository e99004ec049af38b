"""Imports files of any size in bounded memory, by the way that syncs take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from django.utils import timezone

from cvmatch.core.batches import in_batches
from cvmatch.core.queue import announce
from ingestion.sources import Item, JobSource, Rejected
from ingestion.syncing.mapping import Batch, Mapper, mapped_batches
from ingestion.syncing.storing import store_batch
from jobs.values import UpsertCounts

IMPORT_PAGE = 1000


def import_items(
    *, source_name: str, source: JobSource, payload: BinaryIO, report: Callable[[Rejected], None]
) -> UpsertCounts:
    """Store the postings of a recorded payload, page by page; what is rejected is reported and counted, the rest goes on.

    Raises InvalidInput where the payload as a whole is not of the source's kind; pages before that are stored.
    """
    return import_rows(source_name=source_name, source=source, rows=source.items(payload), report=report)


def import_rows(
    *, source_name: str, source: JobSource, rows: Iterable[Item | Rejected], report: Callable[[Rejected], None]
) -> UpsertCounts:
    """The same for items that were taken out of their payload already."""
    mapper, seen_at, counts = Mapper.of(source_name, source), timezone.now(), UpsertCounts()
    for batch, mapped in mapped_batches(mapper, _batches(mapper, rows)):
        stored = store_batch(source_name, mapper, batch, mapped, seen_at=seen_at)
        for rejected in stored.rejected:
            report(rejected)
        counts += stored.counts
    if counts.created or counts.updated:
        announce("jobs.imported")
    return counts


def _batches(mapper: Mapper, rows: Iterable[Item | Rejected]) -> Iterator[Batch]:
    for page in in_batches(rows, IMPORT_PAGE):
        yield mapper.batch(page)
