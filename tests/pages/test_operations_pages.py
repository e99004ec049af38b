"""The pipeline page, retries, and health."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from cvmatch.core import queue
from cvmatch.core.models import StageRun, Status, WorkerHeartbeat
from cvmatch.dashboard import system_health
from cvmatch.pipeline_state import pipeline_state, retry
from ingestion.models import CV
from jobs.models import Job
from matching.models import Prediction
from matching.services import request_matches
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db

PAGE = "/operations/pipeline/"


def fail(cv: CV, error: str, *, retry_in: timedelta | None = None) -> None:
    retry_at = timezone.now() + retry_in if retry_in else None
    CV.objects.filter(pk=cv.pk).update(
        status=Status.FAILED, error=error, retry_at=retry_at, finished_at=timezone.now(), attempts=5
    )


def test_each_stage_has_a_row_with_its_backlog_and_runs() -> None:
    call_command("sync_schedules")
    old, new = make_cv("Ada\nSkills\nPython"), make_cv("Bea\nSkills\nSQL")
    CV.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(hours=2))
    fail(make_cv("Cem\nSkills\nRust"), "No text.")
    now = timezone.now()
    StageRun.objects.create(
        stage="parse_cvs", started_at=now, finished_at=now + timedelta(seconds=2), claimed=7, done=7
    )
    state = pipeline_state()
    assert [row.stage.name for row in state.stages] == [stage.name for stage in queue.stages()]
    row = state.stages[0]
    assert (row.waiting, row.working, row.failed, row.done_last_hour) == (2, 0, 1, 7)
    assert row.oldest is not None
    assert row.oldest < new.uploaded_at
    assert row.last_run is not None
    assert row.last_run.duration_s == pytest.approx(2)
    assert all(row.next_run for row in state.stages)


def test_the_two_stages_that_share_a_table_are_counted_apart() -> None:
    job = make_job()
    request_matches(job=job, requested_by=None)
    waiting = {row.stage.name: row.waiting for row in pipeline_state().stages}
    assert (waiting["match_cvs"], waiting["match_jobs"]) == (0, 1)


def test_failures_are_grouped_by_cause_and_say_whether_they_are_tried_again(as_: Callable[[str], Client]) -> None:
    for number in range(3):
        fail(
            make_cv(f"P{number}\nSkills\nSQL"), "The PDF has no text.", retry_in=timedelta(hours=1) if number else None
        )
    fail(make_cv("Q\nSkills\nSQL"), "Encrypted.")
    groups = pipeline_state().failures
    assert [(g.stage, g.cause, g.count, g.given_up) for g in groups] == [
        ("parse_cvs", "The PDF has no text.", 3, 1),
        ("parse_cvs", "Encrypted.", 1, 1),
    ]
    assert len(groups[0].examples) == 3
    page = as_("admin").get(PAGE).content.decode()
    assert "Retry all 3" in page
    assert "retry this one" in page


def test_one_row_one_cause_or_a_whole_stage_is_tried_again(as_: Callable[[str], Client]) -> None:
    cvs = [make_cv(f"P{number}\nSkills\nSQL") for number in range(4)]
    for cv in cvs[:3]:
        fail(cv, "The PDF has no text.")
    fail(cvs[3], "Encrypted.")
    client = as_("admin")
    client.post(f"{PAGE}retry/", {"stage": "parse_cvs", "pk": cvs[0].pk})
    assert CV.objects.filter(status=Status.FAILED).count() == 3
    page = client.post(f"{PAGE}retry/", {"stage": "parse_cvs", "cause": "The PDF has no text."}, follow=True)
    assert "2 put back, to be tried again." in page.content.decode()
    client.post(f"{PAGE}retry/", {"stage": "parse_cvs"})
    assert not CV.objects.filter(status=Status.FAILED).exists()
    assert set(CV.objects.values_list("attempts", flat=True)) == {0}


def test_a_retry_of_one_side_leaves_the_other_side_alone() -> None:
    cv, job = make_cv(), make_job()
    work_until_idle()
    request_matches(job=job, requested_by=None)
    Prediction.objects.update(status=Status.FAILED)
    assert retry("match_jobs") == 1
    assert Prediction.objects.get(cv=cv).status == Status.FAILED


def test_an_unknown_stage_cannot_be_retried(as_: Callable[[str], Client]) -> None:
    assert as_("admin").post(f"{PAGE}retry/", {"stage": "rm"}).status_code == 404


def test_the_page_asks_for_itself_and_says_when_nothing_failed(as_: Callable[[str], Client]) -> None:
    client = as_("admin")
    assert "Nothing has failed" in client.get(PAGE).content.decode()
    part = client.get(PAGE, headers={"HX-Request": "true", "HX-Target": "state"}).content.decode()
    assert part.strip().startswith('<div id="state" hx-get="/operations/pipeline/" hx-trigger="every 5s"')


def test_workers_are_alive_silent_or_not_seen_yet(as_: Callable[[str], Client]) -> None:
    WorkerHeartbeat.objects.create(cluster="interactive", beat_at=timezone.now())
    page = as_("admin").get(PAGE).content.decode()
    assert "worker alive" in page
    assert "no worker seen yet" in page
    WorkerHeartbeat.objects.update(beat_at=timezone.now() - timedelta(hours=1))
    assert "no sign of life since" in as_("admin").get(PAGE).content.decode()


def test_live_answers_without_the_database(client: Client, django_assert_num_queries: Callable[[int], object]) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        response = client.get("/health/live")
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_says_what_works(client: Client) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert json.loads(response.content) == {
        "status": "ok",
        "checks": {"database": "ok", "cache": "ok", "queue": "ok", "model": "ok"},
    }


def test_ready_is_503_without_database_and_tells_strangers_no_details_and_degraded_without_cache(
    client: Client,
) -> None:
    with patch("cvmatch.dashboard.connection.cursor", side_effect=OperationalError("password=secret")):
        response = client.get("/health/ready")
    assert response.status_code == 503
    assert "secret" not in response.content.decode()
    assert json.loads(response.content)["checks"]["database"] == "OperationalError"
    with patch.object(type(cache._connections["default"]), "get", return_value=None):  # type: ignore[attr-defined]
        without_cache = client.get("/health/ready")
    assert (without_cache.status_code, without_cache.json()["status"]) == (200, "degraded")


def test_system_health_names_every_stage_and_worker() -> None:
    Job.objects.all().delete()
    health = system_health()
    assert health["status"] == "degraded"
    assert health["checks"]["worker interactive"] == "no sign of life"
    assert [row["name"] for row in health["stages"]] == [stage.name for stage in queue.stages()]
    for cluster in (queue.INTERACTIVE, queue.BULK):
        WorkerHeartbeat.objects.create(cluster=cluster, beat_at=timezone.now())
    assert system_health()["status"] == "ok"
