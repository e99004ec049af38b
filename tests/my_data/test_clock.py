"""People are kept for a time that they can see and begin anew; a reminder comes before its end, and then they are erased."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from cvmatch.core.models import User
from cvmatch.my_data.keeping import end_keeping
from ingestion import clock
from ingestion.models import CV, Candidate
from tests.support import CV_TEXT, make_cv, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> User:
    user = make_user("mara")
    user.email = "mara@example.com"
    user.save()
    make_cv(user=user)
    return user


def let_pass(**time: int) -> None:
    """Everything that has a clock is so much older."""
    for candidate in Candidate.objects.all():
        for name in ("kept_until", "reminded_at"):
            if getattr(candidate, name):
                setattr(candidate, name, getattr(candidate, name) - timedelta(**time))
        candidate.save()


def test_nobody_is_told_or_erased_before_the_time(mara: User) -> None:
    assert end_keeping(limit=10).done == 0
    assert mail.outbox == []
    assert Candidate.objects.get().kept_until > timezone.now() + timedelta(days=729)


def test_people_are_told_once_a_month_before_and_erased_with_their_account_after(mara: User, settings: Any) -> None:
    settings.PUBLIC_URL = "https://jobs.example.com"
    let_pass(days=701)
    assert end_keeping(limit=10).done == 1
    assert end_keeping(limit=10).done == 0
    (message,) = mail.outbox
    assert message.to == ["mara@example.com"]
    assert "Keep longer" in message.body
    assert "https://jobs.example.com/account/data/" in message.body
    client = Client()
    client.force_login(mara)
    assert "is then erased with your account" in client.get("/").content.decode()
    let_pass(days=31)
    assert end_keeping(limit=10).done == 1
    assert not CV.objects.exists()
    assert not User.objects.filter(pk=mara.pk).exists()


def test_one_click_begins_the_time_anew(mara: User) -> None:
    let_pass(days=701)
    end_keeping(limit=10)
    client = Client()
    client.force_login(mara)
    page = client.post("/account/data/keep/", follow=True).content.decode()
    assert f"Kept until <strong>{date_format(Candidate.objects.get().kept_until, 'j F Y')}</strong>" in page
    assert client.post("/api/v1/me/keep").json()["kept_until"] > str(timezone.now() + timedelta(days=729))
    let_pass(days=31)
    assert end_keeping(limit=10).done == 0
    assert Candidate.objects.get().reminded_at is None


def test_another_upload_begins_it_anew_too(mara: User) -> None:
    let_pass(days=701)
    make_cv(CV_TEXT + "\nTerraform\n", user=mara)
    assert end_keeping(limit=10).done == 0


def test_nobody_is_erased_whom_no_reminder_reached(mara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    let_pass(days=731)

    def refuse(**message: object) -> None:
        raise SMTPException("no")

    monkeypatch.setattr(clock, "send_mail", refuse)
    assert end_keeping(limit=10).done == 0
    assert Candidate.objects.get().reminded_at is None
    monkeypatch.undo()
    assert end_keeping(limit=10).done == 1, "told late"
    assert Candidate.objects.exists()
    let_pass(days=31)
    assert end_keeping(limit=10).done == 1
    assert not Candidate.objects.exists()


def test_people_without_an_account_are_erased_when_their_time_is_over() -> None:
    make_cv()
    let_pass(days=731)
    assert end_keeping(limit=10).done == 1
    assert not Candidate.objects.exists()


def test_recruiters_lose_their_cv_and_keep_their_account(mara: User) -> None:
    User.objects.filter(pk=mara.pk).update(role=User.Role.RECRUITER)
    let_pass(days=731)
    end_keeping(limit=10)
    let_pass(days=31)
    end_keeping(limit=10)
    assert not Candidate.objects.exists()
    assert User.objects.filter(pk=mara.pk).exists()


def test_rows_from_before_there_was_a_clock_get_the_whole_time(mara: User) -> None:
    Candidate.objects.update(kept_until=None)
    assert end_keeping(limit=10).done == 0
    assert Candidate.objects.get().kept_until > timezone.now() + timedelta(days=729)
