#!/usr/bin/env python
"""Django's command line for cvmatch."""

import os
import sys

# These never open the database, so the embedded server stays down for them.
WITHOUT_DATABASE = {"parse_cv", "evaluate_cvs", "collectstatic", "makemigrations", "check", "help", "version", "up"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    from django.core.management import execute_from_command_line

    _start_embedded_database()
    execute_from_command_line(sys.argv)


def _start_embedded_database() -> None:
    """Without a DATABASE_URL every command works on the embedded server, whether or not bin/up is running."""
    from django.conf import settings

    from cvmatch import embedded
    from cvmatch.core.errors import CvmatchError

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if not settings.EMBEDDED or command in WITHOUT_DATABASE or {"-h", "--help"} & set(sys.argv):
        return
    try:
        embedded.ensure_running(settings.VAR_DIR / "postgres")
    except CvmatchError as error:
        sys.exit(f"{error.title}: {error.message}")


if __name__ == "__main__":
    main()
