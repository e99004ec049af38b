"""The claim, the lease and the parking that every stage relies on."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from cvmatch.core.errors import CvmatchError
from cvmatch.core.leases import BEAT_S
from cvmatch.core.models import FIRST_RETRY, LEASE, Status
from cvmatch.core.queue import TASK_LEASE
from cvmatch.core.runner import WORKER_DIED, work_off
from cvmatch.core.stages import requeue, retry_failed
from ingestion.models import CV
from tests.support import make_cv

pytestmark = pytest.mark.django_db


def nothing(row: CV, result: object) -> None:
    """A save that stores nothing more than the state of the row."""


def fine(rows: Sequence[CV]) -> list[str]:
    return ["ok" for _ in rows]


def make_cvs(count: int) -> list[CV]:
    return [make_cv(f"Person {number}\nSkills\nPython") for number in range(count)]


def test_a_claimed_row_is_not_claimed_again_while_its_lease_lasts() -> None:
    make_cvs(3)
    first = CV.objects.all().claim(2)
    assert len(first) == 2
    assert len(CV.objects.all().claim(5)) == 1
    assert CV.objects.all().claim(5) == []


def test_a_row_whose_lease_has_lapsed_is_claimed_again() -> None:
    (cv,) = make_cvs(1)
    CV.objects.all().claim(1)
    CV.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    (again,) = CV.objects.all().claim(1)
    assert (again.pk, again.attempts) == (cv.pk, 2)


def test_work_that_somebody_waits_for_is_claimed_before_bulk_work() -> None:
    bulk, urgent = make_cvs(2)
    CV.objects.filter(pk=bulk.pk).update(interactive=False)
    assert [cv.pk for cv in CV.objects.all().claim(1)] == [urgent.pk]


def test_leases_are_renewed_in_time_and_a_dead_workers_rows_are_free_before_its_task_is_handed_out_again() -> None:
    assert LEASE.total_seconds() > 2 * BEAT_S
    assert LEASE + timedelta(seconds=BEAT_S) < TASK_LEASE


def test_a_done_row_is_completed_and_the_report_counts_it() -> None:
    make_cvs(5)
    report = work_off(CV.objects.all(), limit=10, work=fine, save=nothing, chunk=2)
    assert (report.claimed, report.done, report.failed) == (5, 5, 0)
    assert set(CV.objects.values_list("status", flat=True)) == {Status.COMPLETED}


def test_the_limit_holds_over_several_chunks() -> None:
    make_cvs(5)
    assert work_off(CV.objects.all(), limit=3, work=fine, save=nothing, chunk=2).claimed == 3


def test_one_bad_row_is_parked_and_the_others_of_its_chunk_are_done() -> None:
    rows = make_cvs(4)
    bad = rows[1].pk

    def work(batch: Sequence[CV]) -> list[str]:
        if any(row.pk == bad for row in batch):
            raise CvmatchError("The page is torn.")
        return fine(batch)

    report = work_off(CV.objects.all(), limit=10, work=work, save=nothing)
    parked = CV.objects.get(pk=bad)
    assert (report.done, report.failed) == (3, 1)
    assert (parked.status, parked.error) == (Status.FAILED, "The page is torn.")


def test_the_wait_before_a_retry_doubles_with_each_attempt() -> None:
    (cv,) = make_cvs(1)
    waits = []
    for _ in range(3):
        before = timezone.now()
        work_off(CV.objects.all(), limit=1, work=_fails("Later."), save=nothing)
        cv.refresh_from_db()
        waits.append(cv.retry_at - before)
        CV.objects.update(status=Status.PENDING)
    for number, wait in enumerate(waits):
        assert abs(wait - FIRST_RETRY * 2**number) < timedelta(seconds=30)


def test_a_permanent_error_parks_at_once_and_for_good() -> None:
    make_cvs(1)
    work_off(CV.objects.all(), limit=1, work=_fails("Not a CV.", permanent=True), save=nothing)
    assert CV.objects.get().retry_at is None


def test_the_last_attempt_parks_for_good(settings) -> None:
    make_cvs(1)
    CV.objects.update(attempts=settings.MAX_ATTEMPTS - 1)
    work_off(CV.objects.all(), limit=1, work=_fails("Later."), save=nothing)
    assert CV.objects.get().retry_at is None


def test_a_row_that_keeps_killing_its_worker_is_parked(settings) -> None:
    make_cvs(1)
    CV.objects.update(
        status=Status.PROCESSING, attempts=settings.MAX_ATTEMPTS, lease_until=timezone.now() - timedelta(seconds=1)
    )
    report = work_off(CV.objects.all(), limit=1, work=fine, save=nothing)
    assert report.failed == 1
    assert CV.objects.get().error == WORKER_DIED


def test_the_message_of_an_unexpected_error_is_not_kept_since_it_may_quote_the_cv() -> None:
    make_cvs(1)

    def work(batch: Sequence[CV]) -> list[str]:
        raise ValueError("secret words of the CV")

    work_off(CV.objects.all(), limit=1, work=work, save=nothing)
    assert CV.objects.get().error == "Unexpected ValueError"


def test_several_unexpected_errors_in_a_row_end_the_run() -> None:
    make_cvs(6)

    def work(batch: Sequence[CV]) -> list[str]:
        raise RuntimeError

    report = work_off(CV.objects.all(), limit=6, work=work, save=nothing, chunk=1)
    assert report.failed == 3
    assert report.error
    assert CV.objects.filter(status=Status.PENDING).count() == 3


def test_rows_that_a_broken_off_run_never_tried_keep_their_attempts() -> None:
    make_cvs(6)

    def work(batch: Sequence[CV]) -> list[str]:
        raise RuntimeError

    work_off(CV.objects.all(), limit=6, work=work, save=nothing, chunk=6)
    assert sorted(CV.objects.values_list("status", "attempts")) == [("failed", 1)] * 3 + [("pending", 0)] * 3


def test_a_result_that_comes_after_the_lease_was_lost_is_thrown_away() -> None:
    (cv,) = make_cvs(1)
    saved = []

    def slow(batch: Sequence[CV]) -> list[str]:
        CV.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        CV.objects.all().claim(1)  # somebody else takes over meanwhile
        return fine(batch)

    report = work_off(CV.objects.all(), limit=1, work=slow, save=lambda row, result: saved.append(row))
    cv.refresh_from_db()
    assert (report.lost, saved, cv.status) == (1, [], Status.PROCESSING)


def test_a_save_that_fails_leaves_nothing_half_written() -> None:
    (cv,) = make_cvs(1)

    def save(row: CV, result: str) -> None:
        CV.objects.filter(pk=row.pk).update(name="half")
        raise CvmatchError("The disk is full.")

    work_off(CV.objects.all(), limit=1, work=fine, save=save)
    cv.refresh_from_db()
    assert (cv.name, cv.status, cv.error) == ("", Status.FAILED, "The disk is full.")


def test_the_retry_stage_takes_only_what_is_due() -> None:
    due, later, _final = make_cvs(3)
    now = timezone.now()
    CV.objects.update(status=Status.FAILED, error="x")
    CV.objects.filter(pk=due.pk).update(retry_at=now - timedelta(minutes=1))
    CV.objects.filter(pk=later.pk).update(retry_at=now + timedelta(minutes=1))
    assert retry_failed(limit=10).done == 1
    assert set(CV.objects.filter(status=Status.PENDING).values_list("pk", flat=True)) == {due.pk}


def test_a_persons_retry_forgets_the_earlier_attempts() -> None:
    (cv,) = make_cvs(1)
    CV.objects.update(status=Status.FAILED, attempts=5, error="x")
    assert requeue(CV, [cv.pk], reset_attempts=True) == 1
    cv.refresh_from_db()
    assert (cv.status, cv.attempts, cv.error) == (Status.PENDING, 0, "")


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_never_claim_the_same_row() -> None:
    make_cvs(12)
    start = Barrier(4)

    def claim(_: int) -> list[int]:
        start.wait()
        try:
            return [cv.pk for cv in CV.objects.all().claim(4)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        claimed = [pk for batch in pool.map(claim, range(4)) for pk in batch]
    assert len(claimed) == len(set(claimed))
    assert CV.objects.filter(status=Status.PROCESSING).count() == len(claimed)


def _fails(message: str, *, permanent: bool = False):
    def work(batch: Sequence[CV]) -> list[str]:
        raise CvmatchError(message, permanent=permanent)

    return work
