"""The admin site: what can be typed into, found, stopped and counted there."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cvmatch.core import admin as core_admin
from cvmatch.core.admin import ReadOnlyAdmin
from cvmatch.core.models import StagePause, StageRun, Status, User
from ingestion.models import CV
from jobs.models import Job
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

OURS = {"core", "jobs", "ingestion", "matching"}
# So few rows that nobody has to look for one.
SMALL = {
    "core.WorkerHeartbeat", "jobs.PayModel", "matching.Backfill", "matching.Corpus", "matching.IndexHealth", "matching.ModelUse",
}  # fmt: skip
# What people type in there; all else is written by services and stages only. Words of the vocabulary can be added, never changed.
TYPED_IN = {"core.User", "core.ApiKey", "ingestion.Candidate"}
ADDED = {"core.User", "core.ApiKey", "core.StagePause", "jobs.CustomSkill", "jobs.SkillAlias", "jobs.SkillMerge"}


@pytest.fixture
def root(db: None) -> User:
    user = make_user("root")
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def site(root: User) -> Client:
    client = Client()
    client.force_login(root)
    return client


def ours() -> list[admin.ModelAdmin]:
    return [site for model, site in admin.site._registry.items() if model._meta.app_label in OURS]


def test_only_what_people_decide_can_be_typed_in(root: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = root
    request.resolver_match = None  # type: ignore[assignment]
    labels = {site: site.model._meta.label for site in ours()}
    assert {labels[site] for site in ours() if site.has_change_permission(request)} == TYPED_IN
    assert {labels[site] for site in ours() if site.has_add_permission(request)} == ADDED


def test_every_list_can_be_narrowed_and_searched_and_every_search_works(site: Client) -> None:
    for one in ours():
        if one.model._meta.label in SMALL:
            continue
        assert one.search_fields, one
        address = reverse(f"admin:{one.model._meta.app_label}_{one.model._meta.model_name}_changelist")
        assert site.get(address, {"q": "7"}).status_code == 200, one


def test_a_large_table_is_not_counted_to_show_a_page_of_it(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        make_job(str(number))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_job")
    monkeypatch.setattr(core_admin, "COUNTED_UP_TO", 2)
    address = reverse("admin:jobs_job_changelist")
    with CaptureQueriesContext(connection) as queries:
        page = site.get(address)
    assert "3 jobs" in page.content.decode()
    assert not any("COUNT(*)" in query["sql"] for query in queries)
    with CaptureQueriesContext(connection) as queries:
        assert "0 results" in site.get(address, {"q": "nothing like it"}).content.decode()
    assert any("COUNT(*)" in query["sql"] for query in queries)


def test_a_stage_is_stopped_and_let_go_on_there_too(site: Client, root: User) -> None:
    site.post(reverse("admin:core_stagepause_add"), {"stage": "parse_cvs"})
    pause = StagePause.objects.get()
    assert (pause.stage, pause.paused_by) == ("parse_cvs", root)
    cv = make_cv()
    work_until_idle()
    assert CV.objects.get(pk=cv.pk).status == Status.PENDING
    changes = reverse("admin:core_stagepause_changelist")
    site.post(changes, {"action": "resume_selected", "_selected_action": [pause.pk]})
    work_until_idle()
    assert CV.objects.get(pk=cv.pk).status == Status.COMPLETED
    now = timezone.now()
    run = StageRun.objects.create(stage="clean_up", started_at=now, finished_at=now)
    action = {"action": "pause_stages", "_selected_action": [run.pk]}
    site.post(reverse("admin:core_stagerun_changelist"), action)
    assert StagePause.objects.get().stage == "clean_up"


def test_a_page_of_a_row_links_to_the_rows_beside_it(site: Client) -> None:
    make_cv()
    make_job()
    work_until_idle()
    cv = CV.objects.get()
    page = site.get(reverse("admin:ingestion_cv_change", args=[cv.pk])).content.decode()
    assert reverse("admin:ingestion_candidate_change", args=[cv.candidate_id]) in page
    lists = site.get(reverse("admin:matching_prediction_changelist")).content.decode()
    assert reverse("admin:ingestion_cv_change", args=[cv.pk]) in lists


def test_the_site_has_our_colours_and_nothing_inline(site: Client) -> None:
    make_job()
    for address in ("/admin/", "/admin/jobs/job/", reverse("admin:jobs_job_change", args=[Job.objects.get().pk])):
        page = site.get(address).content.decode()
        assert "css/admin.css" in page
        scripts = re.findall(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>", page)
        assert scripts == []


def test_whatever_only_services_write_shares_one_way_of_being_looked_at() -> None:
    unlike = {one.model._meta.label for one in ours() if not isinstance(one, ReadOnlyAdmin)}
    assert unlike == {"core.User", "core.ApiKey", "core.StagePause"}
