"""Vectors of CVs and jobs, the state of embedding each, and how rare a word is."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from django.db import models
from django.db.models import Q
from pgvector.django import HalfVectorField, HnswIndex

from cvmatch.core.models import Staged, StagedQuerySet
from ingestion.models import CV
from jobs.models import Job
from jobs.skills.vocabulary import vocabulary
from matching.values import Passages, SkillLink, links_from_json

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
    links_json = models.JSONField(
        default=list,
        db_default=[],
        help_text="Phrases that mean a skill without naming it; written and read only through matching.values.links.",
    )

    class Meta:
        verbose_name_plural = "CV passages"

    def __str__(self) -> str:
        return f"CV {self.cv_id}"

    @property
    def links(self) -> tuple[SkillLink, ...]:
        """In the order of the text; none where the model is one that linking was not fitted for."""
        merged = vocabulary().merged  # a skill may have become part of another since
        links = links_from_json(self.links_json)
        return tuple(replace(link, skill_id=merged.get(link.skill_id, link.skill_id)) for link in links)


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
