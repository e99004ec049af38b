"""A whole system that something is taken from while CVs come in: every CV that was accepted is finished once, every page works.

These are two of the faults; ``benchmarks/faults.py`` has all of them, with the time that each takes.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import System, kill, suffer

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-faults-"))
    folder.chmod(0o711)
    try:
        with System(folder / "var", port) as running:
            running.wait_until_idle()
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_database_that_stops_at_once_and_a_web_server_that_is_killed_lose_no_accepted_cv(system: System) -> None:
    for name, fault in (
        ("database stopped at once", system.stop_database),
        ("web server killed", lambda: kill(system.leader("web"))),
    ):
        outcome = suffer(system, name, fault)
        assert (outcome.lost, outcome.doubled, outcome.broken_pages) == (0, 0, ()), outcome
        assert outcome.accepted > 2, outcome
