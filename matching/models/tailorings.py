"""CVs made for one job each, what was asked for together, and what the language model was used for on each day."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cvmatch.core.models import Staged, StagedQuerySet
from ingestion.models import CV
from jobs.models import Job


class Tailoring(Staged):
    """One CV made for one job (see :class:`Staged` for the states), kept with the versions of all that it was made from.

    Whoever asks for the same pair again, while nothing has changed, gets this row. It goes with its CV and with its job.
    """

    class By(models.TextChoices):
        """Who proposes edits; each edit is checked whoever that is."""

        RULES = "rules", _("Rules")
        MODEL = "model", _("Rules and a language model")

    stages: ClassVar[tuple[str, ...]] = ("tailor_cvs",)

    cv = models.ForeignKey(CV, on_delete=models.CASCADE, related_name="tailorings", verbose_name="CV")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="tailorings")
    cv_hash = models.CharField(max_length=64, help_text="Of the CV's text.")
    job_hash = models.CharField(max_length=64, help_text="Of the job's text.")
    engine = models.CharField(max_length=200, help_text="Of tailoring, weights, vocabulary and embedding model.")
    by = models.CharField(max_length=8, choices=By.choices, default=By.RULES)
    fell_back = models.CharField(max_length=300, blank=True, help_text="Why the rules did it without the model.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    score_before = models.FloatField(null=True, blank=True, help_text="0 to 100.")
    score_after = models.FloatField(null=True, blank=True, help_text="0 to 100, never below the one before.")
    body_json = models.JSONField(default=dict, help_text="Written and read only through matching.tailoring.Tailored.")

    objects = StagedQuerySet.as_manager()

    class Meta:
        verbose_name = "tailored CV"
        constraints = [
            models.UniqueConstraint(
                fields=["cv", "job", "by", "cv_hash", "job_hash", "engine"], name="matching_tailoring_key"
            )
        ]
        indexes = [
            *Staged.stage_indexes("matching_tailor"),
            models.Index(fields=["created_at"], name="matching_tailor_age"),
        ]

    def __str__(self) -> str:
        return f"CV {self.cv_id} for job {self.job_id}"


class TailoringBatch(models.Model):
    """What somebody asked for at once: many CVs for one job, or one CV for many jobs.

    A pair that was asked for before is the same row of :class:`Tailoring`, so that it may be in several batches. Ids of rows
    that are gone, with their CV or because the batch was cancelled, stay in the list and are counted as gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tailoring_batches")
    tailorings = ArrayField(
        models.BigIntegerField(), help_text="Ids of tailored CVs, in the order they were asked for."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "tailoring batches"
        indexes = [models.Index(fields=["created_at"], name="matching_tailorbatch_age")]

    def __str__(self) -> str:
        return str(self.pk)


class ModelUse(models.Model):
    """What tailoring asked of the language model on one day (UTC): tokens of questions and answers, against the day's budget.

    ``reserved`` are those of questions under way, at the most that they may need.
    """

    day = models.DateField(primary_key=True)
    requests = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(default=0)
    tokens_out = models.PositiveBigIntegerField(default=0)
    reserved = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "model use"

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
