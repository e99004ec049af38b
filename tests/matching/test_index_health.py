"""Indexes of vectors are built anew once too many of their vectors have left, and what a broken rebuild left is dropped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cvmatch.core.models import StageRun
from cvmatch.stored_metrics import STORED
from cvmatch.tasks import run_stage
from jobs.models import Job
from matching import index_health
from matching.index_health import keep_healthy, states
from matching.models import IndexHealth, JobVector

# Nothing of it may be in a transaction.
pytestmark = pytest.mark.django_db(transaction=True)

TEXT, TITLE = "matching_jobvector_text", "matching_jobvector_title"


def do(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def settle() -> None:
    """Let the next look see what this connection did: PostgreSQL adds its counts up once in a while."""
    do("SELECT pg_stat_force_next_flush()")
    do("SELECT 1")


def share(name: str = TEXT) -> float:
    settle()
    return {state.name: state.removed_share for state in states()}[name]


@pytest.fixture(autouse=True)
def forty_vectors() -> Iterator[None]:
    jobs = Job.objects.bulk_create(
        Job(source="test", external_id=str(number), title="Nurse", changed_at=timezone.now()) for number in range(20)
    )
    JobVector.objects.bulk_create(
        JobVector(job=job, kind=kind, model="hashing-1", embedding=[float(number + 1), *[1.0] * 383])
        for number, job in enumerate(jobs)
        for kind in ("text", "title")
    )
    settle()
    keep_healthy(share=0.0)  # from here on: whatever tests before have removed


def remove(count: int) -> None:
    first = JobVector.objects.filter(kind="text").order_by("job").values_list("job", flat=True)[:count]
    JobVector.objects.filter(job__in=list(first)).delete()
    settle()


def file_of(name: str) -> int:
    return {state.name: state.file for state in states()}[name]


def leftovers() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'matching_jobvector'")
        return [name for (name,) in cursor.fetchall() if "_cc" in name]


def test_an_index_is_built_anew_when_the_share_has_left_and_not_before() -> None:
    before = file_of(TEXT)
    remove(2)
    assert keep_healthy(share=0.2).rebuilt == ()
    assert share() == pytest.approx(4 / 36)
    remove(2)
    assert keep_healthy(share=0.2).rebuilt == (TEXT, TITLE)
    assert file_of(TEXT) != before
    assert share() == share(TITLE) == 0
    assert IndexHealth.objects.get(name=TEXT).rebuilt_at is not None
    assert keep_healthy(share=0.2).rebuilt == ()


def test_it_still_finds_what_is_there_afterwards() -> None:
    remove(10)
    keep_healthy(share=0.2)
    do("SET enable_seqscan = off")
    try:
        nearest = "SELECT count(*) FROM (SELECT 1 FROM matching_jobvector WHERE kind = 'text' ORDER BY embedding <=> %s LIMIT 40)"
        with connection.cursor() as cursor:
            cursor.execute(nearest, ["[" + ",".join(["1"] * 384) + "]"])
            assert cursor.fetchone()[0] == 10
    finally:
        do("RESET enable_seqscan")


def test_replaced_vectors_count_too_and_the_statistics_of_the_planner_are_fresh() -> None:
    for vector in JobVector.objects.filter(kind="title")[:5]:
        vector.embedding = [2.0] * 384
        vector.save()
    assert share() == pytest.approx(5 / 40)
    remove(10)
    keep_healthy(share=9.0)
    assert {state.rows for state in states() if state.name in (TEXT, TITLE)} == {10}


def test_a_rebuild_by_somebody_else_and_a_reset_of_statistics_start_the_count_anew() -> None:
    remove(10)
    assert share() == pytest.approx(20 / 40)
    do(f"REINDEX INDEX {TEXT}")
    assert (share(), share(TITLE) > 0.2) == (0, True)
    IndexHealth.objects.update(removed_before=10**12)  # as after a reset: fewer are counted now than then
    keep_healthy(share=10**9)
    assert IndexHealth.objects.get(name=TITLE).removed_before == 0


def test_what_a_broken_rebuild_left_is_dropped() -> None:
    do(f"CREATE INDEX {TEXT}_ccnew ON matching_jobvector USING hnsw (embedding halfvec_cosine_ops) WHERE kind = 'text'")
    do(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{TEXT}_ccnew'::regclass")
    keep_healthy(share=9.0)
    assert leftovers() == []


def test_one_process_at_a_time() -> None:
    remove(10)
    with index_health._alone() as is_alone:
        assert is_alone
        assert not keep_healthy(share=0.2).is_alone
        with pytest.raises(CommandError, match="Another process"):
            call_command("keep_indexes")
    assert keep_healthy(share=0.2).is_alone


def test_the_stage_does_one_at_a_time_and_names_those_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    remove(10)
    assert run_stage("keep_indexes") == "1 done, 0 failed"
    assert (share(), share(TITLE) > 0.2) == (0, True)
    monkeypatch.setattr("matching.stages.MOST_ROWS_OF_A_WORKER", 9)
    assert run_stage("keep_indexes") == "0 done, 0 failed"
    error = StageRun.objects.filter(stage="keep_indexes").latest("started_at").error
    assert error == f"Too large for a worker; run manage.py keep_indexes: {TITLE}."


def writing_until_dropping(started: Event) -> None:
    """Hold a rebuild up as a long transaction does, until what the rebuild has left is to be dropped."""
    address = connection.get_connection_params()
    with psycopg.connect(**address) as writer, psycopg.connect(**address, autocommit=True) as watcher:
        writer.execute("LOCK TABLE matching_jobvector IN ROW EXCLUSIVE MODE")
        started.set()
        dropping = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DROP INDEX%'"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not watcher.execute(dropping).fetchall():
            time.sleep(0.02)


def test_a_rebuild_that_takes_longer_than_a_statement_may_is_left_and_leaves_nothing() -> None:
    remove(10)
    before, started = file_of(TEXT), Event()
    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(writing_until_dropping, started)
        assert started.wait(10)
        do("SET statement_timeout = '700ms'")
        try:
            kept = keep_healthy(share=0.2, most=1)
        finally:
            do("RESET statement_timeout")
        held.result()
    assert (kept.rebuilt, kept.left, kept.waiting) == ((), (TEXT,), (TITLE,))
    assert file_of(TEXT) == before
    assert leftovers() == []


def test_the_command_does_all_whatever_their_size_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    remove(10)
    call_command("keep_indexes")
    told = capsys.readouterr().out
    assert f"{TEXT}: 10 rows, built anew" in told
    assert f"{TITLE}: 10 rows, built anew" in told
    assert "matching_cvvector_text" in told


def test_the_share_is_a_metric() -> None:
    remove(10)
    assert STORED.get_sample_value("cvmatch_vector_index_removed_share", {"index": TEXT}) == pytest.approx(20 / 40)
