"""The job sources that people connected, and the runs that read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cvmatch.core.models import Staged, StagedQuerySet, Status

NAME_PATTERN = r"^\w[\w.-]{0,39}$"
OPEN = (Status.PENDING, Status.PROCESSING)


class SourceQuerySet(models.QuerySet["Source"]):
    def due(self) -> Self:
        """Those whose time has come, and that are not paused."""
        return self.filter(is_paused=False, next_run_at__lte=timezone.now())


class Source(models.Model):
    """A connection to one job source: which kind, with what parameters, how often.

    Its postings carry its ``name``. What is secret about it is kept sealed and is never shown (ingestion.syncing.secrets).
    """

    name = models.CharField(max_length=40, unique=True, validators=[RegexValidator(NAME_PATTERN)])
    kind = models.CharField(max_length=40, help_text="A key of the setting JOB_SOURCES.")
    options = models.JSONField(default=dict, blank=True, help_text="Parameters by name: texts, or lists of texts.")
    sealed = models.TextField(blank=True, editable=False, help_text="Secret parameters, encrypted.")
    every_minutes = models.PositiveIntegerField(default=1440)
    grace_days = models.PositiveSmallIntegerField(
        default=2, help_text="So long after the first full run that missed it a posting stays open."
    )
    is_paused = models.BooleanField(default=False)
    next_run_at = models.DateTimeField(default=timezone.now)
    connected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    connected_at = models.DateTimeField(auto_now_add=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_run_at"], name="ingestion_source_due", condition=Q(is_paused=False))]

    def __str__(self) -> str:
        return self.name

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.grace_days)


class SyncRunQuerySet(StagedQuerySet["SyncRun"]):
    def claimable(self) -> Self:
        """Runs whose keys are spent wait until they may be used again."""
        return super().claimable().filter(Q(wait_until=None) | Q(wait_until__lte=timezone.now()))

    def retriable(self) -> Self:
        """Only the newest run of a source: a later one has read what an earlier one could not."""
        newer = SyncRun.objects.filter(source=OuterRef("source"), pk__gt=OuterRef("pk"))
        return super().retriable().exclude(Exists(newer))

    def open(self) -> Self:
        return self.filter(status__in=OPEN)


class SyncRun(Staged):
    """One reading of a source, page by page (see :class:`Staged` for the states).

    Each page is stored together with the counts and the cursor here, so that a run that was broken off goes on behind
    it. A source has one open run at most. ``attempts`` counts from the last page that was stored.
    """

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", _("Schedule")
        PERSON = "person", _("A person")

    stages: ClassVar[tuple[str, ...]] = ("sync_sources",)

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    trigger = models.CharField(max_length=12, choices=Trigger.choices, default=Trigger.SCHEDULE)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    wait_until = models.DateTimeField(null=True, blank=True, help_text="Its keys are spent until then.")

    cursor = models.TextField(blank=True, help_text="Of the last page that was stored.")
    is_read = models.BooleanField(default=False, help_text="All pages are stored.")
    is_complete = models.BooleanField(default=False, help_text="It sees everything that is open at the source.")
    is_confirmed = models.BooleanField(default=False, help_text="A person says that so much has really ended.")

    pages = models.PositiveIntegerField(default=0)
    fetched = models.PositiveIntegerField(default=0, help_text="Items, before they are mapped.")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)
    repairs = models.JSONField(default=dict, blank=True, help_text="Of created and updated postings: kind → how often.")
    rejected = models.JSONField(default=list, blank=True, help_text="The first reasons against items.")
    doubt = models.CharField(max_length=200, blank=True, help_text="Why nothing was closed though it was missing.")

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], name="ingestion_syncrun_one_open", condition=Q(status__in=OPEN))
        ]
        indexes = [
            *Staged.stage_indexes("ingestion_syncrun"),
            models.Index(fields=["source", "-id"], name="ingestion_syncrun_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} · {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def duration_s(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def counts(self) -> dict[str, Any]:
        """The figures of the run by name, as they are shown and compared."""
        names = ("pages", "fetched", "created", "updated", "unchanged", "failed", "expired")
        return {name: getattr(self, name) for name in names}
