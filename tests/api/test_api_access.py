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
from matching.asking import ask_for_cv
from matching.models import Prediction
from matching.services import request_matches
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(candidate) -> dict[str, int]:
    job, cv = make_job(), make_cv(user=candidate)
    work_until_idle()
    task = ask_for_cv(user=candidate, cv=cv)
    work_until_idle()
    newest = Prediction.objects.order_by("pk").last()
    return {"job": job.pk, "cv": cv.pk, "prediction": newest.pk, "task": task.pk, "match": newest.matches.get().pk}


def assert_problem(response, status: int) -> dict:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_a_candidate_sees_no_list_of_a_jobs_candidates_not_even_with_their_own_cv_in_it(
    rows, as_user, candidate
) -> None:
    prediction = request_matches(job=Job.objects.get(), requested_by=None)
    work_until_idle()
    assert_problem(as_user(candidate).get(f"/api/v1/predictions/{prediction.pk}"), 404)
    assert_problem(
        as_user(candidate).post("/api/v1/match", {"job_id": rows["job"]}, content_type="application/json"), 403
    )


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
