"""Work is handed over in the transaction that causes it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django_q.models import OrmQ

from cvmatch.core import queue
from cvmatch.core.models import StageRun, WorkerHeartbeat
from cvmatch.tasks import run_stage
from tests.support import make_cv, work_until_idle

pytestmark = pytest.mark.django_db


def test_an_upload_that_is_rolled_back_leaves_no_task() -> None:
    with transaction.atomic():
        make_cv()
        assert OrmQ.objects.count() == 1
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0


def test_interactive_and_bulk_work_wait_in_queues_of_their_own() -> None:
    queue.announce("cv.received", [1], interactive=True)
    queue.announce("cv.received", [2])
    assert list(OrmQ.objects.order_by("pk").values_list("key", flat=True)) == ["interactive", "bulk"]


def test_every_stage_has_one_schedule() -> None:
    for stage in queue.stages():
        assert (stage.minutes is None) != (stage.daily_at is None), stage.name


def test_a_full_batch_enqueues_the_next_one(settings) -> None:
    settings.STAGE_BATCH = {"parse_cvs": 1}
    for number in range(2):
        make_cv(f"Person {number}\nSkills\nPython, SQL, Docker")
    OrmQ.objects.all().delete()
    run_stage("parse_cvs", queue="bulk")
    assert [row.task["func"] for row in OrmQ.objects.filter(key="bulk") if row.task["args"] == ("parse_cvs",)] == [
        queue.RUN_STAGE
    ]


def test_each_run_is_written_to_the_ledger_and_beats_the_heart() -> None:
    make_cv()
    work_until_idle()
    run = StageRun.objects.filter(stage="parse_cvs").latest("pk")
    assert (run.claimed, run.done, run.trigger) == (1, 1, "event")
    assert WorkerHeartbeat.objects.filter(cluster="interactive").exists()


def test_runs_on_schedule_that_find_nothing_are_one_line_with_the_time_of_the_last() -> None:
    for _ in range(3):
        run_stage("parse_cvs")
    idle = StageRun.objects.get(stage="parse_cvs")
    before = idle.started_at
    run_stage("parse_cvs")
    idle.refresh_from_db()
    assert idle.started_at > before
    make_cv()
    work_until_idle()
    run_stage("parse_cvs")
    run_stage("parse_cvs")
    done = StageRun.objects.filter(stage="parse_cvs").order_by("started_at").values_list("done", flat=True)
    assert list(done) == [0, 1, 0]
