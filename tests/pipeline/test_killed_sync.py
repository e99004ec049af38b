"""A sync that is killed, at any statement of it, and run again leaves what an undisturbed one leaves.

The run is worked on in a copy of this process, which kills itself with SIGKILL when it is about to send its n-th statement;
what it had sent is undone by the database, and its open transaction with it. For every n there is, up to the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cvmatch.core.models import Status
from ingestion.models import Source, SyncRun
from ingestion.stages import sync_sources
from ingestion.syncing import connect_source, request_sync
from jobs.models import Job, JobReading, Payload, Sighting
from tests.board import SPEC, Board, row
from tests.killing import killed
from tests.source_server import SourceServer

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [[row(1), row(2), row(3), row(4), row(5)]]
# One is new, one changed, one gone for longer than its grace, one closed comes back, one is no posting, one is there twice.
AFTER = [[row(1), row(2, "Other"), {"identifier": "x"}], [row(6), row(5), row(6)]]


@pytest.fixture
def board(settings) -> Iterator[Board]:
    settings.JOB_SOURCES = {**settings.JOB_SOURCES, "board": SPEC}
    settings.FETCH = {**settings.FETCH, "allow_private": True}
    made = Board()
    server = SourceServer(made)
    made.url = server.url  # type: ignore[attr-defined]
    yield made
    server.close()


def test_a_sync_killed_at_any_statement_and_run_again_leaves_what_an_undisturbed_one_leaves(board: Board) -> None:
    prepare(board)
    work_to_the_end()
    undisturbed = state()
    assert undisturbed["runs"][-1]["created"] == 1, undisturbed["runs"]
    killed_at, was_killed = 0, True
    while was_killed:
        killed_at += 1
        prepare(board)
        was_killed = killed(lambda: sync_sources(limit=1), at=killed_at)
        if was_killed:
            SyncRun.objects.filter(status=Status.PROCESSING).update(lease_until=timezone.now() - timedelta(seconds=1))
        work_to_the_end()
        assert state() == undisturbed, f"killed at statement {killed_at}"
    assert killed_at > 40, "so many statements there are at least"


def prepare(board: Board) -> None:
    """A source that was read once, of which one posting was missing before and one was closed, and a run to be worked on."""
    Job.objects.all().delete()
    Source.objects.all().delete()
    board.pages = BEFORE
    source = connect_source(name="acme", kind="board", options={"url": board.url}, secrets={}, grace_days=1)  # type: ignore[attr-defined]
    request_sync(source)
    work_to_the_end()
    long_ago = timezone.now() - timedelta(days=3)
    Sighting.objects.filter(job__external_id="3").update(missed_since=long_ago)
    Job.objects.filter(external_id="5").update(status=Job.Status.EXPIRED, ended_at=long_ago)
    board.pages = AFTER
    request_sync(source)


def work_to_the_end() -> None:
    for _ in range(5):
        sync_sources(limit=1)
    assert not SyncRun.objects.exclude(status=Status.COMPLETED).exists()


def state() -> dict[str, Any]:
    """All that a sync writes, but for ids and moments."""
    known = {"id", "first_seen_at", "changed_at", "ended_at", "search"}
    columns = [field.name for field in Job._meta.concrete_fields if field.name not in known]
    missed = Sighting.objects.exclude(missed_since=None)
    return {
        "jobs": list(Job.objects.order_by("external_id").values(*columns)),
        "ended": set(Job.objects.exclude(ended_at=None).values_list("external_id", flat=True)),
        "sighted": list(Sighting.objects.order_by("job__external_id").values_list("job__external_id", "item_hash")),
        "missed": set(missed.values_list("job__external_id", flat=True)),
        "sent": list(Payload.objects.order_by("job__external_id").values_list("job__external_id", "raw")),
        "to read": list(JobReading.objects.order_by("job__external_id").values_list("job__external_id", "status")),
        "runs": [
            run.counts | {"repairs": run.repairs, "rejected": run.rejected} for run in SyncRun.objects.order_by("pk")
        ],
    }
