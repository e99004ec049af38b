"""Copies rows in SQL together with what hangs on them, each copy a little different: a hundred thousand in minutes."""

# ruff: noqa: S608 - statements are put together from names and expressions of this package, values are parameters
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# How far the vector of a copy lies from that of its original.
NOISE = 0.25
# Built in memory, an index takes a fraction of the time that as many insertions take.
INDEX_MEMORY = "1GB"


@dataclass(frozen=True)
class Kind:
    """What is copied: the table, how others name its rows, which of these go along as they are, and where vectors are.

    ``own`` says in SQL what differs in a copy, by column: ``o`` is the original, ``c.nr`` the number of the row among all,
    ``c.n`` of the copy among those of its original. ``joins`` is what these expressions need besides.
    """

    table: str
    key: str
    beside: tuple[str, ...]
    vectors: str
    own: Mapping[str, str] = field(default_factory=dict)
    joins: str = ""
    people: bool = False  # each copy is somebody else's: ``c.candidate_id``

    @property
    def copies(self) -> str:
        """A temporary table of the ids: ``id`` of the copy, its ``origin``, ``n`` and ``nr``."""
        return f"copies_of_{self.table}"


JOBS = Kind(
    "jobs_job",
    "job_id",
    # A copy counts as compared with all others (its fingerprint is made from it as it is), else all would be one vacancy.
    ("jobs_jobreading", "jobs_jobfingerprint", "matching_jobembedding", "matching_jobpassages"),
    "matching_jobvector",
    {
        "external_id": "o.external_id || '-' || c.n",
        "posted_at": "now() - (o.id * 31 + c.n * 17) %% 90 * interval '1 day'",
        "salary_year_max": "o.salary_year_max * (0.7 + (c.n * 13 + o.id) %% 60 / 100.0)",
        "remote": "(c.n + o.id) %% 9 = 0",
        "city": "t.city", "city_key": "t.city_key", "country": "t.country", "latitude": "t.latitude", "longitude": "t.longitude",
    },
    "JOIN LATERAL (SELECT * FROM towns OFFSET (o.id * 7 + c.n) %% (SELECT count(*) FROM towns) LIMIT 1) t ON true",
)  # fmt: skip
CVS = Kind(
    "ingestion_cv",
    "cv_id",
    ("matching_cvembedding", "matching_cvpassages"),
    "matching_cvvector",
    {
        "candidate_id": "c.candidate_id",
        "content_hash": "encode(sha256((o.content_hash || c.nr)::bytea), 'hex')",
        "uploaded_at": "now() - (c.nr * 7919) %% 86400 * interval '1 minute'",
    },
    people=True,
)


def copy_rows(kind: Kind, origins: Sequence[int], numbers: range, **parameters: Any) -> None:
    """One copy for each of ``numbers``, of the originals in turn; ``parameters`` are those that ``kind.own`` names."""
    given = parameters | {"origins": list(origins), "first": numbers.start, "last": numbers.stop - 1}
    with transaction.atomic(), connection.cursor() as cursor:  # the numbers are in tables of the transaction
        _number(cursor, kind, given)
        columns = [column for column in columns_of(kind.table) if column != "id"]
        values = ", ".join(kind.own.get(column, f"o.{column}") for column in columns)
        cursor.execute(
            f"INSERT INTO {kind.table} (id, {', '.join(columns)}) SELECT c.id, {values} "
            f"FROM {kind.copies} c JOIN {kind.table} o ON o.id = c.origin {kind.joins}",
            given,
        )
        for table in kind.beside:
            _copy_beside(cursor, kind, table)
        _copy_vectors(cursor, kind)


def columns_of(table: str) -> list[str]:
    """The columns that somebody may write."""
    (model,) = (model for model in apps.get_models() if model._meta.db_table == table)
    return [
        field.column for field in model._meta.concrete_fields if field.column and not getattr(field, "generated", False)
    ]


