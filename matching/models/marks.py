"""What people make of jobs: kept, out of sight, right or wrong for them; and what they did with the lists they were shown."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ingestion.models import CV
from jobs.models import Job
from matching.models.predictions import Match


class JobMarkQuerySet(models.QuerySet["JobMark"]):
    def saved(self) -> Self:
        return self.filter(kind=JobMark.Kind.SAVED)

    def hidden(self) -> Self:
        return self.filter(kind=JobMark.Kind.HIDDEN)


class JobMark(models.Model):
    """What one person has made of one job; one row holds all of it, so that a list of jobs reads its marks at once.

    A job is on the list of those to keep or out of sight, never both; what they say about the fit and whether they went to
    apply is beside that.
    """

    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        HIDDEN = "hidden", _("Hidden")

    class Reason(models.TextChoices):
        FIELD = "field", _("Not my kind of work")
        PLACE = "place", _("Too far away")
        PAY = "pay", _("Pays too little")
        LEVEL = "level", _("Too junior or too senior")
        COMPANY = "company", _("Not this company")
        APPLIED = "applied", _("Applied elsewhere")
        OTHER = "other", _("Another reason")

    class Verdict(models.TextChoices):
        UP = "up", _("Fits me")
        DOWN = "down", _("Does not fit me")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="job_marks")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=Kind.choices, blank=True)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True, help_text="Why it is out of sight.")
    verdict = models.CharField(max_length=4, choices=Verdict.choices, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True, help_text="When they last followed the link to apply.")
    marked_at = models.DateTimeField(auto_now=True)

    objects = JobMarkQuerySet.as_manager()

    class Meta:
        ordering = ["-marked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "job"], name="matching_jobmark_one"),
            models.CheckConstraint(name="matching_jobmark_reason", condition=Q(reason="") | Q(kind="hidden")),
        ]
        indexes = [models.Index(fields=["user", "kind", "-marked_at"], name="matching_jobmark_list")]

    def __str__(self) -> str:
        return f"user {self.user_id}, job {self.job_id}: {self.kind or self.verdict or 'applied'}"


class Interaction(models.Model):
    """That somebody was shown a line of a list, or did something with it, once an hour at most: what lists are judged by later.

    ``hour`` makes the same thing done again within the hour the same row, whoever sends it twice. It goes with its user, its job
    and its CV; the list it was shown in may go before.
    """

    class Kind(models.TextChoices):
        SHOWN = "shown", _("Shown")
        OPEN = "open", _("Opened")
        APPLY = "apply", _("Went to apply")
        THUMB_UP = "thumb_up", _("Fits")
        THUMB_DOWN = "thumb_down", _("Does not fit")
        SAVE = "save", _("Saved")
        HIDE = "hide", _("Hidden")
        SHORTLIST = "shortlist", _("Shortlisted")
        REJECT = "reject", _("Rejected")

    class Surface(models.TextChoices):
        LIST = "list", _("A list of matches")
        PREVIEW = "preview", _("The first lines of a list")
        FILTERED = "filtered", _("A list under a filter")
        API = "api", _("Another program")
        DIGEST = "digest", _("A digest")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interactions")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="interactions")
    cv = models.ForeignKey(
        CV, null=True, blank=True, on_delete=models.CASCADE, related_name="interactions", verbose_name="CV"
    )
    match = models.ForeignKey(Match, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(
        null=True, blank=True, help_text="The place, from 1, at which it stood in the list that was shown."
    )
    surface = models.CharField(
        max_length=12, choices=Surface.choices, blank=True, db_default="", default="", help_text="Where it was shown."
    )
    variant = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="The experiment and its arm that put the line there; empty without one.",
    )
    hour = models.DateTimeField(help_text="The beginning of the hour it was done in.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "job", "cv", "kind", "hour"], name="matching_interaction_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["kind", "-created_at"], name="matching_interaction_kind")]

    def __str__(self) -> str:
        return f"user {self.user_id}, job {self.job_id}: {self.kind}"
