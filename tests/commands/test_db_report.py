"""``manage.py db_report``: what PostgreSQL counts, as text and as JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from cvmatch import database_report
from cvmatch.core.models import User
from tests.support import make_user

pytestmark = pytest.mark.django_db


def report(*options: str) -> str:
    out = io.StringIO()
    call_command("db_report", *options, stdout=out)
    return out.getvalue()


def as_json() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report("--json"))
    return found


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_table_and_index_of_ours_is_in_it_with_size_and_use() -> None:
    make_user()
    list(User.objects.filter(username="mara"))
    run("SELECT pg_stat_force_next_flush()")
    found = as_json()
    tables = {row["name"]: row for row in found["tables"]}
    assert set(connection.introspection.table_names()) == set(tables)
    assert tables["core_user"]["bytes"] > 0
    assert found["tables"] == sorted(found["tables"], key=lambda row: (-row["bytes"] - row["index_bytes"], row["name"]))
    indexes = {row["name"]: row for row in found["indexes"]}
    assert {"matching_jobvector_text", "jobs_job_filters", "core_user_pkey"} <= set(indexes)
    assert indexes["matching_jobvector_text"]["table"] == "matching_jobvector"
    assert found["broken_indexes"] == []
    assert found["database"]["bytes"] > 1_000_000
    assert 0 < found["database"]["connections"] <= found["database"]["max_connections"]
    assert 0 < found["database"]["cache_hit"] <= 1


def test_an_index_that_nothing_reads_is_named_unless_it_keeps_rows_unique() -> None:
    run(
        "CREATE INDEX never_read ON core_user (last_name); CREATE UNIQUE INDEX only_unique ON core_user (id, last_name)"
    )
    unused = as_json()["unused_indexes"]
    assert "never_read" in unused
    assert not {"only_unique", "core_user_pkey"} & set(unused)
    assert "never_read" in report("--most", "1000").split("Indexes that nothing has used")[1]


def test_an_index_that_was_left_unfinished_is_named() -> None:
    run("CREATE INDEX half_made ON core_user (last_name)")
    run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_made'::regclass")
    assert as_json()["broken_indexes"] == ["half_made"]
    assert "half_made" in report().split("Broken indexes")[1]


def test_without_the_extension_it_says_so() -> None:
    assert as_json()["slow_queries"] is None
    assert report().rstrip().endswith("Slow queries: the extension pg_stat_statements is not there.")


def test_with_the_extension_the_queries_that_took_most_are_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests cannot load it; a view with its columns stands in."""
    run(
        "CREATE VIEW pg_stat_statements AS SELECT oid AS dbid, q AS query, c::bigint AS calls, m::float AS mean_exec_time,"
        " (m * c)::float AS total_exec_time, 5::bigint AS rows FROM pg_database,"
        " (VALUES ('SELECT often', 1000, 2), (E'SELECT\\n  slow', 3, 900), ('SELECT rare', 1, 1)) v (q, c, m)"
        " WHERE datname = current_database()"
    )
    monkeypatch.setattr(database_report, "_EXTENSION", "SELECT current_schema()")
    found = as_json()["slow_queries"]
    assert [row["query"] for row in found] == ["SELECT slow", "SELECT often", "SELECT rare"]
    assert found[0]["mean_ms"] == 900
    assert found[0]["total_ms"] == 2700
    assert "SELECT slow" in report().split("Queries that took most time")[1]
