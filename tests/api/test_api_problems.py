"""Every refusal under the API is a problem of a known kind, whoever refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client

from cvmatch.core.http_api import KINDS, cursor_at, position
from cvmatch.core.http_api.throttling import take
from tests.support import make_job

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/jobs"


def kind_of(response: Any) -> str:
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "errors", "request_id"}
    assert body["status"] == response.status_code
    assert body["request_id"] == response["X-Request-ID"]
    page, _, name = str(body["type"]).partition("#")
    assert page == "/docs/errors"
    assert KINDS[name].status == response.status_code
    assert body["title"]
    assert body["detail"]
    return name


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/jobs/one/two/three", "/api/v1/cvs/999999999999999999"])
def test_an_address_that_there_is_not(as_user: Any, address: str) -> None:
    response = as_user("admin").get(address)
    assert kind_of(response) in {"not-found", "invalid"}


def test_another_method_names_those_that_there_are(as_user: Any) -> None:
    response = as_user("admin").delete(JOBS)
    assert kind_of(response) == "method"
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize("body", ["{", "[1", b"\xff\xfe", "[" * 5000])
def test_a_body_that_is_no_json(as_user: Any, body: Any) -> None:
    assert kind_of(as_user("recruiter").post(JOBS, body, content_type="application/json")) == "malformed"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/csv"])
def test_a_body_of_another_type(as_user: Any, kind: str) -> None:
    response = as_user("recruiter").post(JOBS, "[]", content_type=kind)
    assert kind_of(response) == "content-type"
    assert "application/json" in response.json()["detail"]


def test_a_body_that_is_too_large(as_user: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    client = as_user("recruiter")
    assert kind_of(client.post(JOBS, "[" + " " * 20 + "]", content_type="application/json")) == "too-large"
    keyed = client.post(JOBS, "[" + " " * 20 + "]", content_type="application/json", headers={"Idempotency-Key": "k"})
    assert kind_of(keyed) == "too-large"


def test_a_session_without_the_csrf_token(as_user: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = as_user("recruiter").cookies
    response = client.post(JOBS, [], content_type="application/json")
    assert kind_of(response) == "not-allowed"
    assert "X-CSRFToken" in response.json()["detail"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer cvm_wrong"}])
def test_a_write_without_a_valid_key_is_told_so_and_not_about_tokens_of_sessions(headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True, headers=headers)
    response = client.post(JOBS, [], content_type="application/json")
    assert kind_of(response) == "not-signed-in"
    assert response["WWW-Authenticate"] == "Bearer"


def test_fields_that_are_not_valid_are_named(as_user: Any) -> None:
    response = as_user("recruiter").post(JOBS, [{"external_id": "1", "title": ""}], content_type="application/json")
    assert kind_of(response) == "invalid"
    assert [error["field"] for error in response.json()["errors"]] == ["body.0.title"]


def test_a_host_that_is_not_ours() -> None:
    assert kind_of(Client(headers={"Host": "elsewhere.example"}).get(JOBS)) == "malformed"


def test_a_database_that_is_gone(monkeypatch: pytest.MonkeyPatch, as_user: Any) -> None:
    client = as_user("candidate")

    def gone(*_: Any) -> Any:
        raise OperationalError("the connection is lost, and this text names the host")

    monkeypatch.setattr(f"{take.__module__}.take", gone)
    monkeypatch.setattr("cvmatch.core.http_api.throttling.take", gone)
    response = client.get(JOBS)
    assert kind_of(response) == "unavailable"
    assert response["Retry-After"]
    assert "host" not in str(response.json())


def test_a_page_that_is_not_there_stays_a_page(as_user: Any) -> None:
    assert as_user("admin").get("/nothing/")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("cursor", ["5", "-5", "1" * 31, "x", "WzFd", "WzFd:abc", "\x00"])
def test_a_cursor_that_we_did_not_make_is_not_valid(as_user: Any, cursor: str) -> None:
    for address in (JOBS, "/api/v1/cvs"):
        response = as_user("recruiter").get(address, {"cursor": cursor})
        assert kind_of(response) == "invalid"
        assert [error["field"] for error in response.json()["errors"]] == ["query.cursor"]


def test_a_cursor_is_for_its_own_list_only(as_user: Any) -> None:
    for number in range(3):
        make_job(str(number))
    client = as_user("recruiter")
    following = client.get(JOBS, {"limit": 2}).json()["next"]
    assert len(client.get(following).json()["items"]) == 1
    query = following.partition("?")[2]
    assert kind_of(client.get(f"/api/v1/cvs?{query}")) == "invalid"


def test_a_cursor_keeps_its_values_and_their_types(rf: Any) -> None:
    request: HttpRequest = rf.get(JOBS)
    values = [7, "2026-01-01T00:00:00Z", None, 0.5]
    assert position(request, cursor_at(request, values)) == values


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_a_page_has_bounds(as_user: Any, limit: str) -> None:
    response = as_user("candidate").get(JOBS, {"limit": limit})
    assert kind_of(response) == "invalid"
    assert [error["field"] for error in response.json()["errors"]] == ["query.limit"]


def test_the_documentation_lists_every_kind_with_its_status() -> None:
    text = (Path(project.PROJECT_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
    missing = [kind.name for kind in KINDS.values() if f"| `{kind.name}` | {kind.status} |" not in text]
    assert missing == []
