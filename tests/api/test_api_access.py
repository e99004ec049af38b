"""Who may call what: by session, by key, by role; and the one shape of every refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cvmatch.api import api
from cvmatch.core.auth import create_key
from cvmatch.core.models import ApiKey
from jobs.models import Job
from matching.models import Prediction
from matching.services import request_matches
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

# Each endpoint with what it answers to: candidate who owns the CV, another candidate, recruiter, admin.
CALLS = {
    "list_jobs": ("GET", "/jobs", (200, 200, 200, 200)),
    "get_job_facets": ("GET", "/jobs/facets", (200, 200, 200, 200)),
    "get_job": ("GET", "/jobs/{job}", (200, 200, 200, 200)),
    "push_jobs": ("POST", "/jobs", (403, 403, 200, 200)),
    "upload_and_parse": ("POST", "/candidate/upload_and_parse", (422, 422, 422, 422)),  # without a file
    "list_cvs": ("GET", "/cvs", (200, 200, 200, 200)),
    "get_cv": ("GET", "/cvs/{cv}", (200, 404, 200, 200)),
    "list_corrections": ("GET", "/cvs/{cv}/corrections", (200, 404, 200, 200)),
    "add_correction": ("POST", "/cvs/{cv}/corrections", (422, 404, 422, 422)),  # of nothing that there is
    "undo_correction": ("DELETE", "/cvs/{cv}/corrections/0", (404, 404, 404, 404)),
    "get_cv_status": ("GET", "/cvs/{cv}/status", (200, 404, 200, 200)),
    "get_recommendations": ("GET", "/cvs/{cv}/recommendations", (200, 404, 200, 200)),
    "get_filtered_matches": ("GET", "/cvs/{cv}/matches?country=DE", (200, 404, 200, 200)),
    "start_match": ("POST", "/match", (202, 404, 202, 202)),
    "get_match": ("GET", "/match/{prediction}", (200, 404, 200, 200)),
    "system_health": ("GET", "/admin/system_health", (403, 403, 403, 200)),
    "list_sources": ("GET", "/admin/sources", (403, 403, 403, 200)),
    "get_source": ("GET", "/admin/sources/none", (403, 403, 403, 404)),
    "sync_source": ("POST", "/admin/sources/none/sync", (403, 403, 403, 404)),
    "pause_source": ("POST", "/admin/sources/none/pause", (403, 403, 403, 404)),
    "resume_source": ("POST", "/admin/sources/none/resume", (403, 403, 403, 404)),
    "parsing_quality": ("GET", "/admin/parsing_quality", (403, 403, 403, 200)),
}
BODIES = {"push_jobs": [], "add_correction": {"path": "nonsense"}, "start_match": {"cv_id": "{cv}"}}


@pytest.fixture
def rows(candidate) -> dict[str, int]:
    job, cv = make_job(), make_cv(user=candidate)
    work_until_idle()
    return {"job": job.pk, "cv": cv.pk, "prediction": Prediction.objects.get().pk}


def call(client: Client, name: str, rows: dict[str, int], **headers: str):
    method, path, _ = CALLS[name]
    body = BODIES.get(name)
    if body == {"cv_id": "{cv}"}:
        body = {"cv_id": rows["cv"]}
    address = "/api/v1" + path.format(**rows)
    if method in {"GET", "DELETE"}:
        return getattr(client, method.lower())(address, headers=headers)
    if body is None:
        return client.post(address, headers=headers)
    return client.post(address, data=body, content_type="application/json", headers=headers)


def assert_problem(response, status: int) -> dict:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_the_table_above_names_every_operation() -> None:
    operations = {
        operation["operationId"] for path in api.get_openapi_schema()["paths"].values() for operation in path.values()
    }
    assert operations == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_nobody_gets_in_without_session_or_key(name: str, rows) -> None:
    response = call(Client(), name, rows)
    assert_problem(response, 401)
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", CALLS)
def test_each_role_gets_what_it_may_see_and_nothing_else(name: str, rows, as_user, candidate, other_candidate) -> None:
    people = (candidate, other_candidate, "recruiter", "admin")
    answers = [call(as_user(person), name, rows) for person in people]
    assert [answer.status_code for answer in answers] == list(CALLS[name][2])
    for answer in answers:
        if answer.status_code >= 400:
            assert_problem(answer, answer.status_code)


@pytest.mark.parametrize("name", CALLS)
def test_a_key_opens_what_its_owner_may_see(name: str, rows, candidate) -> None:
    secret = create_key(user=candidate, name="script")
    response = call(Client(enforce_csrf_checks=True), name, rows, Authorization=f"Bearer {secret}")
    assert response.status_code == CALLS[name][2][0]


def test_a_candidate_sees_no_list_of_a_jobs_candidates_not_even_with_their_own_cv_in_it(
    rows, as_user, candidate
) -> None:
    prediction = request_matches(job=Job.objects.get(), requested_by=None)
    work_until_idle()
    assert_problem(as_user(candidate).get(f"/api/v1/match/{prediction.pk}"), 404)
    assert_problem(
        as_user(candidate).post("/api/v1/match", {"job_id": rows["job"]}, content_type="application/json"), 403
    )


def test_a_program_may_do_what_a_recruiter_may_and_run_sources(rows, as_user) -> None:
    secret = create_key(user=make_user("robot", role="service"), name="nightly")
    answers = [call(Client(), name, rows, Authorization=f"Bearer {secret}").status_code for name in CALLS]
    assert answers == [statuses[3 if "/admin/sources" in path else 2] for _, path, statuses in CALLS.values()]


@pytest.mark.parametrize("broken", ["wrong", "expired", "revoked", "inactive"])
def test_a_key_that_is_not_valid_any_more_opens_nothing(broken: str, candidate) -> None:
    secret = create_key(user=candidate, name="script")
    now = timezone.now()
    if broken == "wrong":
        secret = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    elif broken == "expired":
        ApiKey.objects.update(expires_at=now - timedelta(seconds=1))
    elif broken == "revoked":
        ApiKey.objects.update(revoked_at=now)
    else:
        candidate.is_active = False
        candidate.save()
    assert_problem(Client().get("/api/v1/jobs", headers={"Authorization": f"Bearer {secret}"}), 401)


def test_a_key_that_expires_later_is_valid_and_remembers_its_use(candidate) -> None:
    secret = create_key(user=candidate, name="script", expires_at=timezone.now() + timedelta(minutes=1))
    assert Client().get("/api/v1/jobs", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert ApiKey.objects.get().last_used_at is not None


def test_a_session_needs_the_csrf_token_to_change_anything(rows, candidate) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(candidate)
    refused = client.post("/api/v1/match", {"cv_id": rows["cv"]}, content_type="application/json")
    assert_problem(refused, 403)
    client.get(reverse("cv-upload"))
    token = client.cookies["csrftoken"].value
    allowed = client.post(
        "/api/v1/match", {"cv_id": rows["cv"]}, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert allowed.status_code == 202


def test_every_operation_has_a_summary_a_description_and_a_tag() -> None:
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            assert all(operation.get(key) for key in ("summary", "description", "tags")), (method, path)


def test_the_description_of_the_api_and_its_page_load() -> None:
    schema = Client().get("/api/v1/openapi.json")
    assert schema.json()["info"]["title"] == "cvmatch"
    assert Client().get("/api/v1/docs").status_code == 200


def test_an_unexpected_error_says_nothing_of_its_cause(settings, as_user) -> None:
    settings.PIPELINE = "words.of.a.secret.cv"
    response = as_user("admin").get("/api/v1/admin/system_health")
    body = assert_problem(response, 500)
    assert "secret" not in str(body)
    assert response["X-Request-ID"]


def test_the_system_health_names_the_parts_and_the_stages(rows, as_user) -> None:
    health = as_user("admin").get("/api/v1/admin/system_health").json()
    assert {"database", "cache", "queue"} <= set(health["checks"])
    assert {"parse_cvs", "clean_up"} <= {stage["name"] for stage in health["stages"]}


def test_an_address_that_does_not_exist_is_not_found(as_user) -> None:
    assert as_user("admin").get("/api/v1/nothing").status_code == 404
