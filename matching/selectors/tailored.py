"""CVs that were made for a job: one of them, those of now, and how far many of them are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from cvmatch.core.errors import NotFound
from cvmatch.core.models import Status, User
from matching.models import Tailoring, TailoringBatch

NONE = "There is no such tailored CV, or it is not yours to see."
# What is shown of a row besides what was made.
ROW = (
    "cv_id", "job_id", "status", "interactive", "error", "retry_at", "by", "fell_back", "score_before", "score_after",
    "created_at", "finished_at", "cv_hash", "job_hash",
    "cv__name", "cv__candidate__user_id", "cv__candidate_id", "cv__content_hash", "cv__filename",
    "job__title", "job__company", "job__content_hash",
)  # fmt: skip


@dataclass(frozen=True)
class BatchState:
    """How far what was asked for at once is, in numbers of CVs, and some of them; ``gone`` are taken back or erased."""

    batch: TailoringBatch
    done: int
    failed: int
    waiting: int
    rows: Sequence[Tailoring]
    more: bool

    @property
    def total(self) -> int:
        return len(self.batch.tailorings)

    @property
    def gone(self) -> int:
        return self.total - self.done - self.failed - self.waiting

    @property
    def share(self) -> float:
        """How much of it is over, 0 to 1."""
        return 1 - self.waiting / self.total if self.total else 1.0

    @property
    def status(self) -> str:
        """processing while one waits, then cancelled if it was, else completed."""
        if self.waiting:
            return str(Status.PROCESSING)
        return "cancelled" if self.batch.cancelled_at else str(Status.COMPLETED)


def of_now(rows: QuerySet[Tailoring]) -> QuerySet[Tailoring]:
    """Those whose CV and job still say what they were made from."""
    return rows.filter(cv_hash=F("cv__content_hash"), job_hash=F("job__content_hash"))


def visible_tailorings(user: User) -> QuerySet[Tailoring]:
    """Those of the CVs that the user may see, as ``CVQuerySet.visible_to`` says it; by joins, which take half as long."""
    kept, own = Tailoring.objects.filter(cv__expires_at=None), Q(cv__candidate__user=user)
    return kept.filter(own | Q(cv__candidate__is_withheld=False) if user.is_recruiter else own)


def get_tailoring(user: User, pk: int) -> Tailoring:
    """The row with its CV's candidate and its job, without their texts; what was made is read when it is asked for.

    Raises NotFound.
    """
    rows = visible_tailorings(user).select_related("cv__candidate", "job").only(*ROW)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(NONE)
    return row


def get_batch(user: User, pk: UUID | str) -> TailoringBatch:
    """What this user asked for at once. Raises NotFound for that of others, and for what is no id, too."""
    try:
        return TailoringBatch.objects.get(user=user, pk=UUID(str(pk)))
    except (TailoringBatch.DoesNotExist, ValueError) as error:
        raise NotFound("There is no such batch, or it is not yours to see.") from error


def state_of(user: User, batch: TailoringBatch, *, after: int = 0, limit: int = 100) -> BatchState:
    """The numbers of the whole batch, and the rows that follow the first ``after`` ones; two queries."""
    counts = _counts(batch)
    ids = batch.tailorings[after : after + limit]
    found = visible_tailorings(user).select_related("cv", "job").only(
        "cv_id", "job_id", "status", "error", "score_before", "score_after", "job__title", "cv__name", "cv__candidate_id",
        "cv__filename",
    ).in_bulk(ids)  # fmt: skip
    rows = [found[pk] for pk in ids if pk in found]
    waiting = counts.get(Status.PENDING, 0) + counts.get(Status.PROCESSING, 0)
    done, failed = counts.get(Status.COMPLETED, 0), counts.get(Status.FAILED, 0)
    return BatchState(batch, done, failed, waiting, rows, more=len(batch.tailorings) > after + limit)


def _counts(batch: TailoringBatch) -> Mapping[str, int]:
    rows = Tailoring.objects.filter(pk__in=batch.tailorings).order_by()
    return dict(rows.values_list("status").annotate(rows=Count("pk")))
