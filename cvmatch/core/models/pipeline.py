"""What is kept of the pipeline besides its runs: stages that people stopped, and how the backlog went."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class StagePause(models.Model):
    """A stage that somebody has stopped: its tasks end at once and its rows wait, until somebody lets it go on.

    Written by ``cvmatch.core.pausing`` only, which also starts the stage again.
    """

    stage = models.CharField(max_length=40, unique=True)
    paused_at = models.DateTimeField()
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    def __str__(self) -> str:
        return self.stage


class BacklogSample(models.Model):
    """How much waited for a stage at one moment; taken every few minutes and kept for 30 days."""

    stage = models.CharField(max_length=40)
    taken_at = models.DateTimeField(help_text="A whole minute.")
    waiting = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    oldest_s = models.PositiveIntegerField(
        null=True, blank=True, help_text="How long the oldest waited; empty where none did."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["taken_at", "stage"], name="core_backlogsample_unique")]

    def __str__(self) -> str:
        return f"{self.stage} {self.taken_at:%Y-%m-%d %H:%M}"
