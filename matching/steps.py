"""The line of stages as people see it: each step with its state in words, the time it took, and what to do when it failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cvmatch.core.models import Status
from matching.progress import Progress

_NAMES = {
    "received": "Received",
    "read": "Read",
    "embedded": "Understood",
    "matched": "Matched",
    "explained": "Explained",
}


@dataclass(frozen=True)
class ShownStep:
    """``state`` is done, working, waiting or failed; ``seconds`` is None when nothing was measured."""

    name: str
    state: str
    note: str
    seconds: float | None
    error: str = ""
    retry_at: datetime | None = None


def steps_of(progress: Progress) -> tuple[ShownStep, ...]:
    """The first step that is not done is being worked on, whether a worker has claimed it already or is about to."""
    return tuple(_steps(progress))


def took(steps: tuple[ShownStep, ...]) -> float | None:
    """Seconds from the upload to the last step, once all are through and all were measured."""
    measured = [step.seconds for step in steps[1:] if step.state == "done" and step.seconds is not None]
    return sum(measured) if len(measured) == len(steps) - 1 else None


def _steps(progress: Progress) -> Iterator[ShownStep]:
    before: datetime | None = None
    is_next = True
    for step in progress.steps:
        seconds = None
        if step.status == Status.COMPLETED and is_next:
            state = "done"
            seconds = (step.finished_at - before).total_seconds() if before and step.finished_at else None
        elif step.status == Status.FAILED and is_next:
            state = "failed"
        else:
            state = "working" if is_next else "waiting"
        is_next = is_next and state == "done"
        before = step.finished_at or before
        # A list that was made again later says nothing about how long this way took.
        measured = seconds if seconds is not None and 0 <= seconds < 3600 else None
        yield ShownStep(
            _NAMES[step.name], state, _note(step.name, state, progress), measured, step.error, step.retry_at
        )


def _note(name: str, state: str, progress: Progress) -> str:
    if name == "explained" and state == "working" and progress.matches:
        return _("%(done)d of %(all)d") % {"done": progress.explained, "all": progress.matches}
    return {"done": "", "working": "working …", "waiting": "", "failed": "failed"}[state]
