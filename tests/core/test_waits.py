"""How long what comes in now will take: honest about what is before it, and silent where nobody knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.core import waits
from cvmatch.core.auth import create_key
from cvmatch.core.models import StageRun, User
from cvmatch.core.pausing import pause_stage
from cvmatch.core.waits import WAY_OF_CV, expected_wait
from cvmatch.tasks import heartbeat
from ingestion.models import CV
from tests.support import CV_TEXT, make_cv, make_user

pytestmark = pytest.mark.django_db


def ran(stage: str, *, done: int, seconds: float) -> None:
    now = timezone.now()
    StageRun.objects.create(stage=stage, started_at=now - timedelta(seconds=seconds), finished_at=now, done=done)


def at_a_known_pace() -> None:
    """One CV takes 2 + 1 + 1 + 4 seconds."""
    ran("parse_cvs", done=10, seconds=20)
    ran("embed_cvs", done=10, seconds=10)
    ran("match_cvs", done=10, seconds=10)
    ran("explain_matches", done=200, seconds=40)


def test_each_cv_before_it_adds_what_it_still_has_to_go_through() -> None:
    heartbeat("interactive")
    at_a_known_pace()
    assert expected_wait(WAY_OF_CV) == waits.Wait(seconds=8.0, ahead=0)
    for number in range(5):
        make_cv(f"Person {number}\nSkills\nPython")
    assert expected_wait(WAY_OF_CV) == waits.Wait(seconds=48.0, ahead=5)
    CV.objects.update(interactive=False)  # they come after what people wait for
    assert expected_wait(WAY_OF_CV) == waits.Wait(seconds=8.0, ahead=0)


def test_more_workers_get_through_it_sooner(settings) -> None:
    heartbeat("interactive")
    at_a_known_pace()
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, "workers": 4}
    for number in range(4):
        make_cv(f"Person {number}\nSkills\nPython")
    assert expected_wait(WAY_OF_CV) == waits.Wait(seconds=16.0, ahead=4)


def test_nobody_can_say_while_no_worker_answers_or_a_stage_is_paused() -> None:
    assert expected_wait(WAY_OF_CV) is None
    heartbeat("interactive")
    assert expected_wait(WAY_OF_CV) is not None
    pause_stage(stage="embed_cvs", by=None)
    assert expected_wait(WAY_OF_CV) is None


def test_those_who_wait_long_are_told_to_ask_seldom() -> None:
    assert waits.Wait(0.9, 0).poll_after_s == 1
    assert waits.Wait(40, 9).poll_after_s == 10
    assert waits.Wait(9000, 999).poll_after_s == waits.LONGEST_POLL_S


def test_an_upload_is_accepted_while_many_wait_and_says_how_long_it_takes(client: Client) -> None:
    heartbeat("interactive")
    at_a_known_pace()
    user = make_user("rita", User.Role.RECRUITER)
    for number in range(30):
        make_cv(f"Person {number}\nSkills\nPython")
    bearer = {"Authorization": f"Bearer {create_key(user=user, name='x')}"}
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("cv.txt", CV_TEXT.encode())
    answer = client.post("/api/v1/candidate/upload_and_parse", {"file": file}, headers=bearer)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["expected_s"], told["ahead"], answer["Retry-After"]) == (256.0, 31, "30")  # itself among them
    client.force_login(user)
    page = client.get(f"/cvs/{told['id']}/").content.decode()
    assert "It takes up to about 4 min, since 31 CVs wait as well." in page
