"""How vectors are best kept: single, half or binary numbers, and one table or partitions; each with what it costs and finds.

Time depends on what else the machine does; pages read, bytes and recall do not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector

from benchmarks.database import machine
from benchmarks.search.vectors import DIMENSIONS, SHARES, Collection, cosines, make_collection
from cvmatch import embedded

LIMIT = 10
COLUMNS = f"id bigint, country text, embedding halfvec({DIMENSIONS})"
BITS = f"binary_quantize({{}}::vector)::bit({DIMENSIONS})"
# Name → the index, and the query that uses it; %(wide)s candidates by bits are sorted by their true distance.
KINDS = {
    "single": (
        f"((embedding::vector({DIMENSIONS})) vector_cosine_ops)",
        f"SELECT id FROM one ORDER BY embedding::vector({DIMENSIONS}) <=> %(q)s::halfvec::vector LIMIT 10",
    ),
    "half": ("(embedding halfvec_cosine_ops)", "SELECT id FROM one ORDER BY embedding <=> %(q)s::halfvec LIMIT 10"),
    "binary": (
        f"(({BITS.format('embedding')}) bit_hamming_ops)",
        "SELECT id FROM (SELECT id, embedding FROM one"
        f" ORDER BY {BITS.format('embedding')} <~> {BITS.format('%(q)s::halfvec')} LIMIT %(wide)s) near"
        " ORDER BY embedding <=> %(q)s::halfvec LIMIT 10",
    ),
}


class Bench:
    """One server with the collection in a plain table and in one that is partitioned by country."""

    def __init__(self, connection: psycopg.Connection[Any], collection: Collection) -> None:
        self.connection, self.collection = connection, collection
        self.near = cosines(collection)

    def run(self, query: str, **values: Any) -> list[Any]:
        return self.connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def load(self) -> None:
        """Half of the rows are of ended jobs, as after some months."""
        self.connection.execute("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off")
        self.connection.execute(f"CREATE TABLE one ({COLUMNS})")  # type: ignore[arg-type]
        self.connection.execute(f"CREATE TABLE parted ({COLUMNS}) PARTITION BY LIST (country)")  # type: ignore[arg-type]
        for number in range(len(SHARES)):
            self.connection.execute(f"CREATE TABLE parted_{number} PARTITION OF parted FOR VALUES IN ('A{number}')")  # type: ignore[arg-type]
        with self.connection.cursor() as cursor, cursor.copy("COPY one FROM STDIN") as copy:
            for number, (country, vector) in enumerate(
                zip(self.collection.countries, self.collection.vectors, strict=True), start=1
            ):
                copy.write_row((number, country, HalfVector(vector)))
        self.connection.execute("INSERT INTO parted SELECT * FROM one")
        self.connection.execute("CREATE INDEX one_country ON one (country); CREATE INDEX ON parted (country)")

    def index(self, table: str, definition: str, name: str) -> dict[str, float]:
        """Builds it; seconds and MB."""
        started = time.perf_counter()
        self.connection.execute(
            f"CREATE INDEX {name} ON {table} USING hnsw {definition} WITH (m=24, ef_construction=200)"  # type: ignore[arg-type]
        )
        seconds = time.perf_counter() - started
        self.connection.execute(f"VACUUM ANALYZE {table}")  # type: ignore[arg-type]
        ((size,),) = self.run(
            "SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(%(name)s::regclass)", name=name
        )
        if size is None:
            ((size,),) = self.run("SELECT pg_relation_size(%(name)s::regclass)", name=name)
        return {"build_s": round(seconds, 1), "index_mb": round(int(size) / 2**20, 1)}

    def search(self, query: str, *, ef_search: int, kept: Any = None, **values: Any) -> dict[str, float]:
        """Recall of the true nearest, pages read and milliseconds, over all subjects."""
        self.connection.execute(f"SET hnsw.ef_search = {ef_search}")  # type: ignore[arg-type]
        found, pages, times = [], [], []
        for number, subject in enumerate(self.collection.subjects):
            given = {"q": HalfVector(subject), **values}
            ids = np.array([row[0] for row in self.run(query, **given)], dtype=np.int64)
            near = self.near[number] if kept is None else np.where(kept, self.near[number], -2)
            true = np.partition(near, -LIMIT)[-LIMIT]
            found.append(float((near[ids - 1] >= true - 1e-3).sum() / LIMIT) if len(ids) else 0.0)
            ((plan,),) = self.run(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {query}", **given)
            pages.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
            times.append(plan[0]["Execution Time"])
        return {
            "recall": round(statistics.mean(found), 4),
            "pages": round(statistics.mean(pages)),
            "median_ms": round(statistics.median(times), 2),
        }


def quantised(bench: Bench, numbers: Sequence[str]) -> dict[str, Any]:
    """Each kind of number: its index, and what it finds with more and more candidates."""
    found: dict[str, Any] = {}
    for name in numbers:
        definition, query = KINDS[name]
        found[name] = bench.index("one", definition, f"one_{name}")
        for wide in (40, 100) if name != "binary" else (40, 100, 200, 400, 800):
            found[name][f"ef_search {wide}"] = bench.search(query, ef_search=wide, wide=wide)
        print(name, found[name], file=sys.stderr, flush=True)
        if name != "half":
            bench.connection.execute(f"DROP INDEX one_{name}")  # type: ignore[arg-type]
    return found


def partitioned(bench: Bench) -> dict[str, Any]:
    """One table with one index beside one of each per country; the countries hold what SHARES says."""
    found: dict[str, Any] = {"index": bench.index("parted", KINDS["half"][0], "parted_half")}
    countries = np.array(bench.collection.countries)
    search = "SELECT id FROM {} {} ORDER BY embedding <=> %(q)s::halfvec LIMIT 10"
    for table in ("one", "parted"):
        found[f"{table}, everywhere"] = bench.search(search.format(table, ""), ef_search=100)
        for country in ("A1", "A3", "A5"):
            where, kept = "WHERE country = %(country)s", countries == country
            name = f"{table}, {country} ({kept.mean():.1%})"
            # In one table as the search does it: what is kept first, then its distances.
            query = search.format(table, where) if table == "parted" else _exact(where)
            found[name] = bench.search(query, ef_search=100, kept=kept, country=country)
    found["move 200 rows"] = _moves(bench)
    return found


def _exact(where: str) -> str:
    return (
        f"WITH kept AS MATERIALIZED (SELECT id, embedding FROM one {where})"
        " SELECT id FROM kept ORDER BY embedding <=> %(q)s::halfvec LIMIT 10"
    )


def _moves(bench: Bench) -> dict[str, float]:
    """A row whose country (or status) changes has to move, and its vector into another graph; beside a plain update."""
    bench.connection.execute("CREATE TABLE plain AS SELECT id, country FROM one; CREATE INDEX ON plain (id)")
    bench.connection.execute("CREATE INDEX ON parted (id)")
    times = {}
    for table in ("plain", "parted"):
        started = time.perf_counter()
        bench.connection.execute(
            f"UPDATE {table} SET country = 'A2' WHERE id IN (SELECT id FROM one WHERE country = 'A0' LIMIT 200)"  # type: ignore[arg-type]
        )
        times[f"{table}_ms"] = round(1000 * (time.perf_counter() - started), 1)
    return times


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--subjects", type=int, default=50)
    parser.add_argument("--numbers", nargs="+", choices=list(KINDS), default=list(KINDS))
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-bench-"))
    folder.chmod(0o711)
    server = embedded.start(folder / "postgres", durable=False)
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")
            register_vector(connection)
            bench = Bench(connection, make_collection(options.jobs, options.subjects))
            bench.load()
            found = {"machine": machine(), "jobs": options.jobs, "numbers": quantised(bench, options.numbers)}
            found["partitions"] = partitioned(bench)
        print(json.dumps(found, indent=1))
    finally:
        server.stop()
        for place in ((folder / "postgres").resolve(), folder):
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
