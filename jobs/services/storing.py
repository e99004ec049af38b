"""Stores one page of postings in a few statements: new ones are copied, changed ones merged, and all noted as seen.

Pages of one source wait for each other, so that none can lock another out and counts are exact; those of different
sources touch different rows. Whoever writes both locks the row of the reading first and the job after it, as the stage
that reads does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cvmatch.core.batches import in_batches
from cvmatch.core.queue import announce
from jobs.services.rows import JobColumns, JobRow, copy_line, job_row
from jobs.values import JobPosting, UpsertCounts

_COLUMNS = JobColumns._fields
_LISTED = ", ".join(_COLUMNS)
_LINES_AT_ONCE = 100
# What a new row has besides what was sent.
_AROUND = ("status", "ended_at", "first_seen_at", "changed_at", "requirements_json")

_STORED = "SELECT external_id, id, row_hash FROM jobs_job WHERE source = %(source)s AND external_id = ANY(%(ids)s)"
_INCOMING = f"""
CREATE TEMP TABLE incoming ON COMMIT DROP AS
SELECT id, now() AS ended_at, status, NULL::uuid AS item_hash, ''::text AS raw, {_LISTED} FROM jobs_job WITH NO DATA
"""  # noqa: S608 - made of the names above
_READ_AGAIN = """
UPDATE jobs_jobreading r
   SET status = 'pending', interactive = %(interactive)s, attempts = 0, error = '', retry_at = NULL, lease_until = NULL,
       claim_token = NULL
  FROM incoming i WHERE r.job_id = i.id
"""
_MERGE = f"""
INSERT INTO jobs_job AS j (id, source, {_LISTED}, status, ended_at, first_seen_at, changed_at, requirements_json)
SELECT id, %(source)s, {_LISTED}, status, ended_at, %(now)s, %(now)s, '{{}}' FROM incoming ORDER BY id
ON CONFLICT (source, external_id) DO UPDATE
   SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS)},
       status = EXCLUDED.status, ended_at = EXCLUDED.ended_at, changed_at = EXCLUDED.changed_at,
       requirements_json = CASE WHEN j.content_hash = EXCLUDED.content_hash THEN j.requirements_json ELSE '{{}}' END
"""  # noqa: S608
_SEE = """
INSERT INTO jobs_sighting AS s (job_id, item_hash, seen_at)
SELECT id, item_hash, %(seen_at)s FROM unnest(%(ids)s::bigint[], %(hashes)s::uuid[]) AS i (id, item_hash)
ON CONFLICT (job_id) DO UPDATE
   SET item_hash = EXCLUDED.item_hash, seen_at = greatest(s.seen_at, EXCLUDED.seen_at), missed_since = NULL
"""
_IS_CLOSED = "EXISTS (SELECT 1 FROM jobs_jobclosing c WHERE c.job_id = j.id AND c.opened_at IS NULL)"
# What a recruiter has closed stays closed, whatever is sent.
_STAY_CLOSED = f"""
UPDATE incoming i SET status = j.status, ended_at = j.ended_at FROM jobs_job j WHERE j.id = i.id AND {_IS_CLOSED}
"""  # noqa: S608
_REVIVE = f"""
UPDATE jobs_job j SET status = 'active', ended_at = NULL
 WHERE id = ANY(%(ids)s) AND status <> 'active' AND (expires_at IS NULL OR expires_at >= %(now)s) AND NOT {_IS_CLOSED}
RETURNING id
"""  # noqa: S608
_KEEP_RAW = """
INSERT INTO jobs_payload (job_id, raw) SELECT id, raw FROM incoming WHERE raw <> ''
ON CONFLICT (job_id) DO UPDATE SET raw = EXCLUDED.raw
"""
_TO_READ = """
INSERT INTO jobs_jobreading (job_id, status, interactive, attempts, error)
SELECT id, 'pending', %(interactive)s, 0, '' FROM incoming
ON CONFLICT (job_id) DO NOTHING
"""
_SEE_ITEMS = f"""
WITH seen AS (
  UPDATE jobs_sighting SET seen_at = greatest(seen_at, %(seen_at)s), missed_since = NULL
   WHERE item_hash = ANY(%(hashes)s::uuid[]) RETURNING job_id, item_hash)
