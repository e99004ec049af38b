"""Back-fills: work over all CVs or jobs again after a new parser, reader, model or ranking, kept beside what is in use."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ingestion.models import CV
from jobs.models import Job


class Backfill(models.Model):
    """One of them, from its start to the day on which what it replaced is thrown away.

    ::

        running ⇄ paused
           │ every row has been worked on
           ▼
        ready ──► switching ──► switched ──► cleaned
                                   │  ▲
                                   ▼  │ (a new back-fill)
                             rolling back ──► rolled back
        running, paused, ready ──► cancelled

    What is new stands in :class:`BackfillItem` (and, for vectors, in their tables under the name of their model) until the
    switch; what it replaced stands there afterwards. Rows are worked off by their ids: ``cursors`` are the last ones
    that are through, written in one transaction with what came of them.
    """

    class What(models.TextChoices):
        PARSE = "parse", "CVs: read files again"
        READ = "read", "Jobs: read what they ask for again"
        EMBED = "embed", "CVs and jobs: vectors of another model"
        MATCH = "match", "CVs: make their lists again"

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        READY = "ready", "Ready"
        SWITCHING = "switching", "Switching"
        SWITCHED = "switched", "Switched"
        ROLLING_BACK = "rolling back", "Rolling back"
        ROLLED_BACK = "rolled back", "Rolled back"
        CLEANED = "cleaned", "Cleaned"
        CANCELLED = "cancelled", "Cancelled"

    # Only one of a kind may be on its way.
    OPEN: ClassVar = (State.RUNNING, State.PAUSED, State.READY, State.SWITCHING, State.ROLLING_BACK)
    # What the stage has something to do for.
    WORKING: ClassVar = (State.RUNNING, State.READY, State.SWITCHING, State.ROLLING_BACK)

    what = models.CharField(max_length=8, choices=What.choices)
    from_version = models.CharField(max_length=60, blank=True)
    to_version = models.CharField(max_length=60)
    everything = models.BooleanField(default=False, help_text="Also rows that are of that version already.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    rate = models.PositiveIntegerField(help_text="Most rows in a minute.")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0, help_text="Rows of which something would be otherwise.")
    cursors = models.JSONField(default=dict, help_text="By side, cv or job: the last row that is through.")
    switch_cursor = models.BigIntegerField(default=0, help_text="The last item that was switched, or put back.")
    switched = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True, help_text="Not before: so many rows a minute.")
    held_until = models.DateTimeField(null=True, blank=True, help_text="A worker is at it until then, or has died.")
    summary_json = models.JSONField(default=dict, help_text="Written and read only through Summary.")
    error = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    switched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["what"],
                name="matching_backfill_one_open",
                condition=Q(state__in=["running", "paused", "ready", "switching", "rolling back"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.from_version or '?'} → {self.to_version}"

    @property
    def share(self) -> float:
        """How far it is, 0 to 1; rows that came or went meanwhile change nothing about its end."""
        if self.state not in {self.State.RUNNING, self.State.PAUSED, self.State.CANCELLED}:
            return 1.0
        return min(1.0, (self.done + self.failed) / self.total) if self.total else 0.0

    @property
    def minutes_left(self) -> int:
        """At its rate, at best."""
        return -(-max(self.total - self.done - self.failed, 0) // max(self.rate, 1))


class BackfillItem(models.Model):
    """What came of one CV or job; goes with it, since it holds what it says."""

    class State(models.TextChoices):
        MADE = "made", "Made"
        FAILED = "failed", "Failed"
        SWITCHED = "switched", "Switched"
        LEFT = "left", "Left as it was: it changed meanwhile"
        ROLLED_BACK = "rolled back", "Rolled back"

    backfill = models.ForeignKey(Backfill, on_delete=models.CASCADE, related_name="items")
    cv = models.ForeignKey(CV, null=True, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.MADE)
    made_of = models.CharField(max_length=64, blank=True, help_text="The content hash of the CV or job.")
    differs = models.PositiveIntegerField(default=0, help_text="How much would be otherwise.")
    new_json = models.JSONField(default=dict)
    new_vectors = models.BinaryField(default=b"")
    old_json = models.JSONField(default=dict)
    old_vectors = models.BinaryField(default=b"")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["backfill", "cv"], name="matching_backfillitem_cv"),
            models.UniqueConstraint(fields=["backfill", "job"], name="matching_backfillitem_job"),
        ]
        indexes = [
            models.Index(fields=["backfill", "-differs"], name="matching_backfillitem_most"),
        ]

    def __str__(self) -> str:
        return f"CV {self.cv_id}" if self.cv_id else f"job {self.job_id}"
