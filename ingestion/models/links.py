"""What came of following the links of postings."""

from __future__ import annotations

from django.db import models


class LinkCheck(models.Model):
    """The last time that somebody was sent to a posting's own page to see whether it is there.

    ``gone_since`` is when the page was first found to be gone, as long as no later look found it.
    """

    class Outcome(models.TextChoices):
        WORKS = "works", "Works"
        GONE = "gone", "Gone"
        ASTRAY = "astray", "Leads to the front page"
        UNKNOWN = "unknown", "Could not be told"

    job = models.OneToOneField("jobs.Job", on_delete=models.CASCADE, primary_key=True, related_name="link_check")
    checked_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    gone_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["checked_at"], name="ingestion_linkcheck_checked")]

    def __str__(self) -> str:
        return f"Job {self.job_id}: {self.outcome}"
