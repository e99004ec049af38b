"""The whole system in a folder of its own: Redis where it is installed, the embedded database, web server and both queues."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.spine import answers, free_port, wait_for

PROJECT = Path(__file__).resolve().parent.parent.parent
NO_LIMITS = "default=off,bulk=off,anonymous=off,address=off"
READY_S, END_S = 120, 60


@dataclass(frozen=True)
class System:
    """A running system: its address, a recruiter's key and session, a key for metrics, and where it lives."""

    base: str
    key: str
    session: str
    operator_key: str
    folder: Path
    has_redis: bool

    def metrics(self) -> str:
        """All metrics as Prometheus reads them."""
        headers = {"Authorization": f"Bearer {self.operator_key}"}
        return httpx.get(f"{self.base}/metrics", headers=headers, timeout=30).raise_for_status().text


@contextmanager
def running(*, jobs: int, cvs: int, embed: str) -> Iterator[System]:
    """Inside, the system runs with so many jobs and CVs, and Django of this process is on its database."""
    folder, port = Path(tempfile.mkdtemp(prefix="cvmatch-load-")), free_port()
    with ExitStack() as stack:
        stack.callback(_remove, folder)
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "cvmatch.settings.base",
            "CVMATCH_VAR_DIR": str(folder / "var"),
            "CVMATCH_DEMO": "0",
            "CVMATCH_LOG_LEVEL": "WARNING",
            "CVMATCH_THROTTLE": NO_LIMITS,
            "CVMATCH_EMBEDDING_PROVIDER": "hashing" if embed == "hashing" else "minilm",
            "PORT": str(port),
            "OMP_NUM_THREADS": "1",
        }
        redis = shutil.which("redis-server") or shutil.which("valkey-server")
        if redis:
            stack.enter_context(_redis(redis, folder))
        manage("prepare")
        print(manage("generate_dummy", "--jobs", str(jobs), "--cvs", str(cvs), "--embed", embed).strip(), flush=True)
        stack.enter_context(_started([sys.executable, "-m", "cvmatch.up"], folder / "up.log"))
        base = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{base}/health/ready"), READY_S)
        yield System(base, *_credentials(), folder, bool(redis))


def manage(*arguments: str) -> str:
    """One management command with the settings of the system; what it printed."""
    command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout


def _credentials() -> tuple[str, str, str]:
    """A recruiter's key and session, and the key of somebody who may read metrics."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client

    from cvmatch.core.auth import create_key

    users = get_user_model().objects
    recruiter = users.create_user(username="load", password=None, role="recruiter")
    operator = users.create_user(username="load-operator", password=None, role="admin", is_staff=True)
    client = Client(SERVER_NAME="localhost")
    client.force_login(recruiter)
    keys = (create_key(user=user, name="load") for user in (recruiter, operator))
    return next(keys), client.cookies["sessionid"].value, next(keys)


@contextmanager
def _redis(program: str, folder: Path) -> Iterator[None]:
    port = free_port()
    options = {"port": port, "save": "", "appendonly": "no", "dir": folder, "maxmemory": "256mb"}
    command = [program, *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
    with _started([*command, "--maxmemory-policy", "allkeys-lru"], folder / "redis.log"):
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        yield


@contextmanager
def _started(command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    with log.open("wb") as lines:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=lines, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(END_S)


def _remove(folder: Path) -> None:
    # The data may lie elsewhere, where PostgreSQL's own user can reach it.
    for place in ((folder / "var" / "postgres").resolve(), folder):
        shutil.rmtree(place, ignore_errors=True)
