"""Puts a synthetic collection into the tables of a running database: COPY, then the index, as a first load would."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.db import connection
from django.utils import timezone

from benchmarks.search.vectors import CHUNK, DIMENSIONS, PAY, Collection
from ingestion.models import CV, Candidate
from jobs.models import Job
from matching.models import CVVector

# PostgreSQL's binary COPY: a header, per row the number of fields and before each field its length, and an end mark. A
# halfvec is its dimensions, two unused bytes, and the numbers; everything has its highest byte first.
_HEADER, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_ROW = np.dtype(
    [
        ("fields", ">i2"), ("l1", ">i4"), ("job", ">i8"), ("l2", ">i4"), ("kind", "S4"), ("l3", ">i4"), ("model", "S5"),
        ("l4", ">i4"), ("dimensions", ">i2"), ("unused", ">i2"), ("vector", ">f2", (DIMENSIONS,)),
    ]
)  # fmt: skip


def load(collection: Collection, *, model: str) -> list[int]:
    """Jobs with their vectors and CVs with theirs; returns the ids of the CVs."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_job, ingestion_candidate CASCADE")
        for kind in ("text", "title"):
            cursor.execute(f"DROP INDEX IF EXISTS matching_jobvector_{kind}")
    _load_jobs(collection)
    _load_vectors(collection, model)
    return _load_cvs(collection, model)


def loaded_cvs() -> list[int]:
    """The CVs of a database that was loaded before."""
    return list(CVVector.objects.order_by("cv").values_list("cv", flat=True))


@dataclass(frozen=True)
class Built:
    """An index that was built: in how many seconds, the most memory of the process that led it, and sizes, in MB."""

    seconds: float
    peak_mb: float
    index_mb: float
    vectors_mb: float
    database_mb: float


def build_index(*, m: int, ef_construction: int, workers: int = 0, memory: str = "3GB") -> Built:
    """The HNSW index over the texts (and the empty one over titles), by one process and as many workers."""
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, false)", [memory])
        cursor.execute("SELECT set_config('max_parallel_maintenance_workers', %s, false)", [str(workers)])
        for kind in ("text", "title"):
            cursor.execute(
                f"CREATE INDEX matching_jobvector_{kind} ON matching_jobvector USING hnsw (embedding halfvec_cosine_ops) "
                f"WITH (m={m}, ef_construction={ef_construction}) WHERE kind = '{kind}'"
            )
        seconds = time.perf_counter() - started
        cursor.execute("VACUUM ANALYZE jobs_job, matching_jobvector, ingestion_cv, matching_cvvector")
        cursor.execute(
            "SELECT pg_backend_pid(), pg_relation_size('matching_jobvector_text') / 2^20, "
            "pg_table_size('matching_jobvector') / 2^20, pg_database_size(current_database()) / 2^20"
        )
        process, *sizes = cursor.fetchone()
    return Built(seconds, _peak_mb(process), *sizes)


def _peak_mb(process: int) -> float:
    """The most memory that a process of this machine has had; 0 where that cannot be known."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def _load_jobs(collection: Collection) -> None:
    """One row by the ORM as the pattern of all others, so that new columns need nothing here."""
    pattern = Job.objects.create(
        pk=10**9, source="bench", external_id="0", title="Job", status="expired", changed_at=timezone.now()
    )
    own = {
        "id": "n", "status": "'active'", "external_id": "n::text", "country": "c.country", "salary_currency": "'EUR'",
        "salary_year_max": f"{PAY} * (1 - c.by_cluster)",
    }  # fmt: skip
    columns = [field.column for field in Job._meta.concrete_fields if not field.generated]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE c (n bigint, country text, by_cluster float8)")
        with cursor.copy("COPY c FROM STDIN") as copy:
            for number, row in enumerate(zip(collection.countries, collection.by_cluster, strict=True), start=1):
                copy.write_row((number, row[0], float(row[1])))
        values = ", ".join(own.get(column, f"p.{column}") for column in columns)
        cursor.execute(
            f"INSERT INTO jobs_job ({', '.join(columns)}) SELECT {values} FROM c, jobs_job p WHERE p.id = %s",
            [pattern.pk],
        )
        cursor.execute("DROP TABLE c")


def _load_vectors(collection: Collection, model: str) -> None:
    with connection.cursor() as cursor:
        command = "COPY matching_jobvector (job_id, kind, model, embedding) FROM STDIN (FORMAT binary)"
        with cursor.copy(command) as copy:
            copy.write(_HEADER)
            for start in range(0, len(collection.vectors), CHUNK):
                copy.write(_rows(collection, start, model))
            copy.write(_END)


def _rows(collection: Collection, start: int, model: str) -> bytes:
    vectors = collection.vectors[start : start + CHUNK]
    rows = np.zeros(len(vectors), dtype=_ROW)
    rows["fields"], rows["l1"], rows["l2"], rows["l3"], rows["l4"] = 4, 8, 4, 5, 4 + 2 * DIMENSIONS
    rows["kind"], rows["model"], rows["dimensions"] = b"text", model.encode(), DIMENSIONS
    rows["job"], rows["vector"] = np.arange(start + 1, start + len(vectors) + 1), vectors
    return rows.tobytes()


def _load_cvs(collection: Collection, model: str) -> list[int]:
    people = Candidate.objects.bulk_create(Candidate() for _ in collection.subjects)
    cvs = CV.objects.bulk_create(CV(candidate=person, version=1, is_latest=True, size=1) for person in people)
    CVVector.objects.bulk_create(
        CVVector(cv=cv, kind="text", model=model, embedding=vector)
        for cv, vector in zip(cvs, collection.subjects.astype(np.float32), strict=True)
    )
    return [cv.pk for cv in cvs]
