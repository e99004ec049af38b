"""Stages that people stop and let go on, the backlog that is written down, and the last day that the page draws from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.backlog import KEPT, delete_old_samples, sample_backlog
from cvmatch.core.models import BacklogSample, StagePause, StageRun, Status, User
from cvmatch.core.pausing import pause_stage, resume_stage
from cvmatch.pipeline_trend import HOURS, trend_of
from cvmatch.tasks import run_stage
from ingestion.models import CV
from tests.support import make_cv, work_until_idle

pytestmark = pytest.mark.django_db

PAGE = "/operations/pipeline/"


def test_a_paused_stage_takes_no_rows_and_goes_on_with_them_when_it_is_resumed(
    as_: Callable[[str], Client], people: dict[str, User]
) -> None:
    client = as_("admin")
    said = client.post(f"{PAGE}pause/", {"stage": "parse_cvs", "action": "pause"}, follow=True).content.decode()
    assert "parse_cvs is paused" in said
    assert "Paused by admin" in said
    cv = make_cv()
    work_until_idle()
    cv.refresh_from_db()
    assert cv.status == Status.PENDING
    assert not StageRun.objects.filter(stage="parse_cvs").exists()
    client.post(f"{PAGE}pause/", {"stage": "parse_cvs", "action": "resume"})
    work_until_idle()
    cv.refresh_from_db()
    assert cv.status == Status.COMPLETED


def test_pausing_twice_keeps_who_did_it_first_and_resuming_twice_starts_nothing(people: dict[str, User]) -> None:
    assert pause_stage(stage="parse_cvs", by=people["admin"])
    assert not pause_stage(stage="parse_cvs", by=people["other"])
    assert StagePause.objects.get().paused_by == people["admin"]
    assert resume_stage(stage="parse_cvs")
    assert not resume_stage(stage="parse_cvs")


def test_what_is_no_stage_cannot_be_paused_and_what_is_no_action_is_refused(as_: Callable[[str], Client]) -> None:
    client = as_("admin")
    assert client.post(f"{PAGE}pause/", {"stage": "rm", "action": "pause"}).status_code == 404
    assert client.post(f"{PAGE}pause/", {"stage": "parse_cvs", "action": "burn"}).status_code == 422


def test_a_sample_says_how_much_waits_and_how_long_once_a_minute() -> None:
    cv = make_cv()
    CV.objects.filter(pk=cv.pk).update(uploaded_at=timezone.now() - timedelta(hours=2))
    assert run_stage("sample_backlog").endswith("0 failed")
    sample_backlog(1)
    at = BacklogSample.objects.values_list("taken_at", flat=True)[0]
    sample = BacklogSample.objects.get(stage="parse_cvs", taken_at=at)
    assert (sample.waiting, sample.failed) == (1, 0)
    assert sample.oldest_s is not None
    assert abs(sample.oldest_s - 7200) < 60


def test_samples_are_kept_for_thirty_days() -> None:
    now = timezone.now()
    for age in (timedelta(0), KEPT + timedelta(minutes=1)):
        BacklogSample.objects.create(stage="parse_cvs", taken_at=now - age, waiting=1, failed=0)
    assert delete_old_samples() == 1


def test_the_last_day_is_shown_by_hour_for_all_stages_or_one(as_: Callable[[str], Client]) -> None:
    now = timezone.now()
    for stage, done, failed in (("parse_cvs", 7, 1), ("embed_cvs", 5, 0), ("clean_up", 1000, 0)):
        StageRun.objects.create(stage=stage, started_at=now, finished_at=now, done=done, failed=failed)
    StageRun.objects.create(stage="parse_cvs", started_at=now - timedelta(days=2), finished_at=now, done=99)
    for stage, waiting, oldest_s in (("parse_cvs", 3, 90), ("embed_cvs", 4, None)):
        BacklogSample.objects.create(stage=stage, taken_at=now, waiting=waiting, failed=0, oldest_s=oldest_s)
    hours = trend_of().hours
    assert len(hours) == HOURS
    assert (hours[-1].done, hours[-1].failed, hours[-1].waiting, hours[-1].oldest_min) == (12, 1, 7, 1.5)
    assert (hours[0].done, hours[0].waiting) == (0, None)
    assert (trend_of("parse_cvs").hours[-1].done, trend_of("parse_cvs").hours[-1].waiting) == (7, 3)
    part = as_("admin").get(PAGE, {"stage": "parse_cvs"}, headers={"HX-Request": "true", "HX-Target": "trend"})
    assert part.content.decode().strip().startswith('<section class="card section" id="trend"')
    assert 'data-value="7"' in part.content.decode()


def test_before_anything_ran_the_page_says_so(as_: Callable[[str], Client]) -> None:
    assert "Nothing ran and nothing was counted" in as_("admin").get(PAGE).content.decode()
