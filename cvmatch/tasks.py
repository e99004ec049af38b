"""The only functions that the queue ever calls; their dotted paths are stored in queue rows, so they stay here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import structlog
from django.conf import settings
from django.utils import timezone

from cvmatch import queue_test
from cvmatch.core import runner, stopping
from cvmatch.core.leases import kept
from cvmatch.core.memory import settle
from cvmatch.core.models import WorkerHeartbeat
from cvmatch.core.pausing import is_paused
from cvmatch.core.queue import BULK, enqueue, get_stage
from cvmatch.observability import traced_stage
from jobs import taxonomy
from matching.backfills import in_use
from matching.embedding import get_provider
from matching.vectors import cv_linker


def run_stage(
    name: str, ids: Sequence[int] = (), queue: str = BULK, trigger: str = "schedule", request_id: str = ""
) -> str:
    """Run one stage for these rows, or one batch of whatever waits; what was left over is enqueued again.

    Its log lines, and those of the stages that it starts, have the id of the request that it came from, or one of its own.
    """
    with structlog.contextvars.bound_contextvars(request_id=request_id or uuid.uuid4().hex):
        if stopping.is_told():  # what this worker was still given goes back, for another one to take at once
            enqueue(name, ids, queue=queue)
            return "given back"
        heartbeat(queue)
        if is_paused(name):  # its rows wait; whoever lets it go on starts it again
            return "paused"
        in_use.refresh()  # the model, where a back-fill has switched to another one
        taxonomy.refresh()  # skills that people changed while this process was running
        with traced_stage(name), kept():
            report = runner.run(get_stage(name), limit=batch_size(name), only=list(ids) or None, trigger=trigger)
        if report.more:
            enqueue(name, ids, queue=queue)
        return f"{report.done} done, {report.failed} failed"


def heartbeat(cluster: str) -> None:
    """Say that a worker of this cluster is alive."""
    WorkerHeartbeat.objects.update_or_create(cluster=cluster, defaults={"beat_at": timezone.now()})


def echo(queue: str, test: str, sent_at: float) -> None:
    """Say that the task was done: how long that took tells how long any task waits."""
    queue_test.note(test, queue, sent_at)


def batch_size(name: str) -> int:
    """Rows per run: the setting of the installation, else the default of the pipeline table."""
    return int(settings.STAGE_BATCH.get(name, get_stage(name).batch))


def warm_up() -> None:
    """Load the model and the labels of skills in a worker that has just started: no upload waits for them."""
    in_use.refresh()
    get_provider().warm_up()
    cv_linker()
    settle()
