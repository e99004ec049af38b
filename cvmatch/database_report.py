"""What PostgreSQL counts about itself: sizes, cache hits, indexes that nobody uses, tables that bloat, slow queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

MOST = 20
TEXT_SHOWN = 200

_DATABASE = """
SELECT current_database() AS name, pg_database_size(current_database()) AS bytes, d.stats_reset AS counted_since,
       round(d.blks_hit::numeric / nullif(d.blks_hit + d.blks_read, 0), 4)::float AS cache_hit, d.deadlocks, d.temp_bytes,
       d.numbackends AS connections, current_setting('max_connections')::int AS max_connections
  FROM pg_stat_database d WHERE d.datname = current_database()
"""
# Bloat is estimated by dead rows: what a vacuum would free. The true figure would need to read each page.
_TABLES = """
SELECT s.relname AS name, s.n_live_tup AS rows, s.n_dead_tup AS dead_rows,
       round(s.n_dead_tup::numeric / nullif(s.n_live_tup + s.n_dead_tup, 0), 4)::float AS dead_share,
       (pg_table_size(s.relid) * s.n_dead_tup / greatest(s.n_live_tup + s.n_dead_tup, 1))::bigint AS bloat_bytes,
       pg_table_size(s.relid) AS bytes, pg_indexes_size(s.relid) AS index_bytes, s.seq_scan AS sequential_scans,
       s.seq_tup_read AS rows_read_sequentially, coalesce(s.idx_scan, 0) AS index_scans,
       round(io.heap_blks_hit::numeric / nullif(io.heap_blks_hit + io.heap_blks_read, 0), 4)::float AS cache_hit,
       greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed_at, greatest(s.last_analyze, s.last_autoanalyze) AS analyzed_at
  FROM pg_stat_user_tables s JOIN pg_statio_user_tables io USING (relid)
 WHERE s.schemaname = current_schema() ORDER BY pg_total_relation_size(s.relid) DESC, s.relname
"""
_INDEXES = """
SELECT s.indexrelname AS name, s.relname AS "table", s.idx_scan AS scans, s.last_idx_scan AS last_scan,
       pg_relation_size(s.indexrelid) AS bytes, i.indisunique AS is_unique, i.indisvalid AS is_valid,
       round(io.idx_blks_hit::numeric / nullif(io.idx_blks_hit + io.idx_blks_read, 0), 4)::float AS cache_hit
  FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid) JOIN pg_statio_user_indexes io USING (indexrelid)
 WHERE s.schemaname = current_schema() ORDER BY pg_relation_size(s.indexrelid) DESC, s.indexrelname
"""
# Constants are replaced by $1, $2 … in what the extension keeps, so that no value of a CV is shown.
_SLOW = """
SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), %(text)s) AS query, calls,
       round(mean_exec_time::numeric, 2)::float AS mean_ms, round(total_exec_time::numeric)::bigint AS total_ms, rows
  FROM {schema}.pg_stat_statements JOIN pg_database d ON d.oid = dbid
 WHERE d.datname = current_database() ORDER BY total_exec_time DESC LIMIT %(most)s
"""
_EXTENSION = """
SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname = 'pg_stat_statements'
   AND current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'
"""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class DatabaseReport:
    """Tables and indexes largest first; ``slow_queries`` by total time, None where pg_stat_statements is not there.

    Scans and hits are counted since ``database["counted_since"]``, or since the server was made. A replica counts its own.
    """

    database: Row
    tables: tuple[Row, ...]
    indexes: tuple[Row, ...]
    slow_queries: tuple[Row, ...] | None

    @property
    def unused_indexes(self) -> tuple[Row, ...]:
        """No scan since counting began; those that keep rows unique have their use without scans."""
        return tuple(index for index in self.indexes if not index["scans"] and not index["is_unique"])

    @property
    def broken_indexes(self) -> tuple[Row, ...]:
        """Left behind by a CREATE or REINDEX CONCURRENTLY that was interrupted: written to and never read."""
        return tuple(index for index in self.indexes if not index["is_valid"])

    def as_json(self) -> dict[str, Any]:
        return {
            "database": dict(self.database),
            "tables": [dict(row) for row in self.tables],
            "indexes": [dict(row) for row in self.indexes],
            "unused_indexes": [row["name"] for row in self.unused_indexes],
            "broken_indexes": [row["name"] for row in self.broken_indexes],
            "slow_queries": None if self.slow_queries is None else [dict(row) for row in self.slow_queries],
        }


def database_report() -> DatabaseReport:
    """Reads statistics only; no table is scanned."""
    (database,) = _rows(_DATABASE)
    return DatabaseReport(database, _rows(_TABLES), _rows(_INDEXES), _slow_queries())


def _slow_queries() -> tuple[Row, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_EXTENSION)
        found = cursor.fetchone()
    return _rows(_SLOW.format(schema=found[0]), most=MOST, text=TEXT_SHOWN) if found else None


def _rows(query: str, **values: Any) -> tuple[Row, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        names = [column.name for column in cursor.description]
        return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
