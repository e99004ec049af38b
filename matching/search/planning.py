"""Decides how a filtered search is made: through the vector index, or by comparing all that the filter keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from cvmatch.core.replica import reading_alias
from ingestion.models import CV
from jobs.models import Job
from jobs.values import JobFilter
from matching.search import Side


@dataclass(frozen=True)
class Kept:
    """The targets that may be found, as a query for their ids whose values are named ``kept_0``, ``kept_1`` …"""

    sql: str
    values: Mapping[str, Any]


def may_be_found(side: Side, only: JobFilter | None) -> QuerySet[Any]:
    """Open jobs that the filter lets through, each vacancy once, or the latest CVs. Raises ValueError for a job filter on CVs."""
    if side is Side.JOBS_FOR_CV:
        return Job.objects.listed().filtered(only or JobFilter())
    if only:
        raise ValueError("a filter of jobs cannot choose among CVs")
    return CV.objects.current()


def kept(side: Side, only: JobFilter | None) -> Kept:
    """The same as SQL."""
    sql, values = may_be_found(side, only).order_by().values("id").query.sql_with_params()
    names = [f"kept_{number}" for number in range(len(values))]
    return Kept(sql % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True)))


def expected_rows(query: Kept) -> int:
    """How many rows PostgreSQL expects the query to give; it reads its statistics and not the tables (1 ms)."""
    with connections[reading_alias()].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {query.sql}", query.values)
        ((plan,),) = cursor.fetchall()
    rows = json.loads(plan) if isinstance(plan, str) else plan
    return int(rows[0]["Plan"]["Plan Rows"])
