"""Vectors, predictions, matches and their explanations."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from pgvector.django import HalfVectorField, HnswIndex

from cvmatch.core.models import Staged, StagedQuerySet, Status
from ingestion.models import CV
from jobs.models import Job
from matching.values import Passages

DIMENSIONS = 384


class Kind(models.TextChoices):
    """Which text of a CV or job a vector stands for."""

    TEXT = "text", "The whole text"
    TITLE = "title", "Job title, or the person's own titles"
    SKILLS = "skills", "The names of the skills asked, or shown"


class TextEmbedding(models.Model):
    """A text that was embedded once: by the hash of the text and the model, for good."""

    content_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=60)
    embedding = HalfVectorField(dimensions=DIMENSIONS)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_hash", "model"], name="matching_textembedding_key")]

    def __str__(self) -> str:
        return f"{self.model} {self.content_hash[:12]}"


def _hnsw(name: str, kind: str) -> HnswIndex:
    """m and ef_construction by measurement: at 100,000 clustered vectors recall 1.00 at ef_search 100 (the usual 16/64: 0.89)."""
    return HnswIndex(
        fields=["embedding"],
        name=name,
        m=24,
        ef_construction=200,
        opclasses=["halfvec_cosine_ops"],
        condition=Q(kind=kind),
    )


class JobVector(models.Model):
    """One vector of a job; a table apart from the job, since an update beside an HNSW index is a thousand times slower."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="vectors")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    model = models.CharField(max_length=60)
    embedding = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "kind", "model"], name="matching_jobvector_key")]
        indexes = [_hnsw("matching_jobvector_text", "text"), _hnsw("matching_jobvector_title", "title")]

    def __str__(self) -> str:
        return f"job {self.job_id} {self.kind}"


class CVVector(models.Model):
    """One vector of a CV."""

    cv = models.ForeignKey(CV, on_delete=models.CASCADE, related_name="vectors")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    model = models.CharField(max_length=60)
    embedding = HalfVectorField(dimensions=DIMENSIONS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cv", "kind", "model"], name="matching_cvvector_key")]
        indexes = [_hnsw("matching_cvvector_text", "text"), _hnsw("matching_cvvector_title", "title")]

    def __str__(self) -> str:
        return f"CV {self.cv_id} {self.kind}"


class PassageVectors(models.Model):
    """The passages of one text with their vectors, together in one row: they are only ever compared all at once."""

    model = models.CharField(max_length=60)
    spans_json = models.JSONField(help_text="Written and read only through matching.values.Passages.")
    vectors = models.BinaryField(help_text="Eight bits a number, by matching.values.Passages.")

    class Meta:
        abstract = True

    @property
    def passages(self) -> Passages:
        return Passages.load(self.spans_json, bytes(self.vectors))


class JobPassages(PassageVectors):
    """The sentences in which a job asks for something."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="passages")

    class Meta:
        verbose_name_plural = "job passages"

    def __str__(self) -> str:
        return f"job {self.job_id}"


class CVPassages(PassageVectors):
    """The lines of a CV that tell of work, skills and education."""

    cv = models.OneToOneField(CV, on_delete=models.CASCADE, related_name="passages")

    class Meta:
        verbose_name_plural = "CV passages"

    def __str__(self) -> str:
        return f"CV {self.cv_id}"


class Corpus(models.Model):
    """How many texts there are on one side (jobs, cvs), to judge how rare a word is; refreshed by the stage count_words."""

    name = models.CharField(max_length=8, primary_key=True)
    documents = models.PositiveIntegerField()
    mean_length = models.FloatField(help_text="Distinct words per text.")
    refreshed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "corpora"

    def __str__(self) -> str:
        return self.name


class Lexeme(models.Model):
    """In how many texts of one side a word stem occurs."""

    corpus = models.CharField(max_length=8)
    lexeme = models.TextField()
    documents = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["corpus", "lexeme"], name="matching_lexeme_key")]

    def __str__(self) -> str:
        return self.lexeme


class JobEmbedding(Staged):
    """The state of embedding one job (see :class:`Staged`); another hash or model makes it pending again."""

    stages: ClassVar[tuple[str, ...]] = ("embed_jobs",)

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="embedding")
    content_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=60)

    objects = StagedQuerySet.as_manager()

    class Meta:
        indexes = Staged.stage_indexes("matching_jobemb")

    def __str__(self) -> str:
        return f"job {self.job_id}"


class CVEmbedding(Staged):
    """The state of embedding one CV (see :class:`Staged`)."""

    stages: ClassVar[tuple[str, ...]] = ("embed_cvs",)

    cv = models.OneToOneField(CV, on_delete=models.CASCADE, related_name="embedding")
    content_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=60)

    objects = StagedQuerySet.as_manager()

    class Meta:
        indexes = Staged.stage_indexes("matching_cvemb")

    def __str__(self) -> str:
        return f"CV {self.cv_id}"


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
    searched = models.PositiveIntegerField(default=0, help_text="How many were compared in full.")
    filter_json = models.JSONField(default=dict, help_text="Written and read only through jobs.values.JobFilter.")

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

    class Meta:
        verbose_name_plural = "matches"
        constraints = [models.UniqueConstraint(fields=["prediction", "rank"], name="matching_match_rank")]
        indexes = [models.Index(fields=["cv", "job"], name="matching_match_pair")]
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
