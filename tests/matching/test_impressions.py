"""What people are shown is kept once an hour and in one statement, and what they do is put down to where it stood."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.core.models import Purpose, User
from cvmatch.maintenance import clean_up
from ingestion.models import CV
from jobs.models import Job
from matching import deciding, feedback
from matching.learning.choices import Kind
from matching.learning.reading import choices_of
from matching.models import Interaction, Match
from matching.services import request_matches
from matching.values import ShownLine
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> User:
    return make_user("mara")


@pytest.fixture
def cv(mara: User) -> CV:
    return make_cv(user=mara)


@pytest.fixture
def jobs() -> list[Job]:
    return [make_job(str(number), title=f"Engineer {number}") for number in range(3)]


def lines(jobs: list[Job], cv: CV, variant: str = "") -> list[ShownLine]:
    return [ShownLine(None, job.pk, cv.pk, place, variant) for place, job in enumerate(jobs, start=1)]


def hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def test_a_page_of_lines_is_one_statement_and_counts_once_an_hour(mara: User, cv: CV, jobs: list[Job]) -> None:
    with CaptureQueriesContext(connection) as queries:
        feedback.note_shown(user=mara, lines=lines(jobs, cv, "3:treatment"), surface="list", at=hour())
    assert len(queries) == 1
    for minute in (1, 59):
        feedback.note_shown(
            user=mara, lines=lines(jobs[::-1], cv), surface="preview", at=hour() + timedelta(minutes=minute)
        )
    kept = Interaction.objects.order_by("position").values_list("job", "position", "surface", "variant", "kind")
    assert list(kept) == [(job.pk, place, "list", "3:treatment", "shown") for place, job in enumerate(jobs, start=1)]
    feedback.note_shown(user=mara, lines=lines(jobs, cv), surface="list", at=hour() - timedelta(hours=1))
    assert Interaction.objects.count() == 6


def test_nothing_is_kept_of_nothing_and_of_those_who_refuse_statistics(mara: User, cv: CV, jobs: list[Job]) -> None:
    with CaptureQueriesContext(connection) as queries:
        feedback.note_shown(user=mara, lines=[], surface="list")
        mara.refused = [Purpose.STATISTICS.value]
        feedback.note_shown(user=mara, lines=lines(jobs, cv), surface="list")
        feedback.note(user=mara, job_id=jobs[0].pk, kind="open", cv_id=cv.pk)
    assert len(queries) == 0


def test_what_is_done_is_put_down_to_the_last_time_it_was_shown(mara: User, cv: CV, jobs: list[Job]) -> None:
    now = timezone.now()
    job = jobs[1]
    feedback.note_shown(user=mara, lines=lines(jobs, cv, "3:control"), surface="list", at=now - timedelta(hours=5))
    feedback.note_shown(
        user=mara, lines=lines(jobs[1:], cv, "3:treatment"), surface="filtered", at=now - timedelta(hours=2)
    )
    with CaptureQueriesContext(connection) as queries:
        feedback.note(user=mara, job_id=job.pk, kind="open", cv_id=cv.pk, at=now)
    assert len(queries) == 1
    feedback.note(user=mara, job_id=job.pk, kind="apply", cv_id=cv.pk, at=now - timedelta(hours=3))
    told = (
        Interaction.objects.exclude(kind="shown").order_by("pk").values_list("kind", "position", "surface", "variant")
    )
    assert list(told) == [("open", 1, "filtered", "3:treatment"), ("apply", 2, "list", "3:control")]
    assert Interaction.objects.get(kind="apply").created_at == now - timedelta(hours=3)


def test_what_was_shown_to_others_long_ago_or_of_another_cv_explains_nothing(
    mara: User, cv: CV, jobs: list[Job]
) -> None:
    now, other = timezone.now(), make_user("owen")
    theirs = make_cv(CV_TEXT.replace("Mara", "Owen"), user=other)
    feedback.note_shown(user=mara, lines=lines(jobs, cv), surface="list", at=now - timedelta(hours=25))
    feedback.note_shown(user=other, lines=lines(jobs, theirs), surface="list", at=now)
    feedback.note(user=mara, job_id=jobs[0].pk, kind="open", cv_id=cv.pk, at=now)
    feedback.note(user=mara, job_id=jobs[0].pk, kind="save", cv_id=theirs.pk, at=now)
    told = Interaction.objects.filter(user=mara, kind__in=["open", "save"]).values_list(
        "position", "surface", "variant"
    )
    assert list(told) == [(None, "", "")] * 2


def test_what_a_candidate_does_on_the_page_of_a_job_is_put_down_to_their_list(
    mara: User, cv: CV, jobs: list[Job]
) -> None:
    rita = make_user("rita", User.Role.RECRUITER)
    for user in (mara, rita):
        feedback.note_shown(user=user, lines=lines(jobs, cv), surface="list")
        feedback.note(user=user, job_id=jobs[2].pk, kind="open")
    told = Interaction.objects.filter(kind="open").order_by("pk").values_list("user", "cv", "position")
    assert list(told) == [(mara.pk, cv.pk, 3), (rita.pk, None, None)]


def test_what_recruiters_decide_is_put_down_to_the_list_until_they_undo_it(cv: CV, jobs: list[Job]) -> None:
    rita = make_user("rita", User.Role.RECRUITER)
    feedback.note_shown(user=rita, lines=[ShownLine(None, jobs[0].pk, cv.pk, 4, "7:control")], surface="list")
    told = Interaction.objects.exclude(kind="shown").values_list("kind", "reason", "cv", "position", "variant")

    def decide(stage: str, reason: str = "") -> deciding.Decided:
        return deciding.decide(job=jobs[0], candidates=[cv.candidate_id], stage=stage, reason=reason, by=rita)

    decide("contacted")
    assert list(told.all()) == []
    decided = decide("rejected", "place")
    rejected = ("reject", "place", cv.pk, 4, "7:control")
    assert list(told.all()) == [rejected]
    undone = deciding.undo(job=jobs[0], batch=decided.batch, by=rita)
    assert list(told.all()) == []
    deciding.undo(job=jobs[0], batch=undone.batch, by=rita)
    assert list(told.all()) == [rejected]
    decide("shortlisted")
    assert [row[0] for row in told.order_by("pk")] == ["reject", "shortlist"]


def test_learning_takes_people_to_have_seen_what_they_were_shown(jobs: list[Job]) -> None:
    Job.objects.filter(pk=jobs[0].pk).update(company="Acme GmbH")
    rita = make_user("rita", User.Role.RECRUITER)
    for number in range(4):
        make_cv(CV_TEXT.replace("Mara", f"Ada {number}"))
    work_until_idle()
    request_matches(job=jobs[0], requested_by=rita)
    work_until_idle()
    found = list(Match.objects.filter(prediction__job=jobs[0]).order_by("-prediction", "rank")[:4])
    feedback.note(user=rita, job_id=jobs[0].pk, kind="thumb_up", match=found[1])
    assert [choice.position for choice in choices_of("acme")] == [1, 2]
    seen = [ShownLine(line.pk, line.job_id, line.cv_id, place) for place, line in enumerate(found[1:4], start=1)]
    feedback.note_shown(user=rita, lines=seen, surface="filtered")
    told = sorted((choice.position, choice.line, choice.kind) for choice in choices_of("acme"))
    assert told == [(1, found[1].cv_id, Kind.CHOSEN), (2, found[2].cv_id, Kind.SHOWN), (3, found[3].cv_id, Kind.SHOWN)]


def test_impressions_end_with_their_time_and_what_was_done_stays(mara: User, cv: CV, jobs: list[Job], settings) -> None:
    settings.IMPRESSION_DAYS = 100
    now = timezone.now()
    for days in (99, 101):
        feedback.note_shown(user=mara, lines=lines(jobs, cv), surface="list", at=now - timedelta(days=days))
    feedback.note(user=mara, job_id=jobs[0].pk, kind="open", cv_id=cv.pk, at=now - timedelta(days=101))
    clean_up(limit=2)
    assert Interaction.objects.filter(kind="shown").count() == 4, "in batches"
    clean_up(limit=2)
    assert Interaction.objects.filter(kind="shown", created_at__lt=now - timedelta(days=100)).count() == 0
    assert (Interaction.objects.filter(kind="shown").count(), Interaction.objects.get(kind="open").position) == (3, 1)
