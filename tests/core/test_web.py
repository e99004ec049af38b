"""What every request gets: an id, and errors that say what to do."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_q.models import OrmQ

from tests.support import CV_TEXT, make_user

pytestmark = pytest.mark.django_db


def test_a_request_id_that_is_well_formed_is_kept(client) -> None:
    assert client.get("/sign-in/", headers={"X-Request-ID": "proxy-12345678"})["X-Request-ID"] == "proxy-12345678"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "evil\tid-12345", "<script>alert</script>"])
def test_any_other_request_id_is_replaced_by_a_new_one(client, given: str) -> None:
    first = client.get("/sign-in/", headers={"X-Request-ID": given})["X-Request-ID"]
    second = client.get("/sign-in/", headers={"X-Request-ID": given})["X-Request-ID"]
    assert given != first != second
    assert len(first) == 32


def test_the_request_id_goes_with_the_task_that_the_request_causes(client) -> None:
    client.force_login(make_user())
    file = SimpleUploadedFile("cv.txt", CV_TEXT.encode())
    client.post("/api/v1/candidate/upload_and_parse", {"file": file}, headers={"X-Request-ID": "abc-12345678"})
    assert OrmQ.objects.get().task["kwargs"]["request_id"] == "abc-12345678"


def test_an_expected_error_is_a_page_or_for_htmx_a_fragment_with_its_status(client) -> None:
    client.force_login(make_user())
    page = client.get(reverse("job", args=[999_999]))
    fragment = client.get(reverse("job", args=[999_999]), headers={"HX-Request": "true"})
    assert (page.status_code, fragment.status_code) == (404, 404)
    assert "<html" in page.content.decode()
    assert "<html" not in fragment.content.decode()
    assert "There is no such job" in page.content.decode()


@pytest.mark.parametrize(("role", "status"), [("candidate", 403), ("recruiter", 403), ("admin", 200)])
def test_operations_pages_are_for_admins(client, role: str, status: int) -> None:
    client.force_login(make_user(role, role=role))
    assert client.get(reverse("pipeline")).status_code == status


@pytest.mark.parametrize("name", ["home", "job-list", "cv-list", "pipeline"])
def test_who_is_not_signed_in_is_sent_to_sign_in(client, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_page_that_htmx_gets_in_parts_is_kept_apart_from_its_parts(client) -> None:
    client.force_login(make_user())
    page, part = client.get("/jobs/"), client.get("/jobs/", headers={"HX-Request": "true", "HX-Target": "jobs"})
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in page["Vary"].split(",")}
    assert page["Vary"] == part["Vary"]
