"""The claim, lease and ledger that every pipeline stage works with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar, cast

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

# A worker renews its leases every few seconds (core.leases), so that this is how long the rows of a dead one wait. The queue
# hands its task out again after queue.TASK_LEASE, which is longer.
LEASE = timedelta(seconds=15)
FIRST_RETRY = timedelta(minutes=5)
ERROR_CHARS = 500

StagedT = TypeVar("StagedT", bound="Staged")


class Status(models.TextChoices):
    PENDING = "pending", "Pending"
    PROCESSING = "processing", "Processing"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


class StagedQuerySet(models.QuerySet[StagedT]):
    """What a stage asks of its table; ``claim_order`` is the order in which its rows are worked off."""

    claim_order: ClassVar[tuple[str, ...]] = ("-interactive", "pk")

    def claimable(self) -> Self:
        """Waiting rows, and rows whose worker died: their lease has lapsed."""
        lapsed = Q(status=Status.PROCESSING, lease_until__lt=timezone.now())
        return self.filter(Q(status=Status.PENDING) | lapsed)

    def due_for_retry(self) -> Self:
        return self.retriable().filter(retry_at__lte=timezone.now())

    def retriable(self) -> Self:
        """Rows that may be pending again; a table whose rows replace one another narrows this to the newest."""
        return self.filter(status=Status.FAILED)

    def release(self, rows: Sequence[StagedT]) -> int:
        """Give back claimed rows that were never tried, as if they had not been claimed."""
        held = Q(pk__in=[row.pk for row in rows], claim_token__in={row.claim_token for row in rows})
        return self.filter(held, status=Status.PROCESSING).update(
            status=Status.PENDING, claim_token=None, lease_until=None, attempts=F("attempts") - 1
        )

    def claim(self, limit: int) -> list[StagedT]:
        """Take up to ``limit`` rows for this worker alone; people's uploads before bulk work, oldest first, where the
        table has no order of its own."""
        token = uuid.uuid4()
        with transaction.atomic():
            free = self.claimable().order_by(*self.claim_order).select_for_update(skip_locked=True, of=("self",))
            ids = list(free.values_list("pk", flat=True)[:limit])
            self.model._base_manager.filter(pk__in=ids).update(
                status=Status.PROCESSING,
                lease_until=timezone.now() + LEASE,
                claim_token=token,
                attempts=F("attempts") + 1,
            )
        return list(self.filter(pk__in=ids, claim_token=token).order_by(*self.claim_order))


class Staged(models.Model):
    """A row that one pipeline stage works on.

    ::

        pending ──claim──► processing ──saved──────────────────► completed
           ▲                  │   ▲                                  │
           │                  │   └─ lease lapsed: claimed again     │ input changed
           │                  ▼                                      │
           └──retry_at due── failed (parked with its error) ◄────────┼─ permanent: no retry_at
           └─────────────────────────────────────────────────────────┘

    ``claim_token`` fences off late workers: a result is saved only by the worker that still holds the claim.
    ``stages`` names the stages that work on the table.
    """

    stages: ClassVar[tuple[str, ...]]

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    interactive = models.BooleanField(default=False, help_text="Somebody is waiting for it.")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    error = models.CharField(max_length=ERROR_CHARS, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def stage_indexes(cls, prefix: str) -> list[models.Index]:
        """The two partial indexes that every stage query uses; completed rows, the great majority, are in neither."""
        return [
            models.Index(
                fields=["-interactive", "id"],
                name=f"{prefix}_claimable",
                condition=Q(status__in=[Status.PENDING, Status.PROCESSING]),
            ),
            models.Index(fields=["retry_at"], name=f"{prefix}_failed", condition=Q(status=Status.FAILED)),
        ]

    def complete(self) -> bool:
        """Mark as done if this worker still holds the claim; False when the lease was lost."""
        held = type(self)._base_manager.filter(pk=self.pk, claim_token=self.claim_token)
        return bool(
            held.update(
                status=Status.COMPLETED,
                error="",
                retry_at=None,
                lease_until=None,
                claim_token=None,
                finished_at=timezone.now(),
            )
        )

    def park(self, error: str, *, permanent: bool, wait_s: float = 0.0) -> bool:
        """Set aside with the reason; the wait doubles with each attempt, and after the last one only a person retries.

        ``wait_s`` is how long whoever was asked wants to be left alone, where that is longer.
        """
        asked_for = timezone.now() + timedelta(seconds=wait_s)
        final = permanent or self.attempts >= self.most_attempts
        held = type(self)._base_manager.filter(pk=self.pk, claim_token=self.claim_token)
        return bool(
            held.update(
                status=Status.FAILED,
                error=error[:ERROR_CHARS],
                retry_at=None if final else max(self.next_retry(), asked_for),
                lease_until=None,
                claim_token=None,
                finished_at=timezone.now(),
            )
        )

    @property
    def most_attempts(self) -> int:
        """After so many only a person retries."""
        return int(settings.MAX_ATTEMPTS)

    def next_retry(self) -> datetime:
        wait: timedelta = FIRST_RETRY * 2 ** max(self.attempts - 1, 0)
        return timezone.now() + wait


# What makes a row pending again, for bulk updates: ``rows.update(**REQUEUED)``.
REQUEUED: dict[str, Any] = {
    "status": Status.PENDING,
    "retry_at": None,
    "lease_until": None,
    "claim_token": None,
    "error": "",
}


class StageRun(models.Model):
    """The ledger: one line per run of a stage that had something to do or broke off, and one for those idle between them."""

    stage = models.CharField(max_length=40)
    trigger = models.CharField(max_length=12, default="schedule", help_text="schedule, event or command")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    claimed = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0, help_text="Results thrown away since another worker took over.")
    error = models.CharField(max_length=ERROR_CHARS, blank=True)

    class Meta:
        indexes = [models.Index(fields=["stage", "-started_at"], name="core_stagerun_by_stage")]
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.stage} {self.started_at:%Y-%m-%d %H:%M:%S}"

    @property
    def duration_s(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()


class WorkerHeartbeat(models.Model):
    """When a worker cluster last did anything; the supervisor restarts a cluster whose beat is stale."""

    cluster = models.TextField(unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.cluster


def staged(model: type[Staged]) -> StagedQuerySet[Staged]:
    """All rows of a table that a stage works on, with the table's own idea of what may be retried."""
    return cast(StagedQuerySet[Staged], model._default_manager.all())


def staged_models() -> Sequence[type[Staged]]:
    """Every table that a stage works on."""
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, Staged)]
