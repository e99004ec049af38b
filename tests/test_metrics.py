"""The metrics page answers admins and nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from cvmatch.core.auth import create_key
from cvmatch.core.models import User
from tests.support import make_user

pytestmark = pytest.mark.django_db


def test_metrics_need_an_admin(client: Client) -> None:
    assert client.get("/metrics").status_code == 401
    client.force_login(make_user("recruiter", User.Role.RECRUITER))
    assert client.get("/metrics").status_code == 401


def test_an_admins_key_reads_the_request_counters(client: Client) -> None:
    key = create_key(user=make_user("admin", User.Role.ADMIN), name="prometheus")
    client.get("/health/live")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert b"django_http_requests_total_by_view_transport_method_total" in answer.content


def test_a_wrong_key_reads_nothing(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer cvm_wrong"}).status_code == 401
