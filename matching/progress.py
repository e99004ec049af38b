"""How far a CV is on its way from file to explained matches, for pages and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from cvmatch.core.models import Staged, Status
from ingestion.models import CV
from matching.models import CVEmbedding, Explanation, Prediction

# A newer version came before this one was through: it is not matched any more.
SUPERSEDED = "superseded"
# The person does not agree to matching.
WITHHELD = "withheld"


@dataclass(frozen=True)
class Step:
    """One step; ``status`` as in :class:`Status`, pending also when an earlier step is not done yet."""

    name: str
    status: str
    finished_at: datetime | None = None
    error: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """All steps of a CV in order, with the newest list of matches."""

    steps: tuple[Step, ...]
    prediction_id: int | None
    explained: int
    matches: int
    ends_as: str = ""

    @property
    def status(self) -> str:
        """failed as soon as one step failed, completed when the last one is, ``ends_as`` when it never will be."""
        states = [step.status for step in self.steps]
        if Status.FAILED in states:
            return str(Status.FAILED)
        if all(state == Status.COMPLETED for state in states):
            return str(Status.COMPLETED)
        if self.ends_as:
            return self.ends_as
        return str(Status.PENDING if states[1] == Status.PENDING else Status.PROCESSING)

    @property
    def share(self) -> float:
        """How far, 0 to 1: each step counts the same, the last as far as its lines are done."""
        done = sum(step.status == Status.COMPLETED for step in self.steps[:-1])
        last = self.steps[-1].status == Status.COMPLETED
        within = 1.0 if last else self.explained / self.matches if self.matches else 0.0
        return (done + within) / len(self.steps)

    @property
    def is_over(self) -> bool:
        return self.status in {Status.COMPLETED, Status.FAILED, SUPERSEDED, WITHHELD}


def cv_progress(cv: CV, prediction: Prediction | None = None, *, newest: Prediction | None = None) -> Progress:
    """Received → read → embedded → matched → explained, each with its state; three queries, two where the ``newest`` list of
    jobs is at hand.

    Of one list when it is given, else of the newest one that was made of what holds of the CV now.
    """
    embedding = CVEmbedding.objects.filter(cv=cv, content_hash=cv.content_hash).first()
    prediction = prediction or _made_of_now(cv, newest or _newest(cv))
    explained = _explained(prediction)
    steps = (
        Step("received", Status.COMPLETED, cv.uploaded_at),
        Step("read", Status.COMPLETED, cv.finished_at) if cv.is_read else _step("read", cv),
        _step("embedded", embedding if cv.is_read else None),
        _step("matched", prediction),
        explained.step,
    )
    # Whoever withdraws from matching still has the file read.
    withheld = WITHHELD if cv.is_read and cv.candidate.is_withheld else ""
    ends_as = withheld if cv.is_latest else SUPERSEDED
    return Progress(steps, prediction.pk if prediction else None, explained.done, explained.total, ends_as)


def _newest(cv: CV) -> Prediction | None:
    lists = Prediction.objects.filter(cv=cv, side=Prediction.Side.JOBS_FOR_CV)
    return lists.order_by("-created_at", "-pk").first()


def _made_of_now(cv: CV, newest: Prediction | None) -> Prediction | None:
    if newest and newest.status == Status.COMPLETED and newest.input_hash != cv.content_hash:
        return None  # of what was read before it was corrected or read anew
    return newest


def list_progress(prediction: Prediction) -> Progress:
    """Matched → explained, of one list whatever it is made for; one query."""
    explained = _explained(prediction)
    return Progress((_step("matched", prediction), explained.step), prediction.pk, explained.done, explained.total)


@dataclass(frozen=True)
class _Explained:
    step: Step
    done: int = 0
    total: int = 0


def _step(name: str, row: Staged | None) -> Step:
    if row is None:
        return Step(name, Status.PENDING)
    finished = row.finished_at if row.status == Status.COMPLETED else None
    return Step(name, row.status, finished, row.error, row.retry_at)


def _explained(prediction: Prediction | None) -> _Explained:
    if prediction is None or prediction.status != Status.COMPLETED:
        return _Explained(Step("explained", Status.PENDING))
    counts = Explanation.objects.filter(match__prediction=prediction).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(status=Status.COMPLETED)),
        failed=Count("pk", filter=Q(status=Status.FAILED)),
        finished=Max("finished_at"),
        error=Min("error", filter=Q(status=Status.FAILED)),
    )
    total, done, failed = counts["total"], counts["done"], counts["failed"]
    if done + failed < total:
        state = Status.PROCESSING if done else Status.PENDING
    else:
        state = Status.FAILED if failed and not done else Status.COMPLETED
    finished = counts["finished"] if total else prediction.finished_at
    return _Explained(Step("explained", state, finished, counts["error"] or ""), done, total)
