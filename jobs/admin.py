"""Admin of postings: what a source sent may be looked at, hidden or reopened, and is changed only by its source."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin
from jobs.models import Job

_HEAVY = ("description", "description_html", "search", "requirements_json", "repairs")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("title", "company", "source", "status", "city", "country", "remote", "level", "posted_at", "page")
    list_filter = ("status", "source", "remote", "level", "employment_type")
    search_fields = ("title", "company", "external_id")
    date_hierarchy = "posted_at"
    ordering = ("-pk",)
    fields = (
        "page", "title", "company", "source", "external_id", "status", "url", "city", "region", "country", "postal_code",
        "latitude", "longitude", "remote", "employment_type", "level", "salary_min", "salary_max", "salary_currency",
        "salary_period", "posted_at", "expires_at", "first_seen_at", "changed_at", "asks_for", "repairs", "content_hash",
        "description",
    )  # fmt: skip
    readonly_fields = ("page", "asks_for")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        rows: QuerySet[Job] = super().get_queryset(request)
        match = request.resolver_match
        # The list shows none of the large fields; the page of one row shows them.
        return rows.defer(*_HEAVY) if match and match.url_name == "jobs_job_changelist" else rows.defer("search")

    @admin.display(description="page")
    def page(self, job: Job) -> SafeString:
        return format_html('<a href="/jobs/{}/">open</a>', job.pk)

    @admin.display(description="asks for")
    def asks_for(self, job: Job) -> str:
        asked = job.requirements
        must = [skill.name for skill in asked.must_skills] + [entry.name for entry in asked.languages]
        nice = [skill.name for skill in asked.nice_skills]
        return f"must: {', '.join(must) or '–'}; nice: {', '.join(nice) or '–'}; years: {asked.min_years or '–'}"
