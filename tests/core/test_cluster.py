"""A real queue with real workers: told to stop it gives back what it cannot finish, and a killed worker stops nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django_q.models import OrmQ, Task

from cvmatch import queue_test
from cvmatch.core import cluster, queue
from cvmatch.core.leases import FINISH_S
from cvmatch.core.models import Status
from ingestion.models import CV
from tests.support import make_cv, start_manage

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 30


@contextmanager
def running(
    monkeypatch: pytest.MonkeyPatch, name: str = queue.BULK, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    for variable, value in {"Q_CLUSTER_NAME": name, **environment}.items():
        monkeypatch.setenv(variable, value)
    process = start_manage("qcluster")
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_for(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> float:
    """How long it took; fails when it takes longer."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() < started + patience_s, "it did not happen"
        time.sleep(0.05)
    return time.monotonic() - started


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def family(leader: int) -> list[int]:
    """The processes under the sentinel: worker, monitor and pusher, in the order in which they were made."""
    return [pid for sentinel in children(leader) for pid in children(sentinel)]


def echoes(process: subprocess.Popen[str]) -> Callable[[], bool]:
    test: UUID = queue_test.start_test()
    return lambda: queue_test.find_test(test)[queue.BULK] is not None


def slow_cv() -> CV:
    """A CV whose file is a pipe that nobody writes to: whoever reads it stays at it for ever."""
    cv = make_cv()
    OrmQ.objects.all().delete()
    Path(cv.file.path).unlink()
    os.mkfifo(cv.file.path)
    return cv


def test_a_queue_that_is_told_to_stop_gives_back_at_once_what_it_cannot_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    cv = slow_cv()
    queue.enqueue("parse_cvs", [cv.pk])
    queue.enqueue("embed_cvs", [cv.pk])  # waits behind it, in the hands of the same worker
    with running(monkeypatch) as process:
        wait_for(lambda: CV.objects.get().status == Status.PROCESSING)
        process.send_signal(signal.SIGTERM)
        process.wait(cluster.END_S + 2)
        given_back = CV.objects.get()
        assert (given_back.status, given_back.attempts, given_back.lease_until) == (Status.PENDING, 0, None)
        assert process.returncode == 0
    load = queue.loads()[queue.BULK]
    assert load.waiting + load.running == 2
    assert load.waiting >= 1, "the task that it was at is free at once"
    assert FINISH_S < cluster.END_S


def test_a_queue_that_is_told_to_stop_finishes_the_row_and_hands_on_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    cvs = [make_cv(f"Person {number}\nSkills\nPython, SQL, Docker") for number in range(40)]
    OrmQ.objects.all().delete()
    for cv in cvs:
        queue.enqueue("parse_cvs", [cv.pk])
    with running(monkeypatch) as process:
        wait_for(lambda: CV.objects.filter(status=Status.COMPLETED).exists())
        process.send_signal(signal.SIGTERM)
        assert process.wait(cluster.END_S + 2) == 0
    assert not CV.objects.filter(status=Status.PROCESSING).exists()
    pending = set(CV.objects.filter(status=Status.PENDING).values_list("pk", flat=True))
    assert pending, "it was told in the middle"
    tasks = [row.task for row in OrmQ.objects.all()]
    assert pending <= {pk for task in tasks if task["args"] == ("parse_cvs",) for pk in task["kwargs"]["ids"]}


def test_a_killed_worker_and_a_killed_guard_stop_the_queue_for_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(monkeypatch) as process:
        wait_for(echoes(process))
        worker = family(process.pid)[0]
        os.kill(worker, signal.SIGKILL)  # while it waits for work, with the lock of the pipe in its hands
        wait_for(lambda: not Path(f"/proc/{worker}").exists())
        assert wait_for(echoes(process)) < 20
        (guard,), before = children(process.pid), family(process.pid)
        os.kill(guard, signal.SIGKILL)
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in before))
        assert wait_for(echoes(process)) < 20


def test_a_worker_that_has_grown_too_large_is_replaced_after_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(monkeypatch, CVMATCH_WORKER_MAX_MB="1") as process:
        wait_for(echoes(process))
        first = set(family(process.pid))
        wait_for(lambda: set(family(process.pid)) - first)
        wait_for(echoes(process))
    assert Task.objects.filter(success=False).count() == 0
