"""Stores one batch of mapped items in one transaction, whatever is wrong with single ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, transaction

from ingestion.sources import Rejected
from ingestion.syncing.mapping import Batch, Mapped, Mapper
from jobs.services import JobRow, see_items, store_rows
from jobs.values import UpsertCounts


@dataclass(frozen=True)
class Stored:
    """What a batch changed, the reasons against what was not stored, and how often each repair was needed."""

    counts: UpsertCounts
    rejected: Sequence[Rejected]
    repairs: Mapping[str, int]


def store_batch(name: str, mapper: Mapper, batch: Batch, mapped: Mapped, *, seen_at: datetime) -> Stored:
    """Store what is new and note what was seen again; of two items with the same id, the later one counts."""
    with transaction.atomic():
        seen = see_items(source=name, items={item.item_hash: item.position for item in batch.same}, seen_at=seen_at)
        gone = [item for item in batch.same if item.item_hash not in seen.hashes]
        again = mapper.map(gone) if gone else Mapped()  # deleted since the batch was put together
        rows = [*mapped.rows, *again.rows]
        latest = [row for row in rows if row.position > seen.by_id.get(row.external_id, 0)]
        counts, refused = _store(name, latest, seen_at)
    every = [*batch.rejected, *mapped.rejected, *again.rejected, *refused]
    rejected = sorted(every, key=lambda row: row.position)
    return Stored(seen.counts + counts + UpsertCounts(failed=len(rejected)), rejected, _repairs(latest))


def _store(name: str, rows: Sequence[JobRow], seen_at: datetime) -> tuple[UpsertCounts, list[Rejected]]:
    """All rows at once; where one of them cannot be kept, the halves, until it alone is left out."""
    try:
        return store_rows(source=name, rows=rows, seen_at=seen_at), []
    except DataError as error:
        if len(rows) == 1:
            # Only the first line: the others quote the row.
            reason = str(error).partition("\n")[0]
            return UpsertCounts(), [Rejected(rows[0].position, f"It cannot be stored: {reason}.")]
    half = len(rows) // 2
    first, refused_first = _store(name, rows[:half], seen_at)
    second, refused_second = _store(name, rows[half:], seen_at)
    return first + second, refused_first + refused_second


def _repairs(rows: Sequence[JobRow]) -> Counter[str]:
    return Counter(repair for row in rows if row.repairs != "[]" for repair in json.loads(row.repairs))
