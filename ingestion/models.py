"""CVs as they came in and as we read them, with their versions per candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q, Value

from cvmatch.core.models import Staged, StagedQuerySet, Status
from ingestion.values import ParsedCV
from jobs.skills import SkillMention


def skills_to_json(mentions: Sequence[SkillMention]) -> list[dict[str, Any]]:
    """The first mention of each skill, in the form of the column ``CV.skills_json``."""
    first = {mention.skill_id: mention for mention in reversed(mentions)}
    return [asdict(mention) for mention in sorted(first.values(), key=lambda mention: mention.start)]


class Candidate(models.Model):
    """A person whose CVs we hold; ``user`` is set when they have an account here."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="candidate"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    desired_pay = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="Per year.")
    desired_currency = models.CharField(max_length=3, blank=True)

    def __str__(self) -> str:
        return f"Candidate {self.pk}"


def upload_path(cv: CV, filename: str) -> str:
    """Stored under the hash of the bytes: the person's own file name never becomes a path."""
    return f"cvs/{cv.sha256[:2]}/{cv.sha256}"


class CVQuerySet(StagedQuerySet["CV"]):
    def current(self) -> Self:
        """The version of each candidate that is matched."""
        return self.filter(is_latest=True)

    def parsed(self) -> Self:
        return self.filter(status=Status.COMPLETED)

    def visible_to(self, user: Any) -> Self:
        """Recruiters see every CV; anyone else only the CVs of their own candidate."""
        return self if user.is_recruiter else self.filter(candidate__user=user)


class CV(Staged):
    """One version of a candidate's CV; its own stage is parsing (see :class:`Staged` for the states)."""

    stages: ClassVar[tuple[str, ...]] = ("parse_cvs",)

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="cvs")
    version = models.PositiveIntegerField()
    is_latest = models.BooleanField(default=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    file = models.FileField(upload_to=upload_path, max_length=200)
    filename = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)

    name = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True, help_text="The text that every span points into.")
    matched_text = models.TextField(
        blank=True, help_text="The same text with the person hidden; all that matching sees."
    )
    parsed_json = models.JSONField(default=dict, help_text="Written and read only through ParsedCV.")
    skills_json = models.JSONField(default=list, help_text="Written and read only through skills_to_json.")
    completeness = models.FloatField(null=True, blank=True, help_text="Share of the expected facts found, 0 to 1.")
    findings = models.JSONField(default=list, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("matched_text", config=Value("english")),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CVQuerySet.as_manager()

    class Meta:
        verbose_name = "CV"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "version"], name="ingestion_cv_version"),
            models.UniqueConstraint(fields=["candidate"], name="ingestion_cv_one_latest", condition=Q(is_latest=True)),
        ]
        indexes = [
            *Staged.stage_indexes("ingestion_cv"),
            GinIndex(fields=["search"], name="ingestion_cv_search"),
            models.Index(fields=["-uploaded_at"], name="ingestion_cv_newest"),
        ]

    def __str__(self) -> str:
        return self.name or self.filename

    @property
    def parsed(self) -> ParsedCV:
        return ParsedCV.from_json(self.parsed_json)

    @property
    def skills(self) -> tuple[SkillMention, ...]:
        return tuple(SkillMention(**row) for row in self.skills_json)
