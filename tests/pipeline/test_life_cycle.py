"""Whatever syncs and last days do, in whatever order: what has ended is never found, and what is open and embedded is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ingestion.models import Source, SyncRun
from ingestion.stages import sync_sources
from ingestion.syncing import connect_source, request_sync
from jobs.models import Job, Sighting
from jobs.selectors import list_jobs
from jobs.services import SHOWN_FOR, delete_expired
from jobs.stages import expire_jobs, read_jobs
from matching.embedding import get_provider
from matching.models import CVEmbedding
from matching.search import Side
from matching.search.exact import ExactSearch
from matching.search.pgvector import PgvectorSearch
from matching.stages import embed_cvs, embed_jobs
from tests.board import SPEC, Board, row
from tests.source_server import SourceServer
from tests.support import make_cv, work_until_idle

GRACE_DAYS = 2
NUMBERS = st.integers(0, 5)


class LifeCycle(RuleBasedStateMachine):
    """A board whose postings come, go, change and have last days, beside a model of what must be open."""

    @initialize()
    def begin(self) -> None:
        Job.objects.all().delete()
        Source.objects.all().delete()
        self.listed: dict[int, dict[str, Any]] = {}
        # What a run has seen last: number → the last day then. What was missing is in ``missed``, with the days since.
        self.stored: dict[int, datetime | None] = {}
        self.missed: dict[int, float] = {}
        self.ended: set[int] = set()
        self.source = connect_source(
            name="acme",
            kind="board",
            options={"url": BOARD.url},
            secrets={},
            grace_days=GRACE_DAYS,  # type: ignore[attr-defined]
        )
        self.now = timezone.now()

    @rule(number=NUMBERS, days=st.sampled_from([None, None, -1, 2, 5]), version=st.integers(0, 2))
    def list(self, number: int, days: int | None, version: int) -> None:
        last = None if days is None else self.now + timedelta(days=days)
        self.listed[number] = {"title": f"Nurse {number} {version}", "last": last}

    @precondition(lambda self: self.listed)
    @rule(data=st.data())
    def unlist(self, data: st.DataObject) -> None:
        del self.listed[data.draw(st.sampled_from(sorted(self.listed)))]

    @rule()
    def sync(self) -> None:
        BOARD.pages = [[self._row(number) for number in sorted(self.listed)]]
        request_sync(self.source)
        sync_sources(limit=1)
        run = SyncRun.objects.latest("pk")
        assert (run.status, run.error) == ("completed", "")
        for number, entry in self.listed.items():
            self.stored[number] = entry["last"]
            self.missed.pop(number, None)
            ends = entry["last"] is not None and entry["last"] < self.now
            (self.ended.add if ends else self.ended.discard)(number)
        fresh = set(self.stored) - self.ended - set(self.missed)
        gone = fresh - set(self.listed)
        if gone and 2 * len(gone) > len(fresh):
            assert run.doubt
            return
        assert not run.doubt
        for number in gone:
            self.missed[number] = 0.0
        for number in [one for one, days in self.missed.items() if days >= GRACE_DAYS and one not in self.ended]:
            self.ended.add(number)

    @rule(days=st.sampled_from([0.5, 1.0, 3.0]))
    def pass_time(self, days: float) -> None:
        """Everything becomes so much older."""
        past = timedelta(days=days)
        for job in Job.objects.exclude(expires_at=None):
            Job.objects.filter(pk=job.pk).update(expires_at=job.expires_at - past)
        for sighting in Sighting.objects.exclude(missed_since=None):
            Sighting.objects.filter(pk=sighting.pk).update(missed_since=sighting.missed_since - past)
        self.missed = {number: age + days for number, age in self.missed.items()}
        self.stored = {number: last and last - past for number, last in self.stored.items()}
        for entry in self.listed.values():
            entry["last"] = entry["last"] and entry["last"] - past

    @rule()
    def expire(self) -> None:
        expire_jobs(limit=100)
        self.ended |= {number for number, last in self.stored.items() if last is not None and last < self.now}

    @rule()
    def clean_up(self) -> None:
        Job.objects.exclude(status="active").update(ended_at=timezone.now() - SHOWN_FOR - timedelta(days=1))
        expire_jobs(limit=100)
        self.ended |= {number for number, last in self.stored.items() if last is not None and last < self.now}
        assert not Job.objects.filter(status=Job.Status.EXPIRED, ended_at__lt=timezone.now() - SHOWN_FOR).exists()

    @rule()
    def forget(self) -> None:
        """Long after their end, rows go; listed once more, they are new."""
        delete_expired(before=timezone.now() - timedelta(days=project.RETENTION_DAYS), limit=100)

    @rule()
    def read_and_embed(self) -> None:
        read_jobs(limit=100)
        embed_jobs(limit=100)

    @invariant()
    def only_what_is_open_is_found(self) -> None:
        if not hasattr(self, "stored"):
            return
        self.expire()
        must_be_open = {str(number) for number in set(self.stored) - self.ended}
        names = dict(Job.objects.values_list("pk", "external_id"))
        assert {job.external_id for job in list_jobs().rows} == must_be_open
        read_jobs(limit=100)
        embed_jobs(limit=100)
        cv = CVEmbedding.objects.values_list("cv_id", flat=True).get()
        for backend in (PgvectorSearch(), ExactSearch()):
            found = backend.find(Side.JOBS_FOR_CV, [cv], model=get_provider().name, limit=50)
            assert {names[one.target_id] for one in found.get(cv, [])} == must_be_open, backend

    def _row(self, number: int) -> dict[str, Any]:
        entry = self.listed[number]
        ends = {"validThrough": entry["last"].isoformat()} if entry["last"] else {}
        return row(number, entry["title"], **ends)


BOARD = Board()
HYPOTHESIS = settings(
    max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.django_db
def test_what_has_ended_is_never_found_and_what_is_open_is(settings: Any) -> None:
    settings.JOB_SOURCES = {**settings.JOB_SOURCES, "board": SPEC}
    settings.FETCH = {**settings.FETCH, "allow_private": True}
    server = SourceServer(BOARD)
    BOARD.url = server.url  # type: ignore[attr-defined]
    make_cv()
    work_until_idle()
    embed_cvs(limit=1)
    try:
        run_state_machine_as_test(LifeCycle, settings=HYPOTHESIS)
    finally:
        server.close()
