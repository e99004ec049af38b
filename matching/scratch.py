"""A database of its own for a measurement: made, migrated, used by the production code, dropped."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from psycopg import sql


@contextmanager
def scratch_database() -> Iterator[None]:
    """Inside, the default connection is an empty migrated database beside the configured one.

    Raises django.db.OperationalError when the server does not let this user create databases.
    """
    home = str(connection.settings_dict["NAME"])
    name = f"{home[:40]}_scratch_{secrets.token_hex(6)}"  # a name has at most 63 characters
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _switch_to(name)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield
    finally:
        _switch_to(home)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _switch_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
