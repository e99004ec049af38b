"""Postings: what is open and what they ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.filtering import PAYS_UP_TO, condition
from jobs.models.vacancies import Listing
from jobs.requirements import JobRequirements
from jobs.values import JobFilter, Pay, Place

# Stands for "no date" where jobs are ordered by age: older than any posting.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


# What the words of a posting are found by; counting them takes longer than storing the row, so that a stage does it.
WORDS = SearchVector("title", "company", config=Value("english"), weight="A") + SearchVector(
    "description", config=Value("english"), weight="B"
)
# What filters and facets look at besides country and town.
_FILTERED = (
    "id", "city", "level", "employment_type", "remote", "source", "salary_currency", "salary_year_min", "salary_year_max",
    "listed_at", "latitude", "longitude",
)  # fmt: skip


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> Self:
        return self.filter(status=Job.Status.ACTIVE)

    def listed(self) -> Self:
        """Open ones, of the postings of one vacancy only the one to show."""
        return self.active().filter(~Exists(Listing.objects.filter(job=OuterRef("pk"), is_shown=False)))

    def visible(self) -> Self:
        """Open ones, and those that ended not long ago."""
        return self.exclude(status=Job.Status.DELETED)

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

        active ─last day over, gone from its source, closed─► expired ──30 days──► deleted ──retention──► no row
           ▲                                                    │                    │
           └───────────────────── seen again ───────────────────┴────────────────────┘

    What a recruiter has closed (``JobClosing``) is opened by a recruiter alone.

    Only an active one is ever found. An expired one can still be looked at, a deleted one cannot.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        EXPIRED = "expired", _("Expired")
        DELETED = "deleted", _("Deleted")

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
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was closed; empty while it is open.")

    requirements_json = models.JSONField(default=dict, help_text="Written and read only through JobRequirements.")
    repairs = models.JSONField(default=list, blank=True)
    row_hash = models.CharField(max_length=64, help_text="Of everything the source sent; same hash, nothing to do.")
    content_hash = models.CharField(max_length=64, help_text="Of the text that is embedded and matched.")
    search = SearchVectorField(null=True, editable=False, help_text="Written with the requirements, from WORDS.")
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
            # The other orders of the list, and what came in since somebody looked.
            models.Index(Lower("title"), F("id"), name="jobs_job_by_title", condition=Q(status="active")),
            models.Index(Lower("company"), F("id"), name="jobs_job_by_company", condition=Q(status="active")),
            models.Index(fields=["first_seen_at"], name="jobs_job_first_seen", condition=Q(status="active")),
            models.Index(fields=["expires_at"], name="jobs_job_to_expire", condition=Q(status="active")),
            models.Index(fields=["ended_at"], name="jobs_job_ended", condition=~Q(status="active")),
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
            models.Index(fields=["source", "group_key"], name="jobs_job_places", condition=~Q(group_key="")),
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
