"""The metrics page answers admins and nobody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from cvmatch.core import cache_counts
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


def test_hits_and_misses_of_each_cache_are_counted_over_all_processes(client: Client) -> None:
    key = create_key(user=make_user("admin", User.Role.ADMIN), name="prometheus")

    def told() -> dict[str, float]:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).content.decode()
        lines = (line.rpartition(" ") for line in answer.splitlines() if line.startswith("cvmatch_cache_"))
        return {name: float(value) for name, _, value in lines}

    before = told()
    cache_counts.count("l2", hits=3, misses=1)
    with connection.cursor() as cursor:  # as another process
        cursor.execute(
            "INSERT INTO core_cachecount AS c VALUES ('l2', 2, 0) ON CONFLICT (layer) DO UPDATE SET hits = c.hits + 2"
        )
    after = told()
    names = ('cvmatch_cache_hits_total{layer="l2"}', 'cvmatch_cache_misses_total{layer="l2"}')
    assert [after[name] - before[name] for name in names] == [5, 1]
    assert {name.split('"')[1] for name in after} == {"l1", "l2", "l3", "reference"}
