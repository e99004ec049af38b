"""What can be observed of cvmatch while it runs in several processes: sums over all of them, and one id from upload to list."""

from __future__ import annotations

import pytest

from tests.running import PIPELINE, REQUEST_ID, Observed

pytestmark = pytest.mark.django_db


def test_requests_are_summed_over_the_web_processes(observed: Observed) -> None:
    asked = {"view": "health-ready", "method": "GET"}
    counted = observed.value("django_http_requests_total_by_view_transport_method_total", view="health-ready")
    assert counted == observed.health_views
    assert observed.value("django_http_requests_latency_seconds_by_view_method_count", **asked) == observed.health_views


def test_what_the_workers_measured_is_at_the_web_server_too(observed: Observed) -> None:
    assert observed.value("cvmatch_embedding_seconds_count", provider="hashing") > 0
    assert observed.value("cvmatch_match_seconds_count", side="jobs") == 1
    assert observed.value("cvmatch_match_pairs_total", side="jobs") == 1
    for stage in PIPELINE:
        assert observed.value("cvmatch_stage_run_seconds_count", stage=stage) >= 1


def test_workers_give_what_they_counted_on_a_port_of_their_own(observed: Observed) -> None:
    assert 'cvmatch_match_seconds_count{side="jobs"} 1.0' in observed.worker_counts
    assert "cvmatch_queue_depth" not in observed.worker_counts, "what the database knows is for admins"


def test_queues_stages_and_database_are_read_when_asked_for(observed: Observed) -> None:
    for queue in ("interactive", "bulk"):
        assert observed.value("cvmatch_queue_depth", queue=queue) >= 0
        assert observed.value("cvmatch_queue_age_seconds", queue=queue) >= 0
    assert observed.value("cvmatch_worker_silent_seconds", queue="interactive") < 60
    assert observed.value("cvmatch_stage_rows", stage="parse_cvs", outcome="done") == 1
    assert observed.value("cvmatch_stage_age_seconds", stage="parse_cvs") == 0
    assert 0 < observed.value("cvmatch_database_connections") < observed.value("cvmatch_database_connections_limit")
    assert observed.value("cvmatch_cache_misses_total", layer="l3") >= 0
    assert observed.value("cvmatch_vector_recall", side="jobs") == 1


def test_no_metric_is_given_twice(observed: Observed) -> None:
    types = [line.split()[2] for line in observed.metrics.splitlines() if line.startswith("# TYPE ")]
    assert len(types) == len(set(types))


def test_the_id_of_the_upload_is_in_the_log_of_every_stage_that_it_started(observed: Observed) -> None:
    ran = [line for line in observed.logs if line.get("event") == "stage ran" and line["stage"] in PIPELINE]
    followed = {line["stage"] for line in ran if line["request_id"] == REQUEST_ID}
    assert followed == set(PIPELINE)
    assert {line["process"] for line in ran} == {"worker"}
