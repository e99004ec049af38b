"""Operations over HTTP: the pipeline and its failures, figures, and a try of the queues."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cvmatch.core.models import Status
from cvmatch.performance import _percentile
from ingestion.models import CV
from matching.models import EvaluationRun, Interaction
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

ADMIN = "/api/v1/admin"


def test_failed_rows_are_told_by_cause_and_put_back(as_user) -> None:
    one, two, other = (make_cv() for _ in range(3))
    CV.objects.update(status=Status.FAILED, error="It broke.", finished_at=timezone.now())
    CV.objects.filter(pk=other.pk).update(error="Something else.")
    client = as_user("admin")
    state = client.get(f"{ADMIN}/pipeline_status").json()
    group = next(group for group in state["failures"] if group["cause"] == "It broke.")
    assert (group["stage"], group["count"], set(group["examples"])) == ("parse_cvs", 2, {one.pk, two.pk})
    assert {worker["queue"] for worker in state["workers"]} == {"interactive", "bulk"}
    assert next(stage for stage in state["stages"] if stage["name"] == "parse_cvs")["failed"] == 3

    def retry(**body) -> int:
        answer = client.post(f"{ADMIN}/pipeline/retry", body, content_type="application/json")
        return answer.json()["put_back"] if answer.status_code == 200 else answer.status_code

    assert retry(stage="parse_cvs", id=one.pk) == 1
    assert retry(stage="parse_cvs", cause="It broke.") == 1
    assert retry(stage="parse_cvs") == 1
    assert retry(stage="parse_cvs") == 0
    assert retry(stage="no such stage") == 404


def test_figures_tell_what_was_done_and_null_where_nothing_was(as_user) -> None:
    client = as_user("admin")
    empty = client.get(f"{ADMIN}/performance_dashboard").json()
    assert empty["lists_last_hour"] == {"count": 0, "p50_s": None, "p95_s": None}
    assert empty["stages"] == []
    make_job()
    make_cv()
    work_until_idle()
    figures = client.get(f"{ADMIN}/performance_dashboard").json()
    assert figures["lists_last_hour"]["count"] == figures["lists_last_day"]["count"] == 1
    assert 0 < figures["readings_last_day"]["p50_s"] <= figures["lists_last_hour"]["p95_s"] + 60
    stages = {stage["name"]: stage for stage in figures["stages"]}
    assert (stages["parse_cvs"]["done"], stages["parse_cvs"]["rows_per_s"] > 0) == (1, True)
    assert set(figures["queues"]) == {"interactive", "bulk"}
    assert figures["requests"]["count"] > 0
    assert 0 <= figures["cache_hit_rate"] < 1


def test_a_percentile_is_read_off_the_buckets() -> None:
    buckets = {0.1: 50.0, 0.2: 90.0, float("inf"): 100.0}
    assert _percentile(buckets, 0.5) == 0.1
    assert _percentile(buckets, 0.7) == pytest.approx(0.15)
    assert _percentile(buckets, 0.95) is None, "beyond the last edge nothing is known"


def test_quality_is_told_as_collections_and_as_people_say(as_user, candidate) -> None:
    now = timezone.now()

    def run(ranker: str, days: int) -> None:
        EvaluationRun.objects.create(
            run_at=now - timedelta(days=days), collection="ours", kind="cvs", ranker=ranker, queries=1, documents=2,
            measures_json={"AP": 0.5}, by_query_json={}, model="m", config_version="c", machine="m", duration_s=1.0,
        )  # fmt: skip

    run("default", 1)
    run("bm25", 2)
    run("default", 40)
    job = make_job()
    for kind in ("open", "apply"):
        Interaction.objects.create(user=candidate, job=job, kind=kind, hour=now)
    Interaction.objects.create(user=make_user("b"), job=job, kind="open", hour=now)
    told = as_user("admin").get(f"{ADMIN}/evaluation_metrics?days=30").json()
    assert [(row["collection"], row["measures"]) for row in told["evaluations"]] == [("ours", {"AP": 0.5})]
    assert (told["interactions"]["open"], told["interactions"]["reject"], told["apply_rate"]) == (2, 0, 0.5)
    assert as_user("admin").get(f"{ADMIN}/evaluation_metrics?days=0").status_code == 422


def test_a_task_goes_to_each_queue_and_back(as_user) -> None:
    client = as_user("admin")
    started = client.post(f"{ADMIN}/queue_test")
    assert (started.status_code, started.json()["status"]) == (202, "pending")
    assert started.json()["seconds"] == {"interactive": None, "bulk": None}
    work_until_idle()
    done = client.get(started["Location"]).json()
    assert done["status"] == "completed"
    assert all(seconds >= 0 for seconds in done["seconds"].values())
    assert client.get(f"{ADMIN}/queue_test/{uuid4()}").status_code == 404
