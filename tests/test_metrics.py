"""The metrics page answers admins and nobody else, and says what the database knows and what was counted here."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY

from cvmatch.core import cache_counts
from cvmatch.core.auth import create_key
from cvmatch.core.metrics import EMBEDDING_SECONDS, shared_time
from cvmatch.core.models import StageRun, User, WorkerHeartbeat
from cvmatch.core.queue import BULK, INTERACTIVE, enqueue
from cvmatch.stored_metrics import STORED
from matching import embedding
from matching.embedding.pacing import Breaker
from matching.vectors import embed_cached
from tests.support import make_cv, make_user

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


def stored(name: str, **labels: str) -> float | None:
    return STORED.get_sample_value(name, labels)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_queues_say_how_much_waits_and_for_how_long() -> None:
    for _ in range(3):
        enqueue("embed_jobs", queue=BULK)
    WorkerHeartbeat.objects.create(cluster=BULK, beat_at=timezone.now() - timedelta(minutes=7))
    assert stored("cvmatch_queue_depth", queue=BULK) == 3
    assert stored("cvmatch_queue_depth", queue=INTERACTIVE) == 0
    assert stored("cvmatch_queue_running", queue=BULK) == 0
    assert stored("cvmatch_queue_age_seconds", queue=INTERACTIVE) == 0
    assert stored("cvmatch_worker_silent_seconds", queue=BULK) == pytest.approx(420, abs=30)
    assert stored("cvmatch_worker_silent_seconds", queue=INTERACTIVE) is None, "there never was one"


def test_stages_say_what_waits_since_when_and_what_ended_in_the_last_hour() -> None:
    cv = make_cv()
    type(cv).objects.update(uploaded_at=timezone.now() - timedelta(hours=2))
    now = timezone.now()
    for age_h, done, failed in ((0, 5, 1), (0.5, 7, 0), (3, 100, 100)):
        at = now - timedelta(hours=age_h)
        StageRun.objects.create(stage="parse_cvs", started_at=at, finished_at=at, done=done, failed=failed)
    StageRun.objects.create(stage="a stage of long ago", started_at=now, finished_at=now, done=1)
    assert stored("cvmatch_stage_backlog", stage="parse_cvs", state="waiting") == 1
    assert stored("cvmatch_stage_age_seconds", stage="parse_cvs") == pytest.approx(7200, abs=60)
    assert stored("cvmatch_stage_age_seconds", stage="embed_jobs") == 0
    assert stored("cvmatch_stage_rows", stage="parse_cvs", outcome="done") == 12
    assert stored("cvmatch_stage_rows", stage="parse_cvs", outcome="failed") == 1
    assert stored("cvmatch_stage_rows", stage="a stage of long ago", outcome="done") is None


def test_asking_takes_a_fixed_number_of_queries(django_assert_max_num_queries) -> None:
    make_cv()
    with django_assert_max_num_queries(16):
        list(STORED.collect())


def test_each_of_a_batch_has_its_share_of_the_time() -> None:
    before = counted("cvmatch_embedding_seconds_count", provider="test")
    with shared_time(EMBEDDING_SECONDS, 4, provider="test"):
        pass
    assert counted("cvmatch_embedding_seconds_count", provider="test") == before + 4
    with pytest.raises(ValueError, match="no"), shared_time(EMBEDDING_SECONDS, 4, provider="test"):
        raise ValueError("no")
    assert counted("cvmatch_embedding_seconds_count", provider="test") == before + 4


def test_a_text_that_is_embedded_again_is_a_hit_and_no_work_of_the_model() -> None:
    def now() -> tuple[float, ...]:
        hits, misses = (stored(f"cvmatch_cache_{kind}_total", layer="l3") or 0.0 for kind in ("hits", "misses"))
        return hits, misses, counted("cvmatch_embedding_seconds_count", provider="hashing")

    before = now()
    embed_cached(["one text", "another", "one text"])
    embed_cached(["another", "a third"])
    assert tuple(np.subtract(now(), before)) == (1, 3, 3)


def test_a_call_of_the_model_that_fails_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def embed(self, texts: object) -> object:
            raise OSError("gone")

    monkeypatch.setattr(embedding, "get_provider", Broken)
    before = counted("cvmatch_embedding_failures_total", provider="hashing")
    with pytest.raises(OSError, match="gone"):
        embedding.embed(["text"])
    assert counted("cvmatch_embedding_failures_total", provider="hashing") == before + 1


def test_the_breaker_of_the_endpoint_is_seen_to_open_and_to_close() -> None:
    breaker = Breaker(failures=2)
    breaker.failed()
    assert counted("cvmatch_breaker_open", service="embedding") == 0
    breaker.failed()
    assert counted("cvmatch_breaker_open", service="embedding") == 1
    breaker.succeeded()
    assert counted("cvmatch_breaker_open", service="embedding") == 0


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
