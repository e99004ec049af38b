"""cvmatch as it runs: two web processes and two workers on the test database, asked over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from cvmatch.core.queue import INTERACTIVE, enqueue
from tests.support import CV_TEXT, database_url

PATIENCE_S = 60.0
REQUEST_ID = "upload-of-the-test-1"
PIPELINE = ("parse_cvs", "embed_cvs", "match_cvs", "explain_matches")


@dataclass(frozen=True)
class Observed:
    """What was seen after one upload had gone through the whole pipeline: /metrics as text, and the logs line by line."""

    metrics: str
    worker_counts: str
    health_views: int
    logs: tuple[Mapping[str, Any], ...]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name that have these labels; raises KeyError where there is none."""
        found = [
            sample.value
            for family in text_string_to_metric_families(self.metrics)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        if not found:
            raise KeyError(name)
        return sum(found)

    @property
    def names(self) -> set[str]:
        """Every name that an expression may ask for; a metric with labels that has no sample yet is there by its type."""
        families = list(text_string_to_metric_families(self.metrics))
        ends = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}
        declared = {family.name + end for family in families for end in ends.get(family.type, ("",))}
        return declared | {sample.name for family in families for sample in family.samples}


def observe(folder: Path, key: str) -> Observed:
    """Start everything, upload a CV under a request id, wait for its matches, and look."""
    port, worker_port = _free_port(), _free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "cvmatch.settings.test",
        "CVMATCH_VAR_DIR": str(settings.VAR_DIR),
        "CVMATCH_LOG_LEVEL": "INFO",
        "CVMATCH_METRICS_PORT": str(worker_port),
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "counts"),
        "PORT": str(port),
        "Q_CLUSTER_NAME": INTERACTIVE,
        "CVMATCH_WORKERS_INTERACTIVE": "2",
    }
    gunicorn = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "cvmatch.wsgi"]
    with ExitStack() as stack, httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}) as client:
        for name, arguments in (("web", gunicorn), ("worker", ["manage.py", "qcluster"])):
            stack.enter_context(_running(arguments, environment, folder / f"{name}.log"))
        _wait(lambda: _answers(client), "the web server answers")
        views = _ask_both_processes(base)
        status_at = _upload(client)
        _wait(lambda: _is_completed(client, status_at), "the CV is matched and explained")
        _wait(lambda: set(PIPELINE) <= {line.get("stage") for line in _logs(folder)}, "all stages have run")
        enqueue("sample_recall", queue=INTERACTIVE)
        _wait(lambda: "cvmatch_vector_recall" in _counts(worker_port), "the recall is known")
        metrics = client.get("/metrics").raise_for_status().text
        return Observed(metrics, _counts(worker_port), views, tuple(_logs(folder)))


@contextmanager
def _running(arguments: list[str], environment: Mapping[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.PROJECT_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _counts(worker_port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{worker_port}/metrics").text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"in vain waited until {what}"
        time.sleep(0.2)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health/live").is_success
    except httpx.TransportError:
        return False


def _ask_both_processes(base: str) -> int:
    """Calls over connections of their own, which the processes take as they come; returns how many."""
    clients = [httpx.Client(base_url=base) for _ in range(40)]
    try:
        for client in clients:
            assert client.get("/health/ready").is_success
    finally:
        for client in clients:
            client.close()
    return len(clients)


def _upload(client: httpx.Client) -> str:
    answer = client.post(
        "/api/v1/candidate/upload_and_parse",
        files={"file": ("cv.txt", CV_TEXT.encode())},
        headers={"X-Request-ID": REQUEST_ID},
    )
    assert answer.headers["X-Request-ID"] == REQUEST_ID
    return answer.raise_for_status().headers["Location"]


def _is_completed(client: httpx.Client, status_at: str) -> bool:
    return bool(client.get(status_at).raise_for_status().json()["status"] == "completed")


def _logs(folder: Path) -> Iterator[Mapping[str, Any]]:
    for log in sorted(folder.glob("*.log")):
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{"):
                yield {**json.loads(line), "process": log.stem}
