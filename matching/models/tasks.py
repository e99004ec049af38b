"""What people and programs asked to be matched, by an id that nobody can guess."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ingestion.models import CV
from matching.models.predictions import Prediction


class MatchTaskQuerySet(models.QuerySet["MatchTask"]):
    def alive(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())


class MatchTask(models.Model):
    """One request for a match, of a user; polled until its list is there.

    Of a stored CV or a job without filters it stands for one ``prediction``. Of a text or a file it stands for the ``cv``
    that was made of it for this task alone and goes with it. Under ``filters`` the list is ranked when it is fetched.
    The row outlives what it stands for, so that a result that has expired can be told from one that never was.
    """

    class Kind(models.TextChoices):
        CV = "cv", "A stored CV"
        JOB = "job", "A job"
        TEXT = "text", "A text"
        FILE = "file", "A file"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="match_tasks")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    cv = models.ForeignKey(CV, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="CV")
    prediction = models.ForeignKey(Prediction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    filters_json = models.JSONField(default=dict, blank=True, help_text="As they were asked for, by parameter.")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = MatchTaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="matching_task_expiring"),
            models.Index(fields=["user", "-created_at"], name="matching_task_by_user"),
        ]
        constraints = [
            models.CheckConstraint(
                name="matching_task_filters", condition=Q(filters_json={}) | Q(kind__in=["cv", "text", "file"])
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_of_its_own(self) -> bool:
        """Whether the CV came with the task and is nobody else's."""
        return self.kind in {self.Kind.TEXT, self.Kind.FILE}
