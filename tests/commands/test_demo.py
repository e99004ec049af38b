"""manage.py demo: something to look at, on the embedded database only."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from cvmatch.core.models import User
from cvmatch.demo import cv_files
from ingestion.models import CV, Candidate
from jobs.models import Job
from tests.support import make_job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _embedded(settings, tmp_path) -> None:
    settings.DEMO = True
    settings.VAR_DIR = tmp_path


def test_the_demo_brings_jobs_cvs_and_accounts_and_running_it_again_doubles_nothing(tmp_path, client) -> None:
    call_command("demo")
    counts = (Job.objects.count(), CV.objects.count(), Candidate.objects.count(), User.objects.count())
    assert counts[0] >= 200
    assert counts[1:] == (len(cv_files()), len(cv_files()), 3)
    assert CV.objects.filter(candidate__user__username="candidate").count() == 1
    call_command("demo")
    assert counts == (Job.objects.count(), CV.objects.count(), Candidate.objects.count(), User.objects.count())
    for name in ("recruiter", "candidate", "admin"):
        assert f"{name} / demo" in (tmp_path / "demo-logins.txt").read_text()
        assert client.login(username=name, password="demo")


def test_the_accounts_have_the_roles_that_the_note_says() -> None:
    call_command("demo")
    roles = dict(User.objects.values_list("username", "role"))
    assert roles == {"recruiter": "recruiter", "candidate": "candidate", "admin": "admin"}
    assert list(User.objects.filter(is_staff=True).values_list("username", flat=True)) == ["admin"]


def test_the_demo_is_refused_beside_a_database_of_your_own(settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="embedded database only"):
        call_command("demo")
    assert User.objects.count() == 0


def test_if_empty_leaves_an_installation_with_data_alone(capsys) -> None:
    make_job()
    call_command("demo", "--if-empty")
    assert (Job.objects.count(), User.objects.count()) == (1, 0)
    assert "left alone" in capsys.readouterr().out
