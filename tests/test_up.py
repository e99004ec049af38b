"""The parts of ``bin/up`` that can be tried alone; the whole is in tests/bin/test_up_command.py."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from cvmatch import up
from cvmatch.core.models import WorkerHeartbeat
from cvmatch.settings import base as settings
from cvmatch.supervisor import Program, Supervisor

SLEEPER = [sys.executable, "-c", "import time\nwhile True: time.sleep(0.05)"]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_named_with_a_way_out(taken_port: int) -> None:
    with pytest.raises(up.CannotStartError, match=rf"Port {taken_port} on 127.0.0.1 .*PORT={taken_port + 1} bin/up"):
        up.wait_for_port("127.0.0.1", taken_port, timeout_s=0)


def test_a_port_that_becomes_free_after_a_crash_is_waited_for(taken_port: int) -> None:
    code = (
        "import socket, sys, time\n"
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
        "print(s.getsockname()[1], flush=True); sys.stdin.readline(); time.sleep(0.3)"
    )
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as left:
        assert left.stdout is not None
        assert left.stdin is not None
        port = int(left.stdout.readline())
        left.stdin.write("\n")
        left.stdin.flush()
        up.wait_for_port("127.0.0.1", port, timeout_s=30)


def test_demo_accounts_are_never_offered_to_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EMBEDDED", True)
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    monkeypatch.setattr(settings, "DEMO", True)
    for host in ("127.0.0.1", "::1", "localhost"):
        up.refuse_public_demo(host)
    with pytest.raises(up.CannotStartError, match="demo accounts"):
        up.refuse_public_demo("0.0.0.0")
    monkeypatch.setattr(settings, "DEMO", False)
    up.refuse_public_demo("0.0.0.0")


def test_switching_the_demo_off_does_not_help_where_its_accounts_already_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "EMBEDDED", True)
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    monkeypatch.setattr(settings, "DEMO", False)
    (tmp_path / "demo-logins.txt").write_text("Sign in as recruiter: …\n")
    with pytest.raises(up.CannotStartError, match="demo accounts"):
        up.refuse_public_demo("192.0.2.7")


def test_one_folder_is_for_one_bin_up_and_the_second_learns_who_has_it(tmp_path: Path) -> None:
    with (
        up._only_one(tmp_path),
        pytest.raises(up.CannotStartError, match=rf"already runs on .*\(process {os.getpid()}\)"),
        up._only_one(tmp_path),
    ):
        pass


def test_a_proper_end_is_told_from_a_crash(tmp_path: Path) -> None:
    with up._only_one(tmp_path) as crashed_before:
        assert not crashed_before
    with up._only_one(tmp_path) as crashed_before:
        assert not crashed_before
    (tmp_path / "up.lock").write_text("4711")
    with up._only_one(tmp_path) as crashed_before:
        assert crashed_before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(up.CannotStartError, match="cannot be written to"), up._only_one(tmp_path / "file" / "var"):
        pass


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    keeper = Supervisor(log_dir=tmp_path, environment=os.environ)
    for name in up.QUEUES:
        keeper.start(Program(name, SLEEPER)).started_at = time.monotonic() - 10_000
    yield keeper
    keeper.stop()


def beat(cluster: str, seconds_ago: float) -> None:
    WorkerHeartbeat.objects.create(cluster=cluster, beat_at=timezone.now() - timedelta(seconds=seconds_ago))


def processes(supervisor: Supervisor) -> dict[str, int]:
    return {name: child.process.pid for name, child in supervisor.children.items()}


@pytest.mark.django_db(transaction=True)
def test_only_the_queue_without_a_recent_sign_of_life_is_restarted(supervisor: Supervisor) -> None:
    beat("interactive", seconds_ago=20)
    beat("bulk", seconds_ago=1000)
    before = processes(supervisor)
    up.restart_stale_queues(supervisor)
    after = processes(supervisor)
    assert before["interactive"] == after["interactive"]
    assert before["bulk"] != after["bulk"]
    up.restart_stale_queues(supervisor)
    assert processes(supervisor) == after  # it has just been started and gets its time


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_never_said_anything_is_left_alone(supervisor: Supervisor) -> None:
    before = processes(supervisor)
    up.restart_stale_queues(supervisor)
    assert processes(supervisor) == before


def test_a_database_that_does_not_answer_restarts_nothing(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "DATABASES", {"default": {"NAME": "x", "OPTIONS": {"host": str(tmp_path)}}})
    before = processes(supervisor)
    up.restart_stale_queues(supervisor)
    assert processes(supervisor) == before
