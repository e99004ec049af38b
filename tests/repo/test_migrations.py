"""Migrations can run while people work: none locks or rewrites a large table, or takes away what older code still reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OURS = ("core", "jobs", "ingestion", "matching")
# Up to these, migrations came before the first release and have only ever run on empty tables or small ones.
BEFORE_RELEASE = {"core": "0006", "jobs": "0008", "ingestion": "0007", "matching": "0010"}
# A later migration that does something below on purpose, and why that is all right: {("jobs", "0009_name"): "because …"}.
_TRIGGERS = "a trigger is made in a moment: it waits for writers, for 10 s at most, and reads no row"
ACCEPTED: dict[tuple[str, str], str] = {
    ("jobs", "0010_versions"): _TRIGGERS,
    ("matching", "0012_versions"): _TRIGGERS,
    ("matching", "0021_refused_statistics"): _TRIGGERS,
}
# These stay small however much work there is; all others grow with jobs, CVs or calls.
SMALL = {
    "core_apikey", "core_stagepause", "core_user", "core_webhook", "core_workerheartbeat", "ingestion_source",
    "jobs_savedsearch", "jobs_skillchange",
}  # fmt: skip
VOLATILE = r"DEFAULT\s+\(?(now|clock_timestamp|random|gen_random_uuid|nextval)\("
NAME = r'(?:ONLY\s+)?"?(?P<table>\w+)"?'
# What is wrong, what it looks like, and what is right.
RULES = [
    (rf"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY).*? ON {NAME}", "builds an index under a lock: AddIndexConcurrently"),
    (rf"ALTER TABLE {NAME}.* ALTER COLUMN \S+ TYPE ", "writes the table anew: add a column, fill it, switch"),
    (rf"ALTER TABLE {NAME}.* SET NOT NULL", "reads the table under a lock: a CHECK that is NOT VALID, validated later, first"),
    (rf"ALTER TABLE {NAME}.* ADD CONSTRAINT (?!.*NOT VALID)", "reads the table under a lock: NOT VALID, then VALIDATE"),
    (rf"ALTER TABLE {NAME}.* ADD COLUMN .*({VOLATILE}|GENERATED ALWAYS)", "writes the table anew: add it empty, fill it later"),
    (rf"ALTER TABLE {NAME}.* DROP COLUMN", "the code of before still reads it: drop it one release later"),
    (rf"ALTER TABLE {NAME}.* RENAME", "the code of before knows the old name: add, copy, drop later"),
    (rf"(VACUUM FULL|CLUSTER|LOCK TABLE|TRUNCATE)\s+{NAME}", "locks the table"),
    (rf"REINDEX (?!.*CONCURRENTLY)\w+ {NAME}", "locks the table: REINDEX … CONCURRENTLY"),
    (rf"\A(UPDATE|DELETE FROM) {NAME}", "writes many rows in one transaction: a stage or command, in batches"),
]  # fmt: skip


def faults(statements: list[str]) -> list[str]:
    """What would stop people from working, were the tables full and in use; new tables are neither."""
    made = {found[1] for statement in statements if (found := re.match(r'CREATE TABLE "?(\w+)', statement))}
    return [
        f"{found['table']}: {advice}"
        for statement in statements
        for pattern, advice in RULES
        if (found := re.search(pattern, statement, re.DOTALL)) and found["table"] not in made | SMALL
    ]


def migrations() -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Each migration of ours after the release, with its statements, in an order in which they can run."""
    loader = MigrationLoader(connection)
    plan = dict.fromkeys(key for leaf in sorted(loader.graph.leaf_nodes()) for key in loader.graph.forwards_plan(leaf))
    state = loader.project_state([])
    for app, name in plan:
        migration = loader.graph.nodes[app, name]
        if app not in OURS or name[:4] <= BEFORE_RELEASE[app]:
            state = migration.mutate_state(state, preserve=False)
            continue
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            state = migration.apply(state, editor, collect_sql=True)
        yield (app, name), [sql for sql in editor.collected_sql if not sql.startswith("--")]


@pytest.mark.django_db
def test_no_migration_stops_people_from_working() -> None:
    found = {key: wrong for key, statements in migrations() if (wrong := faults(statements)) and key not in ACCEPTED}
    assert found == {}


def test_every_accepted_migration_and_small_table_is_there() -> None:
    loader = MigrationLoader(None)
    assert set(ACCEPTED) <= set(loader.disk_migrations or ())
    assert {model._meta.db_table for model in apps.get_models()} >= SMALL


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX "a" ON "jobs_job" ("title")',
        'CREATE UNIQUE INDEX "a" ON "jobs_job" ("title") WHERE true',
        'ALTER TABLE "jobs_job" ALTER COLUMN "title" TYPE text USING "title"::text',
        'ALTER TABLE "jobs_job" ALTER COLUMN "title" SET NOT NULL',
        'ALTER TABLE "jobs_job" ADD CONSTRAINT "c" CHECK (salary_min >= 0)',
        'ALTER TABLE "jobs_job" ADD COLUMN "at" timestamptz DEFAULT now() NOT NULL',
        'ALTER TABLE "jobs_job" ADD COLUMN "n" int GENERATED ALWAYS AS (1) STORED',
        'ALTER TABLE "jobs_job" DROP COLUMN "title" CASCADE',
        'ALTER TABLE "jobs_job" RENAME COLUMN "title" TO "name"',
        "LOCK TABLE jobs_job",
        "REINDEX TABLE jobs_job",
        "UPDATE jobs_job SET title = ''",
    ],
)
def test_each_fault_is_seen_on_a_large_table_and_none_on_a_new_one(statement: str) -> None:
    assert len(faults([statement])) == 1
    assert faults(['CREATE TABLE "jobs_job" ("id" bigint)', statement]) == []


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX CONCURRENTLY "a" ON "jobs_job" ("title")',
        'ALTER TABLE "jobs_job" ADD COLUMN "note" text DEFAULT \'\' NOT NULL',
        'ALTER TABLE "jobs_job" ADD CONSTRAINT "c" CHECK (salary_min >= 0) NOT VALID',
        'ALTER TABLE "jobs_job" VALIDATE CONSTRAINT "c"',
        "ALTER TABLE jobs_job SET (autovacuum_vacuum_scale_factor = 0.05)",
        'CREATE INDEX "a" ON "core_apikey" ("name")',
    ],
)
def test_what_is_harmless_may_be_done(statement: str) -> None:
    assert faults([statement]) == []
