"""A connected source is read page by page, and what is gone from it ends after its grace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from cvmatch.core.models import Status
from ingestion.models import Source, SyncRun
from ingestion.stages import start_syncs, sync_sources
from ingestion.syncing import confirm, pause, request_sync, resume, running
from ingestion.syncing.mapping import Mapper
from jobs.models import Job, Payload, Sighting
from jobs.values import Pay
from tests.board import Board, BoardSource, row
from tests.source_server import answers

pytestmark = pytest.mark.django_db(transaction=True)


def run_of(source: Source) -> SyncRun:
    """The next run of the source, worked on until it ends or waits."""
    request_sync(source)
    while sync_sources(limit=1).more and SyncRun.objects.claimable().exists():
        pass
    return SyncRun.objects.latest("pk")


def open_jobs() -> set[str]:
    return set(Job.objects.active().values_list("external_id", flat=True))


def age(days: float) -> None:
    """As if so many days had passed since everything so far."""
    past = timedelta(days=days)
    for sighting in Sighting.objects.exclude(missed_since=None):
        Sighting.objects.filter(pk=sighting.pk).update(missed_since=sighting.missed_since - past)
    for run in SyncRun.objects.exclude(started_at=None):
        SyncRun.objects.filter(pk=run.pk).update(started_at=run.started_at - past)


def test_a_run_stores_every_page_and_counts_what_it_did(board: Board, connect) -> None:
    board.pages = [[row(1), row(2)], [row(3), {"identifier": "4"}]]
    run = run_of(connect())
    assert (run.status, run.error, run.is_read, run.is_complete) == (Status.COMPLETED, "", True, True)
    assert run.counts == {
        "pages": 2, "fetched": 4, "created": 3, "updated": 0, "unchanged": 0, "failed": 1, "expired": 0,
    }  # fmt: skip
    assert run.rejected == ["page 2, item 2: The posting has no title."]
    assert run.repairs["company unknown"] == 3
    assert run.duration_s is not None
    assert open_jobs() == {"1", "2", "3"}
    assert set(Job.objects.values_list("source", flat=True)) == {"acme"}


def test_the_same_again_changes_nothing_and_one_change_is_one_update(board: Board, connect) -> None:
    board.pages = [[row(1), row(2)], [row(3)]]
    source = connect()
    run_of(source)
    OrmQ.objects.all().delete()
    assert run_of(source).counts | {"pages": 0, "fetched": 0} == {
        "pages": 0, "fetched": 0, "created": 0, "updated": 0, "unchanged": 3, "failed": 0, "expired": 0,
    }  # fmt: skip
    assert {task.task["args"][0] for task in OrmQ.objects.all()} <= {"sync_sources"}
    board.pages[0][1] = row(2, "Senior nurse")
    run = run_of(source)
    assert (run.created, run.updated, run.unchanged) == (0, 1, 2)
    assert Job.objects.get(external_id="2").title == "Senior nurse"


def test_items_that_did_not_change_are_not_mapped_again(board: Board, connect, monkeypatch) -> None:
    board.pages = [[row(1), row(2)]]
    source, mapped = connect(), []
    run_of(source)
    board.pages = [[row(1), row(2, "Other")]]
    inner = BoardSource.postings
    monkeypatch.setattr(
        BoardSource, "postings", lambda self, item: (mapped.append(item.position), inner(self, item))[1]
    )
    run_of(source)
    assert mapped == [2]


def test_a_page_that_moves_while_it_is_read_doubles_nothing(board: Board, connect) -> None:
    board.pages = [[row(1), row(2)], [row(2), row(3)], [row(2), row(3), row(3)]]
    run = run_of(connect())
    assert (run.fetched, run.created, run.updated, run.failed) == (7, 3, 0, 0)
    assert Job.objects.count() == 3


def test_what_was_sent_is_kept_as_it_was_last_sent(board: Board, connect) -> None:
    board.pages = [[row(1, odd="\x00\ud800 ü")]]
    source = connect()
    run_of(source)
    assert '"identifier": "1"' in Payload.objects.get().raw
    board.pages = [[row(1, odd="new")]]
    run_of(source)
    assert '"odd": "\\u0000' in Payload.objects.get().raw, "the posting did not change, so nothing was written"
    board.pages = [[row(1, "Other title")]]
    run_of(source)
    assert "Other title" in Payload.objects.get().raw


def test_what_is_gone_ends_after_its_grace_and_lives_again_when_it_is_back(board: Board, connect) -> None:
    board.pages = [[row(1), row(2), row(3)]]
    source = connect(grace_days=2)
    run_of(source)
    board.pages = [[row(1), row(2)]]
    assert run_of(source).expired == 0
    age(1.5)
    assert run_of(source).expired == 0
    assert open_jobs() == {"1", "2", "3"}
    age(1)
    assert run_of(source).expired == 1
    assert open_jobs() == {"1", "2"}
    board.pages = [[row(1), row(2), row(3)]]
    run = run_of(source)
    assert (run.created, run.updated, run.unchanged) == (0, 1, 2)
    assert open_jobs() == {"1", "2", "3"}
    board.pages = [[row(1), row(2)]]
    assert run_of(source).expired == 0, "the grace begins anew"


def test_a_search_that_does_not_see_everything_closes_nothing(board: Board, connect) -> None:
    board.pages = [[row(number) for number in range(5)]]
    source = connect(kind="search", grace_days=0)
    run_of(source)
    board.pages = [[row(number) for number in range(4)]]
    run_of(source)
    age(5)
    assert run_of(source).expired == 0
    assert len(open_jobs()) == 5


def test_other_sources_are_left_alone(board: Board, connect) -> None:
    board.pages = [[row(1), row(2), row(3)]]
    run_of(connect("other"))
    source = connect(grace_days=0)
    run_of(source)
    board.pages = [[row(1), row(2)]]
    run_of(source)
    assert run_of(source).expired == 0 or Job.objects.filter(source="acme").active().count() == 2
    assert Job.objects.filter(source="other", status="active").count() == 3


@pytest.mark.parametrize("left", [0, 1])
def test_a_board_that_is_suddenly_empty_or_halved_closes_nothing_and_says_so(board: Board, connect, left: int) -> None:
    board.pages = [[row(number) for number in range(4)]]
    source = connect(grace_days=0)
    run_of(source)
    board.pages = [[row(number) for number in range(left)]]
    for _ in range(3):
        run = run_of(source)
        age(2)
        assert (run.status, run.expired) == (Status.COMPLETED, 0)
        assert f"{4 - left} of 4 open postings were not there" in run.doubt
    assert len(open_jobs()) == 4
    assert not Sighting.objects.exclude(missed_since=None).exists()


def test_a_doubted_board_is_believed_when_somebody_confirms_it(board: Board, connect) -> None:
    board.pages = [[row(number) for number in range(4)]]
    source = connect(grace_days=2)
    run_of(source)
    board.pages = [[row(0)]]
    run = run_of(source)
    assert confirm(run) == 3
    assert confirm(run) == 0
    assert run_of(source).doubt == ""
    age(3)
    assert run_of(source).expired == 3
    assert open_jobs() == {"0"}


def test_a_doubted_board_is_believed_when_it_stays_so_for_a_week(board: Board, connect) -> None:
    board.pages = [[row(1)]]
    source = connect(grace_days=1)
    run_of(source)
    board.pages = [[]]
    assert run_of(source).doubt
    age(5)
    assert run_of(source).doubt
    age(3)
    assert run_of(source).doubt == ""
    age(2)
    assert run_of(source).expired == 1


def test_where_nothing_is_new_everything_was_seen_but_what_was_missing_before(board: Board, connect) -> None:
    board.etag, board.pages = "a", [[row(1), row(2), row(3)]]
    source = connect(grace_days=2)
    run_of(source)
    board.etag, board.pages = "b", [[row(1), row(2)]]
    run_of(source)
    age(1)
    run = run_of(source)
    assert (run.status, run.pages, run.expired) == (Status.COMPLETED, 0, 0)
    age(2)
    assert run_of(source).expired == 1
    assert open_jobs() == {"1", "2"}


def test_a_doubted_answer_is_read_again_as_a_whole(board: Board, connect) -> None:
    board.etag, board.pages = "a", [[row(1), row(2), row(3)]]
    source = connect(grace_days=0)
    run_of(source)
    board.etag, board.pages = "b", [[row(1)]]
    assert [run_of(source).pages for _ in range(2)] == [1, 1]
    assert len(open_jobs()) == 3


def test_a_run_that_fails_goes_on_behind_its_last_page(board: Board, connect, settings, monkeypatch) -> None:
    board.pages = [[row(1)], [row(2)], [row(3)]]
    board.plays = [board_page(board, 1), answers(b"<html>", 404)]
    source = connect()
    run = run_of(source)
    assert (run.status, run.pages, run.cursor) == (Status.FAILED, 1, "1")
    assert run.error
    assert open_jobs() == {"1"}
    SyncRun.objects.filter(pk=run.pk).update(status=Status.PENDING)
    run = run_of(source)
    assert (run.status, run.pages, run.created, run.error) == (Status.COMPLETED, 3, 3, "")


def board_page(board: Board, number: int):
    rows = board.pages[number - 1]
    return answers({"rows": rows, "last": number >= len(board.pages)})


def test_a_run_whose_keys_are_spent_waits_and_goes_on_and_that_is_no_attempt(board: Board, connect) -> None:
    board.pages = [[row(1)], [row(2)]]
    board.plays = [board_page(board, 1), answers(b"", 429, Retry_After="3000")]
    source = connect()
    run = run_of(source)
    assert (run.status, run.attempts, run.pages, run.error) == (Status.PENDING, 0, 1, "")
    assert run.wait_until > timezone.now() + timedelta(seconds=2000)
    assert sync_sources(limit=1).claimed == 0
    OrmQ.objects.all().delete()
    assert start_syncs(limit=10).done == 0
    assert not OrmQ.objects.exists()
    SyncRun.objects.update(wait_until=timezone.now() - timedelta(seconds=1))
    assert start_syncs(limit=10).done == 0
    assert [task.task["args"][0] for task in OrmQ.objects.all()] == ["sync_sources"]


def test_a_long_run_stops_when_its_time_is_over_and_goes_on_by_itself(board: Board, connect, monkeypatch) -> None:
    monkeypatch.setattr(running, "BUDGET_S", -1.0)
    board.pages = [[row(1)], [row(2)], [row(3)]]
    request_sync(connect())
    for pages in (1, 2, 3):
        assert sync_sources(limit=1).more
        run = SyncRun.objects.get()
        assert (run.pages, run.attempts) == (pages, 0 if pages < 3 else 1)
    assert (run.status, run.created, run.is_complete) == (Status.COMPLETED, 3, True)


def test_a_worker_that_lost_its_run_writes_nothing(board: Board, connect, monkeypatch) -> None:
    board.pages = [[row(1)], [row(2)]]
    request_sync(connect())
    told_apart = Mapper.batch

    def taken_over(self, rows):
        SyncRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert len(SyncRun.objects.claim(1)) == 1
        return told_apart(self, rows)

    monkeypatch.setattr(Mapper, "batch", taken_over)
    assert sync_sources(limit=1).lost == 1
    run = SyncRun.objects.get()
    assert (run.pages, run.created, Job.objects.count()) == (0, 0, 0)


def test_two_requests_at_once_are_one_run(board: Board, connect) -> None:
    source = connect()
    assert request_sync(source) == request_sync(source)
    assert SyncRun.objects.count() == 1


def test_sources_are_read_when_they_are_due_and_not_while_they_are_paused(board: Board, connect) -> None:
    source = connect(every_minutes=60)
    pause(source)
    assert start_syncs(limit=10).done == 0
    resume(source)
    assert start_syncs(limit=10).done == 1
    assert start_syncs(limit=10).done == 0, "it is due again in an hour"
    sync_sources(limit=1)
    Source.objects.update(next_run_at=timezone.now())
    assert start_syncs(limit=10).done == 1
    assert list(SyncRun.objects.order_by("pk").values_list("trigger", flat=True)) == ["schedule", "schedule"]


def test_only_the_newest_failed_run_of_a_source_is_tried_again(board: Board, connect) -> None:
    source = connect()
    for _ in range(2):
        board.plays = [answers(b"", 404)]
        run_of(source)
    assert SyncRun.objects.filter(status=Status.FAILED).count() == 2
    assert SyncRun.objects.retriable().get() == SyncRun.objects.latest("pk")


def test_one_posting_that_cannot_be_stored_does_not_take_its_page_with_it(board: Board, connect, monkeypatch) -> None:
    inner = BoardSource.postings

    def too_much(self, item):
        for posting in inner(self, item):
            yield replace(posting, pay=Pay(Decimal(10) ** 15)) if item.position == 3 else posting

    monkeypatch.setattr(BoardSource, "postings", too_much)
    board.pages = [[row(number) for number in range(1, 6)]]
    run = run_of(connect())
    assert (run.created, run.failed) == (4, 1)
    assert run.rejected[0].startswith("page 1, item 3: It cannot be stored: ")
    assert open_jobs() == {"1", "2", "4", "5"}
