"""What people here changed about the vocabulary of skills."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Q


def naming_any(terms: Iterable[str], *fields: str) -> Q:
    """Rows whose text may name one of the terms: by the word index in any inflection, letter by letter where a term is
    short, a stop word or has signs in it. ``fields`` are the columns that the row's ``search`` was made of."""
    found = Q(pk__in=[])
    for term in terms:
        if len(term) > 3 and term.replace(" ", "").isalpha():
            found |= Q(search=SearchQuery(term, search_type="plain", config="english"))
        else:
            found |= Q(*((f"{field}__icontains", term) for field in fields), _connector=Q.OR)
    return found


class CustomSkill(models.Model):
    """A skill that people here added to the vocabulary."""

    skill_id = models.SlugField(max_length=60, unique=True, help_text="Stored beside what is found; it never changes.")
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, default="skill")
    group = models.CharField(
        max_length=60, blank=True, help_text="Skills of one group stand in for each other in part."
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class SkillAlias(models.Model):
    """Another name that people here gave to a skill."""

    class Reading(models.TextChoices):
        PLAIN = "plain", "Anywhere, in any case"
        EXACT_CASE = "exact_case", "Only written exactly so"
        IN_CONTEXT = "in_context", "Only beside words that show what is meant, or in a list"

    skill_id = models.CharField(max_length=60)
    term = models.CharField(max_length=120, unique=True)
    reading = models.CharField(max_length=12, choices=Reading.choices, default=Reading.PLAIN)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "skill aliases"
        indexes = [models.Index(fields=["skill_id"], name="jobs_skillalias_skill")]

    def __str__(self) -> str:
        return self.term


class SkillMerge(models.Model):
    """Two skills of the vocabulary that are one: where ``skill_id`` is found or stored, ``into_id`` is meant."""

    skill_id = models.CharField(max_length=60, unique=True)
    into_id = models.CharField(max_length=60)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.skill_id} is {self.into_id}"


class SkillChange(models.Model):
    """One change of the vocabulary: the record of it, and how far the texts with these terms are read again.

    The id of the newest row is the edition of the vocabulary that processes compare theirs with. ``jobs_done_to`` and
    ``cvs_done_to`` are the highest ids read again so far; None when all are.
    """

    action = models.CharField(max_length=40)
    terms = models.JSONField(default=list, help_text="The names whose texts are read again.")
    jobs_done_to = models.BigIntegerField(null=True, default=0)
    cvs_done_to = models.BigIntegerField(null=True, default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.action} ({self.pk})"
