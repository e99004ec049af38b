#!/usr/bin/env python
"""Django's command line for cvmatch."""

import os
import sys

# These never open the database, so the embedded server stays down for them.
WITHOUT_DATABASE = {"parse_cv", "collectstatic", "makemigrations", "check", "help", "version", "up"}
# With a folder, that is with a first argument that is no option, this one reads files only.
FOLDER_OR_DATABASE = "evaluate_parsing_quality"
# What a command is to the database (cvmatch/settings/databases.py); the others are "command".
ROLES = {"qcluster": "worker", "runserver": "web", "migrate": "migration", "prepare": "migration"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    if role := ROLES.get(sys.argv[1] if sys.argv[1:] else ""):
        os.environ.setdefault("CVMATCH_DB_ROLE", role)
    from django.core.management import execute_from_command_line

    _start_embedded_database()
    execute_from_command_line(sys.argv)


def _start_embedded_database() -> None:
    """Without a DATABASE_URL every command works on the embedded server, whether or not bin/up is running."""
    from django.conf import settings

    from cvmatch import embedded
    from cvmatch.core.errors import CvmatchError

    if not settings.EMBEDDED or not _needs_database(sys.argv[1:]):
        return
    try:
        embedded.ensure_running(settings.VAR_DIR / "postgres")
    except CvmatchError as error:
        sys.exit(f"{error.title}: {error.message}")


def _needs_database(arguments: list[str]) -> bool:
    command, *rest = arguments or ["help"]
    if command in WITHOUT_DATABASE or {"-h", "--help"} & set(arguments):
        return False
    if command == "import_jobs" and "--dry-run" in rest:
        return False
    return command != FOLDER_OR_DATABASE or not rest or rest[0].startswith("-")


if __name__ == "__main__":
    main()
