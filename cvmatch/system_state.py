"""What the system is made of and how large it is: versions, database, caches; reads only, and counts no large table."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import django
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django_redis import get_redis_connection

from cvmatch.core.cache.breaker import REDIS
from cvmatch.core.cache_counts import with_unwritten
from ingestion.values.parsed import PARSER_VERSION
from jobs.services.rows import READER_VERSION
from matching.embedding import get_provider
from matching.ranking import ranking_version

LARGEST = 12

# PostgreSQL's own estimates of rows: counting would read each table as a whole.
_SIZES = """
SELECT c.relkind, c.relname, greatest(c.reltuples, 0)::bigint, pg_relation_size(c.oid),
       CASE c.relkind WHEN 'r' THEN pg_indexes_size(c.oid) ELSE 0 END, pg_total_relation_size(c.oid) AS whole,
       pg_stat_get_numscans(c.oid)
  FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'i')
 ORDER BY whole DESC, c.relname
"""
_DATABASE = """
SELECT pg_database_size(current_database()), current_setting('server_version'),
       (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
       d.blks_hit::float / nullif(d.blks_hit + d.blks_read, 0), d.numbackends, current_setting('max_connections')::int,
       pg_postmaster_start_time(), (SELECT max(id) FROM jobs_skillchange),
       (SELECT jsonb_object_agg(layer, jsonb_build_array(hits, misses)) FROM core_cachecount)
  FROM pg_stat_database d WHERE d.datname = current_database()
"""


@dataclass(frozen=True)
class Table:
    """One table or index, with the bytes it takes on disk; ``rows`` are estimated, ``scans`` counted since the last reset."""

    name: str
    rows: int
    own_bytes: int
    index_bytes: int
    total_bytes: int
    scans: int


@dataclass(frozen=True)
class Sizes:
    """The largest tables and indexes, largest first, and the estimated rows of every table."""

    tables: tuple[Table, ...]
    indexes: tuple[Table, ...]
    rows: dict[str, int]


@dataclass(frozen=True)
class Database:
    size_bytes: int
    version: str
    pgvector: str | None
    memory_share: float | None
    connections: int
    most_connections: int
    started_at: datetime
    vocabulary_change: int | None
    cache_counts: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Cache:
    """One place where something is kept that could be made again; None is not counted.

    ``made`` is how often it did not have what was asked for.
    """

    name: str
    about: str
    entries: int | None
    hit_share: float | None
    made: int | None = None


def database() -> Database:
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        facts = list(cursor.fetchone())
    facts[-1] = json.loads(facts[-1] or "{}")
    return Database(*facts)


def sizes() -> Sizes:
    """One query; no table is read."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        found = [(kind, Table(*facts)) for kind, *facts in cursor.fetchall()]
    tables = [table for kind, table in found if kind == "r"]
    indexes = [table for kind, table in found if kind == "i"]
    rows = {table.name: table.rows for table in tables}
    return Sizes(tuple(tables[:LARGEST]), tuple(indexes[:LARGEST]), rows)


def caches(known: Database, rows: dict[str, int]) -> list[Cache]:
    """Where results are kept, nearest to the reader first; hits of all processes since counting began."""
    vectors = rows.get("matching_textembedding")
    layers = {
        "l1": (_("Answers of the API (L1)"), _("for five minutes, and never after what they say has changed"), None),
        "l2": (_("Matches (L2)"), _("of lists under filters for an hour, of whole ones for a day"), None),
        "l3": (_("Vectors of texts (L3)"), _("a text is given to the model once"), vectors),
        "reference": (_("Choices and counts"), _("in the memory of each process, for some minutes"), None),
    }
    lists = _("made again after a day, or when text or weights change")
    memory = _("blocks that did not have to be read from disk")
    return [
        *(
            Cache(name, about, entries, one.hit_share, one.misses)
            for one in with_unwritten(known.cache_counts)
            for name, about, entries in [layers[one.layer]]
        ),
        _shared_cache(rows),
        Cache(_("Ranked lists"), lists, rows.get("matching_prediction"), None),
        Cache(_("Memory of the database"), memory, None, known.memory_share),
    ]


def versions(known: Database) -> list[tuple[str, str]]:
    """Name and version of all that decides how a CV is read and how a list comes out."""
    vocabulary = _("as delivered") if known.vocabulary_change is None else _("with change %d") % known.vocabulary_change
    return [
        (_("Reading of CVs"), PARSER_VERSION),
        (_("Reading of jobs"), READER_VERSION),
        (_("Ranking (weights, vocabulary, parser)"), ranking_version()),
        (_("Skills vocabulary"), vocabulary),
        (_("Embedding model"), get_provider().name),
        ("PostgreSQL", known.version),
        ("pgvector", known.pgvector or "–"),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
    ]


def settings_in_force() -> list[tuple[str, str]]:
    """What was set that changes behaviour. Named one by one, so that no secret can slip in with a new setting."""
    return [
        ("CVMATCH_AUDIT_DAYS", str(settings.AUDIT_DAYS)),
        ("CVMATCH_DEMO", _yes_or_no(settings.DEMO)),
        ("CVMATCH_EMBEDDING_PROVIDER", settings.EMBEDDING_PROVIDER),
        ("CVMATCH_LLM_URL", _yes_or_no(bool(settings.LLM["URL"]))),
        ("CVMATCH_LOG_LEVEL", settings.LOG_LEVEL),
        ("CVMATCH_MATCH_TOP", str(settings.MATCH_TOP)),
        ("CVMATCH_MAX_UPLOAD_MB", str(settings.MAX_UPLOAD_BYTES // 1024 // 1024)),
        ("CVMATCH_RETENTION_DAYS", str(settings.RETENTION_DAYS)),
        ("CVMATCH_SEARCH_BACKEND", settings.SEARCH_BACKEND),
        ("CVMATCH_SIGN_UP", settings.SIGN_UP),
        ("CVMATCH_STAGE_BATCH", _listed(settings.STAGE_BATCH)),
        ("CVMATCH_STAGE_MINUTES", _listed(settings.STAGE_MINUTES)),
        ("CVMATCH_THROTTLE", _listed(settings.THROTTLE)),
        ("CVMATCH_TRUSTED_PROXIES", str(settings.TRUSTED_PROXIES)),
        ("DATABASE_URL", _yes_or_no(not settings.EMBEDDED)),
        ("DEBUG", _yes_or_no(settings.DEBUG)),
        ("REDIS_URL", _yes_or_no(bool(settings.REDIS_URL))),
        ("SECURE_COOKIES", _yes_or_no(settings.SECURE_COOKIES)),
    ]


def _shared_cache(rows: dict[str, int]) -> Cache:
    """Redis counts its hits; a table of the database does not."""
    tables = [settings.CACHES[name]["LOCATION"] for name in ("database", "layers")]
    if not settings.REDIS_URL:
        about = _("tables of the database")
        return Cache(_("Shared cache"), about, sum(rows.get(table, 0) for table in tables), None)
    gone = Cache(_("Shared cache"), _("Redis, which does not answer"), None, None)
    return REDIS.call(_redis_cache, lambda: gone)


def _redis_cache() -> Cache:
    server = get_redis_connection("default")
    counted = server.info("stats")
    asked = counted["keyspace_hits"] + counted["keyspace_misses"]
    return Cache(_("Shared cache"), "Redis", server.dbsize(), counted["keyspace_hits"] / asked if asked else None)


def _yes_or_no(is_set: bool) -> str:
    return _("yes") if is_set else _("no")


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items()) or _("as delivered")
