"""Breaks the parts of a whole system one after the other, under load, and tells what was lost and how soon all was well again.

    .venv/bin/python -m benchmarks.faults [--only WORD …] [--megabytes 900]

Starts everything as bin/up does on a folder of its own, with the demo and the deterministic embedding provider. The time is from
the end of the fault until every CV that was accepted before and after it is read, embedded, matched and explained; "nothing
broken" is the same without a fault. As root the folder is a disk of its own of that size, which is filled; else that fault is
left out. With a redis-server on the path the cache is in Redis.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
os.environ["CVMATCH_VAR_DIR"] = tempfile.mkdtemp(prefix="cvmatch-faults-")

import django

django.setup()

from benchmarks.spine import free_port, say_machine  # noqa: E402
from tests.faults.running import System, children, kill, suffer  # noqa: E402
from tests.source_server import SourceServer, send  # noqa: E402

BAR_S = 30.0
AWAY_S = 5.0
CONNECT = """
from ingestion.syncing import connect_source, request_sync
source = connect_source(name="broken", kind="feed", options={{"url": "{url}/jobs.xml"}}, secrets={{}})
request_sync(source)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[], help="faults whose name has one of these words")
    parser.add_argument("--megabytes", type=int, default=900, help="size of the disk that is filled (default: 900)")
    options = parser.parse_args()
    say_machine()
    failed = False
    folder = Path(os.environ["CVMATCH_VAR_DIR"])
    folder.chmod(0o711)
    with disk(folder, options.megabytes) as is_own, Redis() as redis:
        extra = {"REDIS_URL": redis.url} if redis.url else {}
        try:
            with System(folder / "var", free_port(), extra) as system:
                system.wait_until_idle()
                for name, fault in faults(system, redis, is_own=is_own):
                    if not options.only or any(word in name for word in options.only):
                        outcome = suffer(system, name, fault)
                        bad = outcome.lost or outcome.doubled or outcome.broken_pages or outcome.recovery_s > BAR_S
                        failed |= bool(bad)
                        print(f"{outcome}{'   <-- NOT GOOD' if bad else ''}", flush=True)
        finally:
            shutil.rmtree(folder / "var", ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(int(failed))


def faults(system: System, redis: Redis, *, is_own: bool) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "nothing broken", lambda: None
    yield "worker killed", lambda: kill(system.worker("interactive"))
    yield "guard of a queue killed", lambda: kill(children(system.leader("interactive"))[0])
    yield "whole queue killed", lambda: kill(system.leader("interactive"))
    yield "queue told to stop", lambda: os.kill(system.leader("interactive"), 15)
    yield "web process killed", lambda: kill(children(system.leader("web"))[0])
    yield "whole web server killed", lambda: kill(system.leader("web"))
    yield "database stopped at once", system.stop_database
    if redis.url:
        yield f"Redis away for {AWAY_S:g} s", redis.go_away
    else:
        print("Redis is not tried: there is no redis-server on the path")
    yield "source that does not answer", lambda: silent_source(system)
    if is_own:
        yield f"disk full for {AWAY_S:g} s", lambda: fill(system.folder)
    else:
        print("a full disk is not tried: mounting one is not permitted here")


def silent_source(system: System) -> None:
    """A connected source whose server takes calls and says only that it is broken; its run is asked for."""
    server = SourceServer(lambda handler, asked: send(handler, b"", 503))
    try:
        system.manage("shell", "-c", CONNECT.format(url=server.url))
        time.sleep(AWAY_S)
    finally:
        server.close()


def fill(folder: Path) -> None:
    """Not a byte is left on the disk for a while."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            os.write(file.fileno(), b"0" * 65536)
    time.sleep(AWAY_S)
    ballast.unlink()


@contextlib.contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A disk of its own in the folder, where the system lets us; says whether it does."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}M,mode=711", "tmpfs", str(folder)]
    is_own = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield is_own
    finally:
        if is_own:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


class Redis:
    """A server of our own, where the program is there; ``url`` is empty otherwise."""

    def __init__(self) -> None:
        self._program, self._port = shutil.which("redis-server"), free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0" if self._program else ""

    def __enter__(self) -> Redis:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def go_away(self) -> None:
        self._stop()
        time.sleep(AWAY_S)
        self._start()

    def _start(self) -> None:
        if self._program:
            command = [self._program, "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]
            self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def _stop(self) -> None:
        if self._program:
            self._server.kill()
            self._server.wait(10)


if __name__ == "__main__":
    main()
