"""A worker that is killed in the middle of a stage loses nothing and doubles nothing.

Each stage runs as a process of its own. A lock on a table that it needs after its claim holds it in the middle of its work;
there it is killed with SIGKILL. Once its leases have lapsed the stage runs again, and the tables must be what an undisturbed
run leaves.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from cvmatch.core import runner
from cvmatch.core.models import Staged, Status
from cvmatch.core.queue import get_stage
from ingestion.models import CV, Candidate
from jobs.models import Job
from matching.models import CVEmbedding, CVVector, Explanation, JobEmbedding, JobVector, Match, Prediction
from matching.services import request_matches
from tests.support import CV_TEXT, make_cv, make_job, start_manage

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 60
BEFORE = {
    "parse_cvs": (),
    "embed_cvs": ("parse_cvs",),
    "embed_jobs": (),
    "match_cvs": ("parse_cvs", "embed_cvs", "embed_jobs"),
    "match_jobs": ("parse_cvs", "embed_cvs", "embed_jobs"),
    "explain_matches": ("parse_cvs", "embed_cvs", "embed_jobs", "match_cvs"),
}
# stage → the table of its rows, the lock that holds it in the middle, and what must be the same in the end
CASES: dict[str, tuple[type[Staged], str, Callable[[], list[Any]]]] = {
    "parse_cvs": (CV, "django_q_ormq IN SHARE", lambda: parsed()),
    "embed_cvs": (CVEmbedding, "matching_cvvector IN SHARE", lambda: vectors(CVVector, "cv__name")),
    "embed_jobs": (JobEmbedding, "matching_jobvector IN SHARE", lambda: vectors(JobVector, "job__external_id")),
    "match_cvs": (Prediction, "matching_match IN SHARE", lambda: matches()),
    "match_jobs": (Prediction, "matching_match IN SHARE", lambda: matches()),
    "explain_matches": (Explanation, "jobs_job IN ACCESS EXCLUSIVE", lambda: accounts()),
}


@pytest.mark.parametrize("stage", CASES)
def test_a_stage_that_is_killed_in_the_middle_and_run_again_leaves_what_an_undisturbed_run_leaves(stage: str) -> None:
    model, lock, outcome = CASES[stage]
    prepare(stage)
    with locked(lock) as release:
        kill_in_the_middle(start_manage("run_stage", stage))
        release()
    assert model.objects.filter(status=Status.PROCESSING).exists()
    model.objects.filter(status=Status.PROCESSING).update(lease_until=timezone.now() - timedelta(seconds=1))
    run(stage)
    assert not model.objects.exclude(status=Status.COMPLETED).exists()
    after_the_kill = outcome()

    Candidate.objects.all().delete()
    Job.objects.all().delete()
    prepare(stage)
    run(stage)
    assert after_the_kill == outcome() != []


def prepare(stage: str) -> None:
    for number in range(3):
        make_cv(CV_TEXT.replace("Mara Lindqvist", f"Mara {'ABC'[number]}. Lindqvist"))
        make_job(str(number), title=("Data Engineer", "Nurse", "Python Developer")[number])
    for earlier in BEFORE[stage]:
        run(earlier)
    if stage == "match_jobs":
        for job in Job.objects.order_by("pk"):
            request_matches(job=job, requested_by=None)


def run(stage: str) -> None:
    report = runner.run(get_stage(stage), limit=100, trigger="command")
    assert not report.failed, report


def kill_in_the_middle(worker: subprocess.Popen[str]) -> None:
    wait_until(is_waiting_for_lock, worker)
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()


@contextmanager
def locked(lock: str) -> Iterator[Callable[[], None]]:
    """Holds back every writer of the table, from a connection of its own."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {lock} MODE")
    try:
        yield other.rollback
    finally:
        other.rollback()
        other.close()


def is_waiting_for_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool], worker: subprocess.Popen[str]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        if worker.poll() is not None or time.monotonic() > give_up_at:
            worker.kill()
            raise AssertionError(f"the worker never came to the middle of its work: {worker.communicate()}")
        time.sleep(0.05)


def parsed() -> list[Any]:
    return list(CV.objects.order_by("name").values_list("name", "content_hash", "parsed_json"))


def vectors(model: Any, owner: str) -> list[Any]:
    rows = model.objects.order_by(owner, "kind").values_list(owner, "kind", "model", "embedding")
    return [(name, kind, model_name, tuple(vector)) for name, kind, model_name, vector in rows]


def matches() -> list[Any]:
    facts = ("prediction__side", "cv__name", "job__external_id", "rank", "score", "band", "parts_json")
    return sorted(Match.objects.values_list(*facts), key=str)


def accounts() -> list[Any]:
    facts = ("match__cv__name", "match__job__external_id", "status", "body_json")
    return sorted(Explanation.objects.values_list(*facts), key=str)
