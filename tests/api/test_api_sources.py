"""Sources over the API: who may see and run them, and that no secret is ever answered."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from cvmatch.core.models import Status, User
from ingestion.models import Source, SyncRun
from ingestion.syncing import connect_source
from tests.support import make_user

pytestmark = pytest.mark.django_db

ALL = "/api/v1/admin/sources"
SECRET = "s3cret-k3y"


@pytest.fixture
def source() -> Source:
    return connect_source(name="muse", kind="themuse", options={"category": "Nursing"}, secrets={"api_key": SECRET})


@pytest.mark.parametrize(
    ("role", "status"),
    [(User.Role.CANDIDATE, 403), (User.Role.RECRUITER, 403), (User.Role.SERVICE, 200), (User.Role.ADMIN, 200)],
)
def test_only_admins_and_services_see_and_run_sources(source: Source, as_user, role: str, status: int) -> None:
    client = as_user(make_user("somebody", role))
    assert client.get(ALL).status_code == status
    assert client.get(f"{ALL}/muse").status_code == status
    assert client.post(f"{ALL}/muse/pause").status_code == status
    assert client.post(f"{ALL}/muse/resume").status_code == status
    assert client.post(f"{ALL}/muse/sync").status_code == (202 if status == 200 else status)
    assert SyncRun.objects.exists() == (status == 200)


def test_without_a_key_nothing_is_answered(source: Source, client: Client) -> None:
    assert client.get(ALL).status_code == 401
    assert client.post(f"{ALL}/muse/sync").status_code == 401


def test_a_source_is_told_with_its_runs_and_never_its_secrets(source: Source, as_user) -> None:
    SyncRun.objects.create(source=source, status=Status.FAILED, error="It answered 404.", repairs={"pay swapped": 2})
    client = as_user("admin")
    for address in (ALL, f"{ALL}/muse"):
        body = client.get(address).content.decode()
        assert SECRET not in body
        assert source.sealed not in body
    one = client.get(f"{ALL}/muse").json()
    listed = client.get(ALL).json()
    assert (listed["next"], [each["name"] for each in listed["items"]]) == (None, ["muse"])
    assert (one["name"], one["kind"], one["state"], one["reason"]) == ("muse", "themuse", "failing", "It answered 404.")
    assert one["parameters"] == {"category": "Nursing"}
    assert (one["open_jobs"], one["quality"], one["breaker"], one["budgets"]) == (0, None, "closed", [])
    assert one["runs"][0]["repairs"] == {"pay swapped": 2}
    assert one["last_run"] == one["runs"][0]


def test_a_run_is_asked_for_once_and_its_answer_says_where_to_look(source: Source, as_user) -> None:
    client = as_user("admin")
    first, second = (client.post(f"{ALL}/muse/sync") for _ in range(2))
    assert (first.status_code, first["Location"], first["Retry-After"]) == (202, f"{ALL}/muse", "5")
    assert first.json()["id"] == second.json()["id"]
    assert client.get(f"{ALL}/muse").json()["state"] == "running"


def test_pausing_and_resuming_answer_how_it_stands(source: Source, as_user) -> None:
    client = as_user("admin")
    paused = client.post(f"{ALL}/muse/pause").json()
    assert (paused["is_paused"], paused["state"], paused["next_run_at"]) == (True, "paused", None)
    resumed = client.post(f"{ALL}/muse/resume").json()
    assert (resumed["is_paused"], resumed["state"]) == (False, "new")


def test_an_unknown_source_is_a_problem_that_says_so(as_user) -> None:
    answer = as_user("admin").get(f"{ALL}/nowhere")
    assert answer.status_code == 404
    assert "There is no source “nowhere”" in json.loads(answer.content)["detail"]
