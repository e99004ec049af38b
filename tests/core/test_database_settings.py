"""How each kind of process reaches the database, as the settings say and as PostgreSQL sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from cvmatch.core.errors import InvalidInput
from cvmatch.settings.databases import COMMAND, LIMITS, MIGRATION, REPLICA, WEB, WORKER, Addresses, databases
from tests.support import database_url

POOLED = Addresses("postgresql://a:b@pooler:6432/cvmatch_web", direct="postgresql://a:b@server:5432/cvmatch")


def show(role: str, *names: str, **more: object) -> list[str]:
    """What PostgreSQL says of a connection of that role."""
    conf = databases(Addresses(database_url()), role=role, **more)["default"]  # type: ignore[arg-type]
    wrapper = DatabaseWrapper({**connection.settings_dict, **conf}, alias="default")
    try:
        with wrapper.cursor() as cursor:
            shown = []
            for name in names:
                cursor.execute(f"SHOW {name}")
                shown.append(cursor.fetchone()[0])
            return shown
    finally:
        wrapper.close()
        wrapper.close_pool()


@pytest.mark.django_db(transaction=True)
def test_each_role_has_its_time_limits() -> None:
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout", "application_name")
    assert show(WEB, *names) == ["30s", "30s", "0", "cvmatch web"]
    assert show(WORKER, *names) == ["110s", "110s", "0", "cvmatch worker"]
    assert show(MIGRATION, *names) == ["0", "10min", "10s", "cvmatch migration"]
    assert show(COMMAND, *names) == ["0", "0", "0", "cvmatch command"]
    assert show(WEB, "statement_timeout", statement_s={"web": 7}) == ["7s"]


@pytest.mark.django_db(transaction=True)
def test_a_pool_serves_web_processes_and_gives_connections_back() -> None:
    conf = databases(Addresses(database_url()), role=WEB, pool=1)["default"]
    wrappers = [DatabaseWrapper({**connection.settings_dict, **conf}, alias="default") for _ in range(2)]
    try:
        seen = set()
        for wrapper in wrappers:  # as two requests would, one after the other
            with wrapper.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid(), current_setting('statement_timeout')")
                seen.add(cursor.fetchone())
            wrapper.close()
        assert len(seen) == 1
        assert next(iter(seen))[1] == "30s"
    finally:
        wrappers[0].close_pool()


def test_a_task_ends_by_its_own_statement_before_the_queue_ends_it() -> None:
    assert 0 < LIMITS[WORKER].statement_s < settings.Q_CLUSTER["timeout"]


def test_only_web_and_workers_go_through_the_pooler() -> None:
    for role, port in ((WEB, 6432), (WORKER, 6432), (MIGRATION, 5432), (COMMAND, 5432)):
        found = databases(POOLED, role=role)["default"]
        assert found["PORT"] == port, role
        assert found.get("DISABLE_SERVER_SIDE_CURSORS", False) is (port == 6432)
        # A pooler takes no options at the start of a connection.
        assert ("options" in found["OPTIONS"]) is (role == MIGRATION)


def test_only_the_web_server_reads_a_replica_and_pools() -> None:
    addresses = Addresses("postgresql://a:b@server/cvmatch", replica="postgresql://a:b@replica/cvmatch")
    assert {role for role in LIMITS if REPLICA in databases(addresses, role=role)} == {WEB}
    pooling = {role for role in LIMITS if "pool" in databases(addresses, role=role, pool=4)["default"]["OPTIONS"]}
    assert pooling == {WEB}
    assert databases(addresses, role=WEB, pool=4)[REPLICA]["CONN_MAX_AGE"] == 0


def test_options_of_the_address_hold_over_ours() -> None:
    given = Addresses("postgresql://a:b@server/cvmatch?options=-c%20statement_timeout%3D5s")
    assert databases(given, role=WEB)["default"]["OPTIONS"]["options"].endswith("-c statement_timeout=5s")
    assert psycopg.conninfo.conninfo_to_dict(options="-c a=1")["options"] == "-c a=1"


def test_an_unknown_role_is_said_in_words() -> None:
    with pytest.raises(InvalidInput, match="'wbe' is no role"):
        databases(POOLED, role="wbe")
    with pytest.raises(InvalidInput, match="'wbe' is no role"):
        databases(POOLED, role=WEB, statement_s={"wbe": 5})


@pytest.mark.parametrize(
    ("command", "role"),
    [(["manage.py", "migrate", "--help"], MIGRATION), (["manage.py", "qcluster", "--help"], WORKER)],
)
def test_programs_know_their_role_by_themselves(command: list[str], role: str, tmp_path: Path) -> None:
    told = "import atexit; from django.conf import settings; atexit.register(lambda: print('role', settings.DB_ROLE))"
    program = f"import runpy, sys; {told}; sys.argv = {command}; runpy.run_path(sys.argv[0], run_name='__main__')"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cvmatch.settings.test", "DATABASE_URL": "postgresql://x/y"}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == f"role {role}"
