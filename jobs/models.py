"""Postings: what is open, what they ask for, and where they came from."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q, Value

from jobs.requirements import JobRequirements
from jobs.values import Pay, Place


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> Self:
        return self.filter(status=Job.Status.ACTIVE)

    def matching_words(self, words: str) -> Self:
        """Jobs whose title, company or text contain the words, as a person types them into a search box."""
        from django.contrib.postgres.search import SearchQuery

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
    region = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    remote = models.BooleanField(default=False)
    employment_type = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=12, blank=True)

    salary_min = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    salary_max = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    salary_currency = models.CharField(max_length=3, blank=True)
    salary_period = models.CharField(max_length=8, blank=True)
    salary_year_min = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    salary_year_max = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

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

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="jobs_job_identity")]
        indexes = [
            GinIndex(fields=["search"], name="jobs_job_search"),
            models.Index(
                F("posted_at").desc(nulls_last=True),
                F("id").desc(),
                name="jobs_job_newest",
                condition=Q(status="active"),
            ),
            models.Index(fields=["expires_at"], name="jobs_job_to_expire", condition=Q(status="active")),
            models.Index(fields=["country", "city"], name="jobs_job_place", condition=Q(status="active")),
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
        return Pay(self.salary_min, self.salary_max, self.salary_currency, self.salary_period or "YEAR")

    @property
    def requirements(self) -> JobRequirements:
        return JobRequirements.from_json(self.requirements_json)