SELECT s.item_hash, j.id, j.external_id,
       j.status <> 'active' AND (j.expires_at IS NULL OR j.expires_at >= %(now)s) AND NOT {_IS_CLOSED}
  FROM seen s JOIN jobs_job j ON j.id = s.job_id
"""  # noqa: S608


@dataclass(frozen=True)
class Seen:
    """What is known of items that were sent before: ``by_id`` has the position of the item of each external id."""

    counts: UpsertCounts
    by_id: Mapping[str, int]
    hashes: frozenset[str]


def upsert_jobs(
    *, source: str, postings: Sequence[JobPosting], interactive: bool = False, seen_at: datetime | None = None
) -> UpsertCounts:
    """Store one page of postings in one transaction: new ones created, changed ones updated, the rest left alone.

    A posting that had expired and is sent again with an open date is active again, unless somebody closed it. Changed
    jobs are announced in the same transaction; they are read and embedded by stages. Of two postings with the same id,
    the later one counts.
    """
    rows = [job_row(posting, position=position) for position, posting in enumerate(postings, start=1)]
    return store_rows(source=source, rows=rows, interactive=interactive, seen_at=seen_at or timezone.now())


def store_rows(*, source: str, rows: Sequence[JobRow], seen_at: datetime, interactive: bool = False) -> UpsertCounts:
    """The same for rows that are made already; ``seen_at`` is when the run began that saw them. Raises DataError."""
    latest = {row.external_id: row for row in rows}
    if not latest:
        return UpsertCounts()
    values: dict[str, Any] = {"source": source, "seen_at": seen_at, "interactive": interactive, "now": timezone.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        lock_source(source)
        cursor.execute(_STORED, {"source": source, "ids": list(latest)})
        stored = {external_id: (pk, row_hash) for external_id, pk, row_hash in cursor.fetchall()}
        new = [row for name, row in latest.items() if name not in stored]
        known = [(stored[name][0], row) for name, row in latest.items() if name in stored]
        changed = [(pk, row) for pk, row in known if row.row_hash != stored[row.external_id][1]]
        created = _create(cursor, new, values)
        _merge(cursor, changed, values)
        revived = _see_again(cursor, known, values)
        _announce([*created, *(pk for pk, _ in changed)], revived, interactive=interactive)
    return UpsertCounts(len(new), len(changed) + len(revived), len(known) - len(changed) - len(revived))


def _create(cursor: Any, rows: Sequence[JobRow], values: Mapping[str, Any]) -> list[int]:
    """Copy rows that are not there yet, and what is noted beside them; returns their ids."""
    if not rows:
        return []
    cursor.execute("SELECT nextval(pg_get_serial_sequence('jobs_job', 'id')) FROM generate_series(1, %s)", [len(rows)])
    ids = [pk for (pk,) in cursor.fetchall()]
    now = values["now"]
    noted = list(zip(ids, rows, strict=True))
    source = copy_line([values["source"]])
    own = (b"%d\t%b\t%b\t%b\n" % (pk, source, row.line, _around(*_state(row, now), now)) for pk, row in noted)
    _copy_lines(cursor, "jobs_job", ("id", "source", *_COLUMNS, *_AROUND), own)
    seen_at, unread = str(values["seen_at"]), copy_line(["pending", values["interactive"], 0, ""])
    seen = (b"%d\t%b\n" % (pk, copy_line((row.item_hash, seen_at))) for pk, row in noted)
    _copy_lines(cursor, "jobs_sighting", ("job_id", "item_hash", "seen_at"), seen)
    payloads = (b"%d\t%b\n" % (pk, copy_line((row.raw,))) for pk, row in noted if row.raw)
    _copy_lines(cursor, "jobs_payload", ("job_id", "raw"), payloads)
    to_read = (b"%d\t%b\n" % (pk, unread) for pk in ids)
    _copy_lines(cursor, "jobs_jobreading", ("job_id", "status", "interactive", "attempts", "error"), to_read)
    return ids


def _merge(cursor: Any, changed: Sequence[tuple[int, JobRow]], values: Mapping[str, Any]) -> None:
    """Put changed rows over those that are there, by one statement for all of them."""
    if not changed:
        return
    cursor.execute(_INCOMING)
    lines = (
        b"%b\t%b\n" % (copy_line((pk, *_state(row, values["now"]), row.item_hash, row.raw)), row.line)
        for pk, row in changed
    )
    _copy_lines(cursor, "incoming", ("id", "status", "ended_at", "item_hash", "raw", *_COLUMNS), lines)
    for statement in (_STAY_CLOSED, _READ_AGAIN, _MERGE, _KEEP_RAW, _TO_READ, "DROP TABLE incoming"):
        cursor.execute(statement, values)


def _see_again(cursor: Any, known: Sequence[tuple[int, JobRow]], values: Mapping[str, Any]) -> list[int]:
    """Note that rows were seen; those that were closed and did not change otherwise are open again. Returns their ids."""
    if not known:
        return []
    ids = [pk for pk, _ in known]
    cursor.execute(_SEE, {**values, "ids": ids, "hashes": [row.item_hash for _, row in known]})
    cursor.execute(_REVIVE, {**values, "ids": ids})
    return [pk for (pk,) in cursor.fetchall()]


def _state(row: JobRow, now: datetime) -> tuple[str, datetime | None]:
    """Status and end of a row as it comes in."""
    ended = row.expires_at is not None and row.expires_at < now
    return ("expired", row.expires_at) if ended else ("active", None)


@lru_cache(maxsize=100)
def _around(status: str, ended_at: datetime | None, now: datetime) -> bytes:
    """What stands behind the columns of a new row; see ``_AROUND``."""
    return copy_line((status, ended_at, now, now, "{}"))


def known_items(hashes: Collection[str]) -> frozenset[str]:
    """Those of the items that are stored as they are now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT item_hash FROM jobs_sighting WHERE item_hash = ANY(%s::uuid[])", [list(hashes)])
        return frozenset(row[0].hex for row in cursor.fetchall())


