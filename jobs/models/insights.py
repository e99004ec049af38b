"""Figures of the market as they were counted each day, and what jobs without pay are estimated to pay."""

from __future__ import annotations

from django.db import models

from jobs.models.postings import Job


class Insight(models.Model):
    """One figure of one day: of a skill, a title, a place, a source, a step. Counted by a stage, never by a page.

    ``figures`` is written and read only through the values of ``jobs.insights.figures``.
    """

    class Kind(models.TextChoices):
        SKILL = "skill", "A skill that is asked for"
        TITLE = "title", "What a title asks for"
        PAY = "pay", "What is paid"
        TIME = "time", "How long jobs are open"
        SOURCE = "source", "How good a source is"
        FUNNEL = "funnel", "How far candidates come"

    day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200, blank=True, help_text="Of the skill, title, source or step; empty for all.")
    country = models.CharField(max_length=2, blank=True)
    level = models.CharField(max_length=12, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    count = models.PositiveIntegerField(help_text="Jobs, or for the funnel candidates, that it was counted from.")
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "day", "name", "country", "level", "currency"], name="jobs_insight_once"
            )
        ]
        indexes = [models.Index(fields=["day"], name="jobs_insight_day")]

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.kind, self.name, self.country, self.level, f"{self.day}"]))


class PayModel(models.Model):
    """What pay is estimated with, one row each time it was trained; the newest is in use."""

    made_at = models.DateTimeField(auto_now_add=True)
    paid_jobs = models.PositiveIntegerField(help_text="That said their pay then.")
    trained_on = models.PositiveIntegerField(help_text="Of these, each vacancy and each text once.")
    measured = models.JSONField(help_text="By currency, what it was worth on jobs that it had not seen.")
    body = models.BinaryField(help_text="Written and read only through jobs.pay.PayModels.")

    def __str__(self) -> str:
        return f"Pay model {self.pk} of {self.made_at:%Y-%m-%d}"


class PayEstimate(models.Model):
    """What a job that does not say its pay would pay a year. Shown as an estimate; no filter and no score looks at it.

    Without amounts where too few jobs support one. ``made_from`` is the posting's ``changed_at``.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="pay_estimate")
    model = models.ForeignKey(PayModel, on_delete=models.CASCADE, related_name="+")
    made_from = models.DateTimeField()
    low = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    middle = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    based_on = models.PositiveIntegerField(default=0, help_text="Jobs of a like title that say their pay.")

    def __str__(self) -> str:
        return f"Job {self.job_id}"
