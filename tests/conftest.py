"""One embedded PostgreSQL for the whole run.

The first process of the run starts the server where the test settings say; workers of pytest-xdist inherit that folder
by CVMATCH_VAR_DIR and only connect. pytest-django gives each of them a database of its own. A DATABASE_URL in the
environment is used as it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from cvmatch import embedded

_server: embedded.EmbeddedServer | None = None


def pytest_configure(config: pytest.Config) -> None:
    global _server
    if settings.EMBEDDED and not hasattr(config, "workerinput") and _server is None:
        # A folder that somebody named may hold data that must last. Tests empty tables again and again, so little memory.
        folder, durable = settings.VAR_DIR / "postgres", not _is_ours(settings.VAR_DIR)
        _server = embedded.start(folder, durable=durable, memory_mb=2048)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Also runs after Ctrl-C."""
    global _server
    if _server is None:
        return
    stopped, data_dir = _server.stop(), _server.data_dir
    _server = None
    if stopped and _is_ours(data_dir.parent):
        for folder in (data_dir.resolve(), data_dir.parent):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_is_compared() -> None:
    """What orders lists is kept in the process: another test's would be used, or one request would make two more statements."""
    from matching.experiments import running

    running.assume_nothing()


def _is_ours(var_dir: Path) -> bool:
    return var_dir.name.startswith("cvmatch-test-")
