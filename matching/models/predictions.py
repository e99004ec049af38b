"""Ranked lists, their lines and why each line scored as it did, with what they were made from."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cvmatch.core.models import Staged, StagedQuerySet, Status
from ingestion.models import CV
from jobs.models import Job
from matching.models.learned import LearnedRanker


class Snapshot(models.Model):
    """What the scorer saw, kept under the hash of its content: one row however many matches were made from it.

    Matches and predictions name it by hash and not by a foreign key, whose check at each of its rows would slow down the
    one clean-up of those that nothing names any more (``retention.delete_unused_snapshots``).
    """

    class Kind(models.TextChoices):
        CV = "cv", "A CV"
        JOB = "job", "A job"
        RECIPE = "recipe", "How pairs were scored"

    sha256 = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    body_json = models.JSONField(help_text="Written and read only through matching.values.snapshots.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sha256[:12]}"


class PredictionQuerySet(StagedQuerySet["Prediction"]):
    def retriable(self) -> Self:
        """Only the newest list of a subject: an older one was replaced, and two of a subject cannot be open at once."""
        newer = Prediction.objects.filter(side=OuterRef("side"), pk__gt=OuterRef("pk")).filter(
            Q(cv=OuterRef("cv")) | Q(job=OuterRef("job"))
        )
        return super().retriable().exclude(Exists(newer))


class Prediction(Staged):
    """One ranked list: the jobs for a CV, or the CVs for a job; what it was made from is kept with it.

    At most one per subject is open (pending or processing): asking twice at once gives the same one.
    """

    class Side(models.TextChoices):
        JOBS_FOR_CV = "jobs", "Jobs for a CV"
        CVS_FOR_JOB = "cvs", "CVs for a job"

    stages: ClassVar[tuple[str, ...]] = ("match_cvs", "match_jobs")

    side = models.CharField(max_length=4, choices=Side.choices)
    cv = models.ForeignKey(CV, null=True, blank=True, on_delete=models.CASCADE, related_name="predictions")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.CASCADE, related_name="predictions")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    as_of = models.DateTimeField(null=True, blank=True, help_text="The moment that ages and years were counted to.")
    model = models.CharField(max_length=60, blank=True, help_text="Embedding model.")
    config_version = models.CharField(max_length=60, blank=True, help_text="Weights, vocabulary and parser.")
    input_hash = models.CharField(max_length=64, blank=True, help_text="Of the subject's text.")
    recipe = models.CharField(
        max_length=64, blank=True, db_default="", help_text="The snapshot of how its pairs were scored."
    )
    # Neither index nor constraint: a column that is empty is added in a moment, and rankers are never deleted.
    ranker = models.ForeignKey(
        LearnedRanker, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="+", help_text="What re-ordered the list; none where it stands by score alone.",
    )  # fmt: skip
    searched = models.PositiveIntegerField(
        default=0, help_text="How many search found; the most promising were compared in full."
    )
    strong = models.PositiveIntegerField(default=0, db_default=0, help_text="Lines of the band strong.")
    good = models.PositiveIntegerField(default=0, db_default=0, help_text="Lines of the band good.")

    objects = PredictionQuerySet.as_manager()

    class Meta:
        indexes = [
            *Staged.stage_indexes("matching_pred"),
            models.Index(fields=["cv", "-created_at"], name="matching_pred_by_cv", condition=Q(side="jobs")),
            models.Index(fields=["job", "-created_at"], name="matching_pred_by_job", condition=Q(side="cvs")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cv"],
                name="matching_pred_one_open_cv",
                condition=Q(side="jobs", status__in=[Status.PENDING, Status.PROCESSING]),
            ),
            models.UniqueConstraint(
                fields=["job"],
                name="matching_pred_one_open_job",
                condition=Q(side="cvs", status__in=[Status.PENDING, Status.PROCESSING]),
            ),
            models.CheckConstraint(
                name="matching_pred_subject",
                condition=Q(side="jobs", cv__isnull=False, job__isnull=True)
                | Q(side="cvs", job__isnull=False, cv__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.cv_id or self.job_id}"


class Match(models.Model):
    """One line of a prediction: a CV and a job with their score."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="matches")
    rank = models.PositiveIntegerField()
    rank_by_score = models.SmallIntegerField(
        null=True, blank=True, help_text="Its rank by score alone, in a list that was re-ordered."
    )
    cv = models.ForeignKey(CV, on_delete=models.CASCADE, related_name="matches")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="matches")
    score = models.DecimalField(max_digits=4, decimal_places=1, help_text="0 to 100, absolute.")
    low = models.DecimalField(max_digits=4, decimal_places=1)
    high = models.DecimalField(max_digits=4, decimal_places=1)
    band = models.CharField(max_length=12)
    for_job = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, help_text="How well the CV suits the job."
    )
    for_person = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, help_text="How well the job suits the person."
    )
    fits_json = models.JSONField(default=dict, help_text="Written and read only through matching.values.Fit.")
    parts_json = models.JSONField(default=list, help_text="Written and read only through matching.values.Part.")
    signals_json = models.JSONField(default=dict, help_text="Written and read only through matching.values.Candidate.")
    related_json = models.JSONField(
        default=dict, help_text="Asked skills that others of the CV stand in for, with the share that counted."
    )
    cv_snapshot = models.CharField(max_length=64, blank=True, db_default="", help_text="What the scorer saw of the CV.")
    job_snapshot = models.CharField(
        max_length=64, blank=True, db_default="", help_text="What the scorer saw of the job."
    )

    class Meta:
        verbose_name_plural = "matches"
        constraints = [models.UniqueConstraint(fields=["prediction", "rank"], name="matching_match_rank")]
        indexes = [
            models.Index(fields=["cv", "job"], name="matching_match_pair"),
            # What deserves a look is counted over all lists; few lines are strong.
            models.Index(fields=["prediction", "job", "cv"], name="matching_match_strong", condition=Q(band="strong")),
        ]
        ordering = ["rank"]

    def __str__(self) -> str:
        return f"CV {self.cv_id} · job {self.job_id}: {self.score}"


class Explanation(Staged):
    """Why a match scored as it did (see :class:`Staged`); made with its match, filled by the explain stage."""

    stages: ClassVar[tuple[str, ...]] = ("explain_matches",)

    match = models.OneToOneField(Match, on_delete=models.CASCADE, related_name="explanation")
    body_json = models.JSONField(default=dict, help_text="Written and read only through matching.values.Account.")

    objects = StagedQuerySet.as_manager()

    class Meta:
        indexes = Staged.stage_indexes("matching_expl")

    def __str__(self) -> str:
        return f"match {self.match_id}"
