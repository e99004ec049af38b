"""Keeps the indexes of vectors healthy: fresh statistics, and built anew once too many of their vectors have left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.db import OperationalError, connection, models
from django.utils import timezone
from pgvector.django import HnswIndex

from matching.models import CVVector, IndexHealth, JobVector

log = structlog.get_logger(__name__)

_MODELS: tuple[type[models.Model], ...] = (CVVector, JobVector)
TABLES = tuple(model._meta.db_table for model in _MODELS)
INDEXES = tuple(index.name for model in _MODELS for index in model._meta.indexes if isinstance(index, HnswIndex))
# A rebuild is one statement, and PostgreSQL ends those of workers after 110 s: 100,000 vectors took 35 to 70 s.
MOST_ROWS_OF_A_WORKER = 100_000

# Rows are the estimates of the last ANALYZE; the count of those removed goes on from the last reset of statistics.
_STATES = """
SELECT i.relname, pg_relation_filenode(i.oid)::bigint, greatest(i.reltuples, 0)::bigint, greatest(t.reltuples, 0)::bigint,
       coalesce(s.n_tup_del + s.n_tup_upd - s.n_tup_hot_upd, 0)
  FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class t ON t.oid = x.indrelid
  LEFT JOIN pg_stat_user_tables s ON s.relid = t.oid
 WHERE i.relname = ANY(%s) AND x.indisvalid AND pg_table_is_visible(i.oid)
 ORDER BY i.relname
"""
# What a rebuild leaves behind that did not come to its end: every insertion would go into it too. One that somebody is
# building right now looks the same.
_LEFT_OVER = """
SELECT i.relname FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class t ON t.oid = x.indrelid
 WHERE t.relname = ANY(%s) AND NOT x.indisvalid AND i.relname ~ '_cc(new|old)[0-9]*$' AND pg_table_is_visible(i.oid)
   AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.relid = t.oid)
"""


@dataclass(frozen=True)
class IndexState:
    """One index: its rows, those of its table, and how many rows the table had lost when it was built, and has lost now."""

    name: str
    file: int
    rows: int
    table_rows: int
    removed_before: int
    removed: int

    @property
    def removed_share(self) -> float:
        """How many vectors left since it was built, for each that is there; kinds come and go together."""
        return (self.removed - self.removed_before) / max(self.table_rows, 1)


@dataclass(frozen=True)
class Kept:
    """What a look at all indexes led to, by name: those that were built anew, those that are due but take longer than
    this process has (``left``), and those that wait for the next run since so many were enough."""

    rebuilt: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    is_alone: bool = True


def keep_healthy(*, share: float, most_rows: int | None = None, most: int | None = None) -> Kept:
    """Analyse the tables of vectors, and build anew every index that at least ``share`` of its vectors has left, one by one.

    Indexes of over ``most_rows`` are left, and after ``most`` of them the others wait. Does nothing where another process
    is at it. Not inside a transaction: PostgreSQL builds nothing beside readers and writers there.
    """
    with _alone() as is_alone:
        if not is_alone:
            return Kept(is_alone=False)
        _drop_left_over()
        _run(f"ANALYZE {', '.join(TABLES)}")
        due = [state for state in _noted() if state.rows and state.removed_share >= share]
        small = [state for state in due if most_rows is None or state.rows <= most_rows]
        now = small[:most]
        rebuilt = [state.name for state in now if _rebuild(state)]
        waiting = [state.name for state in small if state not in now]
        left = [state.name for state in due if state.name not in {*rebuilt, *waiting}]
        return Kept(tuple(rebuilt), tuple(left), tuple(waiting))


def states() -> list[IndexState]:
    """Each index of vectors as it is now, by name.

    What was removed is counted from the last rebuild, whoever did it, or from the last reset of PostgreSQL's statistics
    where that came later; for an index that is seen for the first time from the latter.
    """
    known = {row.name: row for row in IndexHealth.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [list(INDEXES)])
        rows = cursor.fetchall()
    return [
        IndexState(name, file, rows, table_rows, _removed_before(known.get(name), file, removed), removed)
        for name, file, rows, table_rows, removed in rows
    ]


def _removed_before(known: IndexHealth | None, file: int, removed: int) -> int:
    if known is None or removed < known.removed_before:
        return 0
    return known.removed_before if known.file == file else removed


def _noted() -> list[IndexState]:
    """The states, of which it is kept since when they count."""
    found = states()
    for state in found:
        kept = {"file": state.file, "removed_before": state.removed_before}
        IndexHealth.objects.update_or_create(name=state.name, defaults=kept)
    return found


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process is at it, until the end.

    The lock is a transaction's, so that it holds through a pooler too; of another connection, since the one that builds
    has to be outside of any. That transaction reads nothing, so that no build waits for it.
    """
    beside = connection.copy()
    try:
        beside.set_autocommit(False)
        with beside.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('cvmatch.indexes'))")
            (is_alone,) = cursor.fetchone()
        yield is_alone
    finally:
        beside.close()


def _rebuild(state: IndexState) -> bool:
    """Build it anew beside readers and writers; False where PostgreSQL's time limit for this process ended it."""
    try:
        _run(f"REINDEX INDEX CONCURRENTLY {state.name}")
    except OperationalError:
        if not connection.is_usable():
            raise
        _drop_left_over()
        log.warning("an index took too long to build", index=state.name, rows=state.rows)
        return False
    file = {now.name: now.file for now in states()}[state.name]
    IndexHealth.objects.filter(name=state.name).update(
        file=file, removed_before=state.removed, rebuilt_at=timezone.now()
    )
    log.info("index built anew", index=state.name, rows=state.rows, removed_share=round(state.removed_share, 3))
    return True


def _drop_left_over() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OVER, [list(TABLES)])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        _run(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        log.info("dropped what was left of a rebuild", index=name)


def _run(statement: str) -> None:
    """For statements about names of ours, which cannot be parameters."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
