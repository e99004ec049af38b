"""Who read something of a CV is in the log that its candidate reads: by lists and programs, and admins too."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cvmatch.core.models import User
from ingestion import correcting
from ingestion.models import CV, CVView
from ingestion.viewings import note_view
from jobs.models import Job
from matching.deciding import decide
from matching.models import Match, Stage
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    return make_job()


@pytest.fixture
def cv(job: Job) -> CV:
    cv = make_cv(user=make_user("mara"))
    work_until_idle()
    cv.refresh_from_db()
    return cv


def signed_in(name: str, role: str = User.Role.RECRUITER, **flags: bool) -> Client:
    user = User.objects.filter(username=name).first() or make_user(name, role)
    User.objects.filter(pk=user.pk).update(**flags)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def seen() -> list[tuple[str, str]]:
    return sorted(CVView.objects.values_list("user_name", "how"))


def test_an_admin_who_opens_a_row_that_shows_a_cv_is_in_the_log(cv: CV) -> None:
    site = signed_in("root", User.Role.ADMIN, is_staff=True, is_superuser=True)
    correcting.correct(cv, path="basics.label", value="Engineer", by=cv.candidate.user)
    match = Match.objects.filter(cv=cv).latest("pk")
    rows = {
        "ingestion_cv": cv.pk,
        "ingestion_correction": cv.corrections.get().pk,
        "matching_match": match.pk,
        "matching_explanation": match.explanation.pk,
    }
    for name, pk in rows.items():
        CVView.objects.all().delete()
        assert site.get(reverse(f"admin:{name}_change", args=[pk])).status_code == 200
        assert seen() == [("root", "admin")], name
    CVView.objects.all().delete()
    site.get(reverse("admin:ingestion_cv_changelist"))
    site.get(reverse("admin:ingestion_cv_change", args=[0]))
    assert seen() == []


def test_a_program_that_reads_a_list_of_candidates_is_in_the_log(cv: CV, job: Job) -> None:
    program = signed_in("robot", User.Role.SERVICE)
    program.get(f"/api/v1/jobs/{job.pk}/candidates")
    work_until_idle()
    assert seen() == [], "there was nothing in it yet"
    program.get(f"/api/v1/jobs/{job.pk}/candidates")
    assert seen() == [("robot", "api")]
    CVView.objects.all().delete()
    program.get(f"/api/v1/cvs/{cv.pk}/recommendations")
    assert seen() == [("robot", "api")]
    b"".join(program.get(f"/api/v1/bulk/matches?job_id={job.pk}").streaming_content)
    assert seen() == [("robot", "api"), ("robot", "list-export")]


def test_the_shortlist_with_its_contacts_is_in_the_log(cv: CV, job: Job) -> None:
    reader = signed_in("rita")
    decide(by=User.objects.get(username="rita"), job=job, candidates=[cv.candidate_id], stage=Stage.SHORTLISTED)
    reader.get(f"/jobs/{job.pk}/shortlist/")
    assert seen() == [("rita", "match")]


def test_candidates_read_their_own_log_and_nobody_elses(cv: CV) -> None:
    make_cv(CV_TEXT.replace("Mara", "Tom"), user=make_user("tom"))
    for number in range(3):
        note_view(user=make_user(f"rita{number}", User.Role.RECRUITER), cv=cv, how=CVView.How.PAGE)
    mara, tom = signed_in("mara"), signed_in("tom")
    first = mara.get("/api/v1/me/access-log?limit=2").json()
    assert [(row["user_name"], row["cv_id"], row["version"], row["how"]) for row in first["items"]] == [
        ("rita2", cv.pk, 1, "page"), ("rita1", cv.pk, 1, "page"),
    ]  # fmt: skip
    assert [row["user_name"] for row in mara.get(first["next"]).json()["items"]] == ["rita0"]
    assert tom.get("/api/v1/me/access-log").json() == {"items": [], "next": None}
    assert signed_in("new", User.Role.CANDIDATE).get("/api/v1/me/access-log").json()["items"] == []
    assert "rita0" not in tom.get("/account/data/").content.decode()


def test_the_page_of_the_log_goes_on_where_it_is_long(cv: CV, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvmatch.my_data.pages.VIEWS", 2)
    for number in range(3):
        note_view(user=make_user(f"rita{number}", User.Role.RECRUITER), cv=cv, how=CVView.How.PAGE)
    mara = signed_in("mara")
    page = mara.get("/account/data/").content.decode()
    assert "rita1" in page
    assert "rita0" not in page
    older = page.partition('href="?before=')[2].partition("#")[0]
    assert "rita0" in mara.get(f"/account/data/?before={older}").content.decode()
