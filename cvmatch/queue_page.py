"""The operations page on the queues: what waits, what workers have, what ended how, and a task that tries the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cvmatch import queue_test
from cvmatch.core import queue
from cvmatch.core.errors import NotFound
from cvmatch.core.queue import FinishedTask, QueuedTask
from cvmatch.pipeline_state import list_workers

LOOKED_AT = 500


@dataclass(frozen=True)
class Work:
    """All tasks of one stage or function; ``error`` names what the last failure was."""

    name: str
    waiting: int
    running: int
    done: int
    failed: int
    mean_s: float | None
    ended_at: datetime | None
    error: str


@dataclass(frozen=True)
class Trial:
    """A try of the queues: seconds there and back by queue, None while its task is on the way."""

    test: UUID
    answers: dict[str, float | None]

    @property
    def is_going(self) -> bool:
        return None in self.answers.values()


@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    """Tasks by queue and by what they do; ``test`` shows how a try goes."""
    trial = _find_trial(request.GET.get("test", ""))
    if request.headers.get("HX-Target") == "trial":
        return render(request, "operations/queue_trial.html", {"trial": trial})
    workers, queued = list_workers(), queue.list_queued(LOOKED_AT)
    shown = {
        "workers": workers,
        "works": list(works_of(queued, queue.list_finished(LOOKED_AT))),
        "looked_at": LOOKED_AT if sum(worker.waiting for worker in workers) > len(queued) else None,
        "finished": LOOKED_AT,
        "trial": trial,
    }
    return render(request, "operations/queue.html", shown)


@require_POST
def queue_try(request: HttpRequest) -> HttpResponse:
    """Send a task that does nothing through each queue."""
    test = queue_test.start_test()
    messages.success(request, _("A task is on its way through each queue."))
    return redirect(f"{reverse('queue')}?test={test}#trial")


def works_of(queued: Sequence[QueuedTask], finished: Sequence[FinishedTask]) -> Iterator[Work]:
    """One row for each thing that tasks do, by name; ``finished`` newest first."""
    waiting = Counter(task.work for task in queued if not task.is_running)
    running = Counter(task.work for task in queued if task.is_running)
    ended: dict[str, list[FinishedTask]] = defaultdict(list)
    for task in finished:
        ended[task.work].append(task)
    for name in sorted({*waiting, *running, *ended}):
        tasks = ended.get(name, [])
        failures = [task for task in tasks if not task.succeeded]
        yield Work(
            name=name,
            waiting=waiting[name],
            running=running[name],
            done=len(tasks) - len(failures),
            failed=len(failures),
            mean_s=sum(task.took_s for task in tasks) / len(tasks) if tasks else None,
            ended_at=tasks[0].ended_at if tasks else None,
            error=failures[0].error if failures else "",
        )


def _find_trial(wanted: str) -> Trial | None:
    """None where nothing was tried, and where that was too long ago."""
    try:
        test = UUID(wanted)
        return Trial(test, queue_test.find_test(test))
    except (ValueError, NotFound):
        return None
