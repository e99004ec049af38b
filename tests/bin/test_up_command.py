"""``bin/up`` as a whole, in a fresh folder: ready, refusing a second one, surviving a crash, and gone after TERM."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cvmatch import postgresql_programs

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """A machine where nobody has used cvmatch before; without the demo and the model, which have tests of their own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="cvmatch-") as folder:
        Path(folder).chmod(0o711)
        ours = {"PORT": port, "CVMATCH_VAR_DIR": f"{folder}/var"}
        switches = {"CVMATCH_DEMO": "0", "CVMATCH_EMBEDDING_PROVIDER": "hashing", "HOME": "/nonexistent"}
        yield {"PATH": os.environ["PATH"], **ours, **switches}


def command(environment: dict[str, str], **changes: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cvmatch.up"], cwd=PROJECT, env={**environment, **changes},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@contextmanager
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with command(environment) as process:
        try:
            wait_until_ready(process)
            yield process
        finally:
            process.terminate()


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ready: " in line:
            return
        if "does not answer" in line:
            break
    pytest.fail("it did not become ready:\n" + "".join(said))


def status(environment: dict[str, str]) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}/health/live", timeout=10) as answer:
        return int(answer.status)


def left_over(environment: dict[str, str]) -> list[str]:
    """The processes that still work for this folder: they all carry it in their environment."""
    marker = f"CVMATCH_VAR_DIR={environment['CVMATCH_VAR_DIR']}\0".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if marker in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_it_serves_refuses_a_second_one_and_leaves_nothing_behind(environment: dict[str, str]) -> None:
    with running(environment) as process:
        assert status(environment) == 200
        with command(environment) as second:
            output, _ = second.communicate()
        assert second.returncode == 1
        assert f"already runs on {environment['CVMATCH_VAR_DIR']} (process {process.pid})" in output
        with command(environment, CVMATCH_VAR_DIR=environment["CVMATCH_VAR_DIR"] + "2") as third:
            output, _ = third.communicate()
        assert third.returncode == 1
        assert f"Port {environment['PORT']} on 127.0.0.1 cannot be used" in output
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert "Stopped." in process.stdout.read()
        assert process.wait() == 0
    assert not left_over(environment)


def test_it_comes_up_again_after_everything_was_killed(environment: dict[str, str]) -> None:
    data_dir = Path(environment["CVMATCH_VAR_DIR"]) / "postgres"
    with running(environment) as process:
        process.kill()
        for process_id in postgresql_programs.processes_in(data_dir.resolve()):
            os.kill(process_id, signal.SIGKILL)
    with running(environment):
        assert status(environment) == 200
