"""Who opened which CV is kept, once an hour and way, and nobody's own looks are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.admin.sites import site
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cvmatch.core.auth import create_key
from cvmatch.core.models import User
from cvmatch.maintenance import clean_up
from ingestion.erasing import erase_candidate
from ingestion.models import CV, CVView
from ingestion.viewings import list_views, note_view, note_views
from matching.models import Match
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db
How = CVView.How


@pytest.fixture
def cv() -> CV:
    make_job()
    cv = make_cv(user=make_user("mara"))
    work_until_idle()
    return CV.objects.get(pk=cv.pk)


@pytest.fixture
def rita() -> User:
    return make_user("rita", User.Role.RECRUITER)


def kept() -> list[tuple[str, str]]:
    return sorted(CVView.objects.values_list("user_name", "how"))


def test_each_way_to_open_a_cv_is_kept_and_only_once_in_an_hour(cv: CV, rita: User) -> None:
    client = Client()
    client.force_login(rita)
    match = Match.objects.get(cv=cv)
    for _again in range(2):
        client.get(f"/cvs/{cv.pk}/")
        b"".join(client.get(f"/cvs/{cv.pk}/file/").streaming_content)
        client.get(f"/matches/{match.pk}/")
        client.get(f"/api/v1/cvs/{cv.pk}")
        client.get(f"/api/v1/matches/{match.pk}/explanation")
    assert kept() == [("rita", how) for how in ("api", "file", "match", "page")]
    CVView.objects.update(hour=timezone.now() - timedelta(hours=1))
    client.get(f"/cvs/{cv.pk}/")
    assert kept().count(("rita", "page")) == 2


def test_a_program_is_named_by_its_account(cv: CV) -> None:
    robot = make_user("robot", User.Role.SERVICE)
    key = create_key(user=robot, name="nightly")
    Client().get(f"/api/v1/cvs/{cv.pk}", headers={"Authorization": f"Bearer {key}"})
    assert kept() == [("robot", "api")]


def test_what_people_open_of_their_own_is_not_kept(cv: CV) -> None:
    owner = cv.candidate.user
    assert owner is not None
    client = Client()
    client.force_login(owner)
    client.get(f"/cvs/{cv.pk}/")
    b"".join(client.get(f"/cvs/{cv.pk}/file/").streaming_content)
    User.objects.filter(pk=owner.pk).update(role=User.Role.RECRUITER)
    note_view(user=User.objects.get(pk=owner.pk), cv=cv, how=How.PAGE)
    note_views(user=User.objects.get(pk=owner.pk), cv_ids=[cv.pk], how=How.EXPORT)
    assert kept() == []


def test_who_was_refused_has_seen_nothing(cv: CV) -> None:
    client = Client()
    client.force_login(make_user("tom"))
    client.get(f"/cvs/{cv.pk}/")
    assert kept() == []


def test_noting_costs_one_statement_and_several_cost_two(cv: CV, rita: User) -> None:
    make_cv()
    seen = CV.objects.select_related("candidate").get(pk=cv.pk)
    with CaptureQueriesContext(connection) as queries:
        note_view(user=rita, cv=seen, how=How.PAGE)
    assert len([query for query in queries if "INSERT" in query["sql"] or "SELECT" in query["sql"]]) == 1
    with CaptureQueriesContext(connection) as queries:
        note_views(user=rita, cv_ids=CV.objects.values_list("pk", flat=True), how=How.EXPORT)
    assert kept().count(("rita", "list-export")) == 2


@pytest.mark.django_db(transaction=True)
def test_looking_twice_at_once_is_one_row(cv: CV, rita: User) -> None:
    def look(_number: int) -> None:
        try:
            note_view(user=rita, cv=seen, how=How.PAGE)
        finally:
            connection.close()

    seen = CV.objects.select_related("candidate").get(pk=cv.pk)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(look, range(16)))
    assert len(set(CVView.objects.values_list("hour"))) == CVView.objects.count()


def test_the_name_stays_when_the_account_goes_and_all_goes_with_the_person(cv: CV, rita: User) -> None:
    note_view(user=rita, cv=cv, how=How.PAGE)
    rita.delete()
    assert list(list_views(cv.candidate).values_list("user", "user_name")) == [(None, "rita")]
    erase_candidate(candidate=cv.candidate, by=None)
    assert not CVView.objects.exists()


def test_views_go_after_their_time(cv: CV, rita: User, settings) -> None:
    settings.AUDIT_DAYS = 10
    note_view(user=rita, cv=cv, how=How.PAGE)
    note_view(user=rita, cv=cv, how=How.FILE)
    CVView.objects.filter(how=How.PAGE).update(at=timezone.now() - timedelta(days=11))
    clean_up(limit=100)
    assert kept() == [("rita", "file")]


def test_the_table_itself_refuses_a_second_row_of_the_hour(cv: CV, rita: User) -> None:
    note_view(user=rita, cv=cv, how=How.PAGE)
    row = CVView.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_an_admin_reads_the_trail_finds_in_it_and_cannot_change_it(cv: CV, rita: User) -> None:
    note_view(user=rita, cv=cv, how=How.PAGE)
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="pw"))
    changelist = reverse("admin:ingestion_cvview_changelist")
    for query in ("", "?q=rita", f"?q={cv.pk}", "?how__exact=page", f"?user__id__exact={rita.pk}"):
        assert "rita" in client.get(changelist + query).content.decode()
    view = CVView.objects.get()
    client.post(reverse("admin:ingestion_cvview_delete", args=[view.pk]), {"post": "yes"})
    client.post(reverse("admin:ingestion_cvview_change", args=[view.pk]), {"user_name": "nobody"})
    assert kept() == [("rita", "page")]
    assert not site._registry[CVView].has_add_permission(None)  # type: ignore[arg-type]
    client.post(reverse("admin:ingestion_cv_delete", args=[cv.pk]), {"post": "yes"})
    assert not CVView.objects.exists()  # with the CV it does go
