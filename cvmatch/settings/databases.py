"""How each kind of process reaches PostgreSQL: where, over how many connections, and how long a statement may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import environ

from cvmatch.core.errors import InvalidInput

DEFAULT, REPLICA = "default", "replica"
WEB, WORKER, MIGRATION, COMMAND = "web", "worker", "migration", "command"


@dataclass(frozen=True)
class Limits:
    """Seconds until PostgreSQL ends a statement, a transaction that does nothing, or a wait for a lock; 0 is never."""

    statement_s: int
    idle_in_transaction_s: int
    lock_s: int = 0


# A page that takes longer has nobody waiting for it. A task has to fail by its own statement, with a message, before the
# queue ends it after 120 s without one. A migration waits for locks only shortly, since everything queues up behind it.
LIMITS = {
    WEB: Limits(statement_s=30, idle_in_transaction_s=30),
    WORKER: Limits(statement_s=110, idle_in_transaction_s=110),
    MIGRATION: Limits(statement_s=0, idle_in_transaction_s=600, lock_s=10),
    COMMAND: Limits(statement_s=0, idle_in_transaction_s=0),
}


@dataclass(frozen=True)
class Addresses:
    """``direct`` is set where ``main`` leads to a pooler in transaction mode; ``replica`` where reads may go elsewhere."""

    main: str
    direct: str = ""
    replica: str = ""


def databases_of(env: environ.Env, *, url: str, role: str) -> dict[str, dict[str, Any]]:
    """Django's DATABASES as the environment says; ``url`` is DATABASE_URL, or the embedded server's."""
    addresses = Addresses(
        url,
        direct=env.str("DATABASE_DIRECT_URL", default=""),
        replica=env.str("DATABASE_REPLICA_URL", default=""),
    )
    statement_s = {name: int(seconds) for name, seconds in env.dict("CVMATCH_DB_STATEMENT_S", default={}).items()}
    return databases(addresses, role=role, pool=env.int("CVMATCH_DB_POOL", default=0), statement_s=statement_s)


def databases(
    addresses: Addresses, *, role: str, pool: int = 0, statement_s: Mapping[str, int] | None = None
) -> dict[str, dict[str, Any]]:
    """Django's DATABASES for a process of this role; ``statement_s`` has other limits by role.

    Only what serves people or tasks goes through the pooler: migrations, backups and commands by hand need a connection
    that stays theirs. Raises InvalidInput for a role that is not in LIMITS.
    """
    limits = _limits(role, statement_s or {})
    pooled = bool(addresses.direct) and role in (WEB, WORKER)
    main = _database(addresses.direct if addresses.direct and not pooled else addresses.main, role=role)
    _bound(main, None if pooled else limits)
    if pooled:
        # The next statement may be given another connection, on which neither a cursor nor a prepared statement is known.
        main["DISABLE_SERVER_SIDE_CURSORS"] = True
        main["OPTIONS"]["prepare_threshold"] = None
    found = {DEFAULT: main}
    if addresses.replica and role == WEB:
        found[REPLICA] = _replica(addresses.replica, limits)
    if pool and role == WEB:  # workers fork after the first query, and the threads of a pool do not come along
        for database in found.values():
            database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
            database["CONN_MAX_AGE"] = 0  # a connection goes back after each request
    return found


def _limits(role: str, statement_s: Mapping[str, int]) -> Limits:
    if unknown := sorted({role, *statement_s} - set(LIMITS)):
        raise InvalidInput(f"{unknown[0]!r} is no role of a process; there are {', '.join(LIMITS)}.")
    known = LIMITS[role]
    return Limits(statement_s.get(role, known.statement_s), known.idle_in_transaction_s, known.lock_s)


def _database(url: str, *, role: str) -> dict[str, Any]:
    database: dict[str, Any] = environ.Env.db_url_config(url)
    database["ENGINE"] = "django.db.backends.postgresql"
    database.setdefault("OPTIONS", {})["application_name"] = f"cvmatch {role}"
    database["CONN_MAX_AGE"] = 60
    database["CONN_HEALTH_CHECKS"] = True
    return database


def _replica(url: str, limits: Limits) -> dict[str, Any]:
    database = _database(url, role=WEB)
    _bound(database, limits)
    database["OPTIONS"]["connect_timeout"] = 2  # nobody waits long for what the primary can answer too
    database["TEST"] = {"MIRROR": DEFAULT}
    return database


def _bound(database: dict[str, Any], limits: Limits | None) -> None:
    """Sent when the connection starts. A pooler takes no such options: there its own configuration has them."""
    if limits is None:
        return
    milliseconds = {
        "statement_timeout": 1000 * limits.statement_s,
        "idle_in_transaction_session_timeout": 1000 * limits.idle_in_transaction_s,
        "lock_timeout": 1000 * limits.lock_s,
    }
    ours = [f"-c {name}={value}" for name, value in milliseconds.items() if value]
    given = database["OPTIONS"].get("options")  # of the address; what is said last holds
    if words := " ".join([*ours, *([given] if given else [])]):
        database["OPTIONS"]["options"] = words
