"""The process that only looks after the schedules hands over what is due, once, to the queue it belongs to."""

from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from cvmatch.core.queue import BULK, INTERACTIVE, LATER, SCHEDULE_PREFIX
from tests.support import start_manage


def make_all_due() -> None:
    call_command("sync_schedules", verbosity=0)
    Schedule.objects.update(next_run=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_what_is_due_goes_to_its_queue_and_only_once() -> None:
    make_all_due()
    for _ in range(2):
        call_command("schedule", "--once")
    queued = Counter(BULK if key == LATER else key for key in OrmQ.objects.values_list("key", flat=True))
    assert queued == {INTERACTIVE: 1, BULK: Schedule.objects.filter(name__startswith=SCHEDULE_PREFIX).count() - 1}
    assert not Schedule.objects.filter(next_run__lte=timezone.now()).exists()


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_until_it_is_told_to_end() -> None:
    process = start_manage("schedule", "--every", "0.1")
    try:
        for _ in range(2):  # the second time shows that it looks again
            before = OrmQ.objects.count()
            make_all_due()
            deadline = time.monotonic() + 60
            while OrmQ.objects.count() == before and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            assert OrmQ.objects.count() > before
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