@contextmanager
def without_vector_indexes(kind: Kind, *, m: int = 24) -> Iterator[None]:
    """One transaction, in which the vectors of this kind have no index until its end, as migrations build it where ``m`` is
    left alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        for about in ("text", "title"):
            cursor.execute(f"DROP INDEX IF EXISTS {kind.vectors}_{about}")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the rows are not checked yet, and no index can be built
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [INDEX_MEMORY])
        for about in ("text", "title"):
            cursor.execute(
                f"CREATE INDEX {kind.vectors}_{about} ON {kind.vectors} USING hnsw (embedding halfvec_cosine_ops) "
                f"WITH (m={m}, ef_construction={200 * m // 24}) WHERE kind = '{about}'"
            )


def _number(cursor: CursorWrapper, kind: Kind, given: Mapping[str, Any]) -> None:
    """Which copy has which id. Ids come from the sequence: others may write to the table meanwhile."""
    cursor.execute(f"DROP TABLE IF EXISTS {kind.copies}, towns")
    cursor.execute(
        "CREATE TEMP TABLE towns ON COMMIT DROP AS "
        "SELECT DISTINCT ON (city_key, country) city, city_key, country, latitude, longitude "
        "FROM jobs_job ORDER BY city_key, country, id"
    )
    person = "nextval(pg_get_serial_sequence('ingestion_candidate', 'id'))" if kind.people else "NULL::bigint"
    cursor.execute(
        f"""
        CREATE TEMP TABLE {kind.copies} ON COMMIT DROP AS
        SELECT nextval(pg_get_serial_sequence('{kind.table}', 'id')) AS id, {person} AS candidate_id, nr,
               (%(origins)s::bigint[])[1 + (nr - 1) %% cardinality(%(origins)s::bigint[])] AS origin,
               (nr - 1) / cardinality(%(origins)s::bigint[]) AS n
          FROM generate_series(%(first)s, %(last)s) nr
        """,
        given,
    )
    cursor.execute(f"CREATE INDEX ON {kind.copies} (origin)")
    cursor.execute(f"ANALYZE {kind.copies}")
    cursor.execute(
        "INSERT INTO ingestion_candidate (id, created_at, desired_currency) "
        f"SELECT candidate_id, now(), '' FROM {kind.copies} WHERE candidate_id IS NOT NULL"
    )


def _copy_beside(cursor: CursorWrapper, kind: Kind, table: str) -> None:
    """What hangs on the originals, as it is; the state of an embedding says of which text it is, and a copy's is its own."""
    columns = [column for column in columns_of(table) if column != "id"]
    own = {kind.key: "c.id"} | ({"content_hash": "k.content_hash"} if table.endswith("embedding") else {})
    values = ", ".join(own.get(column, f"o.{column}") for column in columns)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {kind.copies} c "
        f"JOIN {table} o ON o.{kind.key} = c.origin JOIN {kind.table} k ON k.id = c.id"
    )


def _copy_vectors(cursor: CursorWrapper, kind: Kind) -> None:
    noise = np.random.default_rng(7)
    copies: dict[int, list[int]] = defaultdict(list)
    cursor.execute(f"SELECT origin, id FROM {kind.copies} ORDER BY id")
    for origin, pk in cursor.fetchall():
        copies[origin].append(pk)
    cursor.execute(
        f"SELECT {kind.key}, kind, model, embedding::text FROM {kind.vectors} WHERE {kind.key} = ANY(%s) ORDER BY 1, 2, 3",
        [sorted(copies)],
    )
    rows = [
        (pk, about, model, np.fromstring(text.strip("[]"), sep=",")) for pk, about, model, text in cursor.fetchall()
    ]
    with cursor.copy(f"COPY {kind.vectors} ({kind.key}, kind, model, embedding) FROM STDIN") as copy:
        for pk, about, model, vector in rows:
            moved = vector + NOISE * noise.standard_normal((len(copies[pk]), len(vector))) / np.sqrt(len(vector))
            moved /= np.linalg.norm(moved, axis=1, keepdims=True)
            for copied, numbers in zip(copies[pk], moved, strict=True):
                copy.write_row((copied, about, model, "[" + ",".join(f"{number:.4f}" for number in numbers) + "]"))
