"""Leases are renewed while the work goes on; chunks follow the pace of the work."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from cvmatch.core import leases, queue
from cvmatch.core.leases import kept
from cvmatch.core.models import Status, stages
from cvmatch.core.pace import CHUNK_S, Pace
from cvmatch.core.runner import work_off
from ingestion.models import CV
from tests.support import make_cv

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "LEASE", timedelta(seconds=0.6))
    monkeypatch.setattr(leases, "BEAT_S", 0.2)
    monkeypatch.setattr(leases, "LOOK_S", 0.05)


def nothing(row: CV, result: object) -> None:
    """A save that stores nothing more than the state of the row."""


@pytest.mark.usefixtures("short_leases")
def test_a_batch_that_takes_longer_than_its_lease_is_not_taken_by_another_worker() -> None:
    make_cv()
    taken = []

    def work(batch: Sequence[CV]) -> list[str]:
        for _ in range(6):
            time.sleep(0.25)
            taken.extend(CV.objects.all().claim(1))
        return ["ok"]

    report = work_off(CV.objects.all(), limit=1, work=work, save=nothing)
    assert (report.done, report.lost, taken) == (1, 0, [])


@pytest.mark.usefixtures("short_leases")
def test_once_the_work_is_over_nothing_is_renewed_any_more() -> None:
    make_cv()
    rows = CV.objects.all().claim(1)
    with kept() as hand, hand.hold(rows):
        time.sleep(0.8)
        assert CV.objects.all().claim(1) == []
    time.sleep(0.7)
    assert len(CV.objects.all().claim(1)) == 1


@pytest.mark.usefixtures("short_leases")
def test_the_task_of_a_worker_is_renewed_with_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    queue.send_echo(queue.BULK, "x", 0.0)
    task = OrmQ.objects.get()
    monkeypatch.setattr(queue, "_current", task.pk)
    with kept():
        time.sleep(0.4)
    task.refresh_from_db()
    assert task.lock > timezone.now() + queue.TASK_LEASE - timedelta(seconds=2)


def test_what_another_worker_took_over_is_not_taken_back() -> None:
    make_cv()
    with kept() as hand, hand.hold(CV.objects.all().claim(1)):
        CV.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        (theirs,) = CV.objects.all().claim(1)
        CV.objects.update(lease_until=theirs.lease_until - timedelta(seconds=9))
        hand.renew()
    assert CV.objects.get().lease_until == theirs.lease_until - timedelta(seconds=9)
    assert CV.objects.get().status == Status.PROCESSING


def test_slow_work_is_claimed_in_smaller_chunks_and_quick_work_in_larger_ones() -> None:
    pace = Pace(first=16, most=64)
    assert pace.rows() == 16
    pace.learn(16, 16 * CHUNK_S)
    assert pace.rows() == 1
    for _ in range(12):
        pace.learn(16, 0.01)
    assert pace.rows() == 64
    for _ in range(12):
        pace.learn(64, 64 * CHUNK_S / 20)
    assert 18 <= pace.rows() <= 20


def test_a_stage_that_turns_out_slow_claims_no_more_than_it_can_finish_soon() -> None:
    for number in range(6):
        make_cv(f"Person {number}\nSkills\nPython")
    sizes = []

    def work(batch: Sequence[CV]) -> list[str]:
        sizes.append(len(batch))
        return ["ok" for _ in batch]

    def save(row: CV, result: str) -> None:
        pace = work_off.__globals__["pace_of"](work, first=4, most=8)
        pace.learn(1, CHUNK_S / 2)

    work_off(CV.objects.all(), limit=6, work=work, save=save, chunk=4, most=8)
    assert sizes[0] == 4
    assert max(sizes[1:]) < 4
