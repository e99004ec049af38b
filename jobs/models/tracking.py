"""What is known of a posting besides what it says: when it was seen, what its source sent, whether it was read, who closed it.

Tables of their own, since a sync touches them for every posting and the postings themselves only where they changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cvmatch.core.models import Staged, StagedQuerySet
from jobs.models.postings import Job


class Sighting(models.Model):
    """When a posting was last seen at its source, and by which item of it.

    ``missed_since`` is when the first full run began that did not see it; a posting that is seen again is not missed.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="sighting")
    item_hash = models.UUIDField(null=True, help_text="Of the item it was made from: the same again needs no mapping.")
    seen_at = models.DateTimeField(help_text="When the run began that saw it last.")
    missed_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["item_hash"], name="jobs_sighting_item"),
            models.Index(fields=["missed_since"], name="jobs_sighting_missed", condition=Q(missed_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Job {self.job_id}, {self.seen_at:%Y-%m-%d %H:%M}"


class Payload(models.Model):
    """What the source sent for a posting as it is stored, for looking into it."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="payload")
    raw = models.TextField(
        help_text="JSON in ASCII; text, since PostgreSQL's jsonb does not take all that JSON allows."
    )

    def __str__(self) -> str:
        return f"Job {self.job_id}"


class JobClosing(models.Model):
    """A recruiter has closed a posting, and may have opened it again. Until then nothing that its source sends opens it."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="closings")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job"], name="jobs_jobclosing_one", condition=Q(opened_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"Job {self.job_id}"


class JobReading(Staged):
    """The state of reading one posting: its requirements, its words, and what its source left empty.

    Made with the posting; a changed posting is read again. What is not read yet is not embedded, so it is not found.
    """

    stages: ClassVar[tuple[str, ...]] = ("read_jobs",)

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="reading")

    objects = StagedQuerySet["JobReading"].as_manager()

    class Meta:
        indexes = Staged.stage_indexes("jobs_reading")

    def __str__(self) -> str:
        return f"Job {self.job_id}"
