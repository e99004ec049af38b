"""Marks and interactions: once an hour, two at once are one, and what goes with whom."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from ingestion.erasing import erase_cv
from jobs.models import Job
from matching import feedback
from matching.models import Interaction, JobMark, Match, Prediction
from tests.support import make_cv, make_job, make_user, work_until_idle


@pytest.fixture
def match(db: None) -> Match:
    make_job(url="https://jobs.example/1")
    make_cv(user=make_user())
    work_until_idle()
    return Match.objects.get()


def person(match: Match) -> User:
    return match.cv.candidate.user  # type: ignore[return-value]


def test_the_same_thing_counts_once_an_hour(match: Match, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        feedback.save_job(user=person(match), job=match.job, match=match)
    assert Interaction.objects.count() == 1
    now = feedback.timezone.now()
    monkeypatch.setattr(feedback.timezone, "now", lambda: now + timedelta(hours=1))
    feedback.save_job(user=person(match), job=match.job, match=match)
    assert Interaction.objects.count() == 2


def test_what_is_done_to_a_job_without_a_list_counts_once_too(match: Match) -> None:
    for _ in range(3):
        feedback.note(user=person(match), job_id=match.job_id, kind="open")
    assert Interaction.objects.get().position is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_mark_and_one_interaction() -> None:
    user, job = make_user(), make_job()
    barrier = threading.Barrier(4)
    failures: list[BaseException] = []

    def press() -> None:
        try:
            barrier.wait()
            feedback.save_job(user=user, job=job)
        except BaseException as error:  # noqa: BLE001 - shown in the test's own thread
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (JobMark.objects.count(), Interaction.objects.count()) == (1, 1)


def test_a_reason_goes_with_hiding_and_is_one_of_the_list(match: Match) -> None:
    mark = feedback.hide_job(user=person(match), job=match.job, reason="level")
    assert (mark.kind, mark.reason) == ("hidden", "level")
    assert feedback.unmark_job(user=person(match), job=match.job).reason == ""
    with pytest.raises(InvalidInput):
        feedback.hide_job(user=person(match), job=match.job, reason="weather")


def test_going_to_apply_is_remembered_beside_the_mark(match: Match) -> None:
    feedback.save_job(user=person(match), job=match.job)
    assert feedback.apply_to(user=person(match), job=match.job, match=match) == "https://jobs.example/1"
    mark = JobMark.objects.get()
    assert mark.kind == "saved"
    assert mark.applied_at is not None
    with pytest.raises(NotFound):
        feedback.apply_to(user=person(match), job=Job(url="mailto:jobs@example.com"))


def test_an_interaction_outlives_its_list_and_goes_with_its_cv_and_its_user(match: Match) -> None:
    user = person(match)
    feedback.save_job(user=user, job=match.job, match=match)
    feedback.save_job(user=user, job=match.job)
    Prediction.objects.all().delete()
    assert list(Interaction.objects.values_list("match", flat=True)) == [None, None]
    erase_cv(cv=match.cv, by=user)
    assert Interaction.objects.get().cv is None
    user.delete()
    assert not Interaction.objects.exists()
    assert not JobMark.objects.exists()
