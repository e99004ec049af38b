"""Postings: what is open, what they ask for, and where they came from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs.filtering import PAYS_UP_TO, condition
from jobs.requirements import JobRequirements
from jobs.values import JobFilter, Pay, Place

# Stands for "no date" where jobs are ordered by age: older than any posting.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


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


# What filters and facets look at besides country and town.
_FILTERED = (
    "id", "city", "level", "employment_type", "remote", "source", "salary_currency", "salary_year_min", "salary_year_max",
    "listed_at", "latitude", "longitude",
)  # fmt: skip


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> Self:
        return self.filter(status=Job.Status.ACTIVE)

    def filtered(self, only: JobFilter) -> Self:
        """Jobs that the filter lets through; ages are counted to now."""
        return self.filter(condition(only, now=timezone.now()))

    def matching_words(self, words: str) -> Self:
        """Jobs whose title, company or text contain the words, as a person types them into a search box."""
        # PostgreSQL refuses NUL in any text.
        query = SearchQuery(words.replace("\x00", " "), search_type="websearch", config="english")
        return self.filter(search=query)


class Job(models.Model):
    """A posting of one source.

    ::

        active ──expires_at passes──► expired ──90 days──► deleted row
           ▲                            │
           └────── seen again ──────────┘
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        EXPIRED = "expired", "Expired"

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    title = models.CharField(max_length=300)
    company = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    description_html = models.TextField(blank=True)
    url = models.URLField(max_length=1000, blank=True)

    city = models.CharField(max_length=120, blank=True)
    city_key = models.CharField(max_length=120, blank=True, db_default="", help_text="Without case and accents.")
    region = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    remote = models.BooleanField(default=False)
    hybrid = models.BooleanField(default=False, db_default=False, help_text="Partly at home, partly at the place.")
    employment_type = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=12, blank=True)

    salary_min = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    salary_max = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    salary_currency = models.CharField(max_length=3, blank=True)
    salary_period = models.CharField(max_length=8, blank=True)
    salary_estimated = models.BooleanField(
        default=False, db_default=False, help_text="By the source, not the employer."
    )
    salary_year_min = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    salary_year_max = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    categories = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    is_snippet = models.BooleanField(
        default=False, db_default=False, help_text="The source gives only the beginning of the text."
    )
    group_key = models.CharField(
        max_length=200, blank=True, db_default="", help_text="Shared by the rows of one posting in several places."
    )

    posted_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(help_text="When the posting last differed from what was stored.")

    requirements_json = models.JSONField(default=dict, help_text="Written and read only through JobRequirements.")
    repairs = models.JSONField(default=list, blank=True)
    row_hash = models.CharField(max_length=64, help_text="Of everything the source sent; same hash, nothing to do.")
    content_hash = models.CharField(max_length=64, help_text="Of the text that is embedded and matched.")
    search = models.GeneratedField(
        expression=SearchVector("title", "company", config=Value("english"), weight="A")
        + SearchVector("description", config=Value("english"), weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    listed_at = models.GeneratedField(
        expression=Coalesce("posted_at", Value(UNDATED)),
        output_field=models.DateTimeField(),
        db_persist=True,
        help_text="When it was posted, and never empty: pages of a list follow each other by one comparison of rows.",
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="jobs_job_identity")]
        indexes = [
            GinIndex(fields=["search"], name="jobs_job_search"),
            models.Index(F("listed_at").desc(), F("id").desc(), name="jobs_job_newest", condition=Q(status="active")),
            models.Index(fields=["expires_at"], name="jobs_job_to_expire", condition=Q(status="active")),
            # Filters and facets read all they need from this one, without the far larger rows.
            models.Index(
                fields=["country", "city_key"],
                include=_FILTERED,
                name="jobs_job_filters",
                condition=Q(status="active"),
            ),
            models.Index(F("salary_currency"), PAYS_UP_TO, name="jobs_job_pay", condition=Q(status="active")),
            # A radius keeps remote jobs too: it takes both of these.
            models.Index(fields=["latitude", "longitude"], name="jobs_job_around", condition=Q(status="active")),
            models.Index(fields=["id"], name="jobs_job_remote", condition=Q(status="active", remote=True)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> Place:
        return Place(self.city, self.region, self.country, self.postal_code, self.latitude, self.longitude)

    @property
    def pay(self) -> Pay | None:
        if self.salary_min is None and self.salary_max is None:
            return None
        period = self.salary_period or "YEAR"
        return Pay(self.salary_min, self.salary_max, self.salary_currency, period, self.salary_estimated)

    @property
    def requirements(self) -> JobRequirements:
        return JobRequirements.from_json(self.requirements_json)


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