def see_items(*, source: str, items: Mapping[str, int], seen_at: datetime) -> Seen:
    """Note that a run saw these items (by hash, with their positions) again; their jobs are open again where they can be.

    The caller holds a transaction.
    """
    if not items:
        return Seen(UpsertCounts(), {}, frozenset())
    lock_source(source)
    with connection.cursor() as cursor:
        cursor.execute(_SEE_ITEMS, {"seen_at": seen_at, "hashes": list(items), "now": timezone.now()})
        rows = cursor.fetchall()
        closed = [pk for _, pk, _, is_closed in rows if is_closed]
        if closed:
            cursor.execute("UPDATE jobs_job SET status = 'active', ended_at = NULL WHERE id = ANY(%s)", [closed])
            _announce([], closed, interactive=False)
    return Seen(
        UpsertCounts(0, len(closed), len(rows) - len(closed)),
        {external_id: items[item_hash.hex] for item_hash, _, external_id, _ in rows},
        frozenset(row[0].hex for row in rows),
    )


def lock_source(source: str) -> None:
    """Wait until no other transaction writes postings of the source, and keep others waiting until this one is through."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cvmatch.jobs:{source}"])


def _copy_lines(cursor: Any, table: str, columns: Sequence[str], lines: Iterable[bytes]) -> None:
    # Django's own errors, as from statements that it sends itself.
    with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for some in in_batches(lines, _LINES_AT_ONCE):
            copy.write(b"".join(some))


def _announce(changed: Sequence[int], revived: Sequence[int], *, interactive: bool) -> None:
    """Only for what people wait for each row is named: others are many, and stages find them by their state."""
    if changed:
        announce("jobs.changed", changed if interactive else (), interactive=interactive)
    if revived:
        announce("jobs.read", revived if interactive else (), interactive=interactive)
