"""An embedded database for a benchmark: in a folder of its own that is removed afterwards, or in one that is kept."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@contextmanager
def database(keep: Path | None = None) -> Iterator[None]:
    """Inside, Django is set up on an embedded server with all tables; what is in a kept folder is still there."""
    folder = keep or Path(tempfile.mkdtemp(prefix="cvmatch-bench-"))
    os.environ.update(CVMATCH_VAR_DIR=str(folder), CVMATCH_LOG_LEVEL="WARNING")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    os.environ.pop("DATABASE_URL", None)
    import django

    from cvmatch import embedded

    server = embedded.start(folder / "postgres", durable=keep is not None)
    try:
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, interactive=False)
        yield
        connections.close_all()
    finally:
        server.stop()
        if keep is None:
            # The data may lie elsewhere, where PostgreSQL's own user can reach it.
            for place in ((folder / "postgres").resolve(), folder):
                shutil.rmtree(place, ignore_errors=True)


def machine() -> str:
    """What the figures were measured on."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, cwd=PROJECT, check=False).stdout.strip()
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, commit {commit or 'unknown'}"
