"""The code uses nothing of a database session that outlasts its transaction: a pooler gives the next one another connection."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted(
    path
    for package in ("cvmatch", "jobs", "ingestion", "matching")
    for path in (PROJECT / package).rglob("*.py")
    if "migrations" not in path.parts  # they have a connection of their own
)
# What would stay with the connection, in capitals as our SQL is written.
LASTING = {
    "a lock of the session": r"pg_(try_)?advisory_lock",
    "listening": r"\A\s*(UN)?LISTEN\s+\w",
    "a prepared statement": r"\A\s*(PREPARE|DEALLOCATE)\s+\w",
    "a cursor that is held": r"WITH HOLD",
    "a setting of the session": r"\A\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b)(SESSION\s+)?[a-z_.]+\s*(=|TO\b)",
    "a setting of the session by function": r"set_config\([^()]*,\s*false\s*\)",
    "a temporary table that stays": r"CREATE TEMP(ORARY)? TABLE(?!.*ON COMMIT DROP)",
}
WORTH_PARSING = re.compile(r"advisory|LISTEN|PREPARE|DEALLOCATE|WITH HOLD|SET [a-zA-Z]|set_config|CREATE TEMP")


def words(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from strings(ast.parse(text)) if WORTH_PARSING.search(text) else ()


def strings(node: ast.AST) -> Iterator[str]:
    """All strings below; one with values in it as a whole, with a gap for each."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from strings(child)


def lasting(text: str) -> list[str]:
    """Which features an SQL statement uses that outlast its transaction."""
    parts = text.split(";")
    return [name for name, pattern in LASTING.items() for part in parts if re.search(pattern, part, re.DOTALL)]


def test_no_statement_leaves_something_with_its_connection() -> None:
    found = {
        f"{path.relative_to(PROJECT)}: {name}" for path in SOURCES for text in words(path) for name in lasting(text)
    }
    assert found == set()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_advisory_lock(7)",
        "SELECT pg_try_advisory_lock(7)",
        "LISTEN jobs",
        "PREPARE s AS SELECT 1",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "SELECT 1; SET jit = off",
        "SET SESSION statement_timeout TO 5",
        "SELECT set_config('jit', 'off', false)",
        "CREATE TEMP TABLE t AS SELECT 1",
    ],
)
def test_each_kind_is_seen(statement: str) -> None:
    assert len(lasting(statement)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_advisory_xact_lock(7)",
        "SET LOCAL jit = off",
        "SELECT set_config('jit', 'off', true)",
        "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1",
        "UPDATE t\n   SET status = 'done'",
    ],
)
def test_what_ends_with_the_transaction_may_be_used(statement: str) -> None:
    assert lasting(statement) == []
