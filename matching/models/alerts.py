"""Who wants to hear of new matches or jobs, what each was told, and the e-mails that are on their way."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cvmatch.core.models import Staged, StagedQuerySet
from ingestion.models import Candidate
from jobs.models import Job, SavedSearch


class AlertSubscription(models.Model):
    """One person's wish to be told of what is new to one candidate, job or saved search; ``due_at`` is the next look."""

    class Kind(models.TextChoices):
        JOBS_FOR_CV = "cv", _("New jobs for a CV")
        CVS_FOR_JOB = "job", _("New CVs for a job")
        NEW_JOBS = "search", _("New jobs of a saved search")

    class Cadence(models.TextChoices):
        AT_ONCE = "now", _("At once")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_subscriptions")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    search = models.ForeignKey(SavedSearch, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    min_score = models.PositiveSmallIntegerField(default=65, help_text="0 to 100; a saved search has no scores.")
    cadence = models.CharField(max_length=6, choices=Cadence.choices, default=Cadence.DAILY)
    by_email = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="en", help_text="Of the e-mails.")
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "candidate", "job", "search"], nulls_distinct=False, name="matching_alertsub_one"
            ),
            models.CheckConstraint(
                name="matching_alertsub_subject",
                condition=Q(kind="cv", candidate__isnull=False, job__isnull=True, search__isnull=True)
                | Q(kind="job", candidate__isnull=True, job__isnull=False, search__isnull=True)
                | Q(kind="search", candidate__isnull=True, job__isnull=True, search__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: subscription {self.pk}"


class AlertDigest(Staged):
    """What one subscription brought at one look, as an e-mail to send (see :class:`Staged`); born done without one."""

    stages: ClassVar[tuple[str, ...]] = ("send_alerts",)

    subscription = models.ForeignKey(AlertSubscription, on_delete=models.CASCADE, related_name="digests")
    message_id = models.UUIDField(default=uuid4, unique=True, editable=False, help_text="The same at every attempt.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StagedQuerySet.as_manager()

    class Meta:
        indexes = Staged.stage_indexes("matching_digest")

    def __str__(self) -> str:
        return f"digest {self.pk}"


class Alert(models.Model):
    """One thing that somebody was told; the constraint is what keeps it from being told twice.

    Without a digest it was there before the person subscribed, or asked for lower scores, and is not news.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subscription = models.ForeignKey(AlertSubscription, on_delete=models.CASCADE, related_name="alerts")
    digest = models.ForeignKey(AlertDigest, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "job", "candidate"], nulls_distinct=False, name="matching_alert_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="matching_alert_told", condition=Q(digest__isnull=False)),
            models.Index(
                fields=["user"], name="matching_alert_unread", condition=Q(digest__isnull=False, read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"
