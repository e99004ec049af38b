"""Admin of vacancies: which postings were put together, and the action that parts them for good."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from jobs.grouping import forget_difference, keep_apart
from jobs.models import DifferentJobs, JobFingerprint, Listing, Vacancy

# The texts are large and no list shows them.
_HEAVY = ("description", "description_html", "search", "requirements_json")


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    """Postings that share a vacancy, vacancy by vacancy."""

    list_display = ("vacancy", "title", "company", "city", "source", "status", "is_shown", "page")
    list_filter = ("is_shown", "job__source")
    list_select_related = ("job", "vacancy")
    search_fields = ("job__title", "job__company", "=vacancy__id")
    ordering = ("-vacancy", "-is_shown", "pk")
    actions = ("part",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        rows: QuerySet[Listing] = super().get_queryset(request)
        return rows.defer(*(f"job__{field}" for field in _HEAVY))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the next comparison would put it back: parting is the action below

    @admin.display(ordering="job__title")
    def title(self, row: Listing) -> str:
        return row.job.title

    @admin.display(ordering="job__company")
    def company(self, row: Listing) -> str:
        return row.job.company

    @admin.display(ordering="job__city")
    def city(self, row: Listing) -> str:
        return row.job.city

    @admin.display(ordering="job__source")
    def source(self, row: Listing) -> str:
        return row.job.source

    @admin.display(ordering="job__status")
    def status(self, row: Listing) -> str:
        return row.job.get_status_display()

    @admin.display(description="page")
    def page(self, row: Listing) -> SafeString:
        return format_html('<a href="/jobs/{}/">open</a>', row.job_id)

    @admin.action(description="These are different jobs than the others of their vacancy", permissions=["view"])
    def part(self, request: HttpRequest, queryset: QuerySet[Listing]) -> None:
        count = keep_apart(jobs=list(queryset.values_list("job_id", flat=True)), made_by=request.user)  # type: ignore[arg-type]
        self.message_user(request, f"{count} postings are kept apart from now on.", messages.SUCCESS)


@admin.register(Vacancy)
class VacancyAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "found_at", "postings", "look")
    search_fields = ("=id",)
    date_hierarchy = "found_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vacancy]:
        rows: QuerySet[Vacancy] = super().get_queryset(request)
        return rows.annotate(size=Count("listings"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(ordering="size")
    def postings(self, vacancy: Any) -> int:
        return int(vacancy.size)

    @admin.display(description="its postings")
    def look(self, vacancy: Vacancy) -> SafeString:
        return format_html('<a href="/admin/jobs/listing/?vacancy__id__exact={}">look at them</a>', vacancy.pk)


@admin.register(JobFingerprint)
class JobFingerprintAdmin(ReadOnlyAdmin):
    """What postings are compared by, to see why two were put together or not."""

    list_display = ("job_id", "made_from", "standing")
    search_fields = ("job__title", "job__company")
    list_select_related = False
    fields = ("job_page", "made_from", "standing", "facts")
    readonly_fields = ("job_page",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobFingerprint]:
        rows: QuerySet[JobFingerprint] = super().get_queryset(request)
        return rows.defer("words", "runs")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="job")
    def job_page(self, row: JobFingerprint) -> SafeString:
        return format_html('<a href="/jobs/{}/">{}</a>', row.job_id, row.job_id)


@admin.register(DifferentJobs)
class DifferentJobsAdmin(ReadOnlyAdmin):
    """What people said; deleting a row takes it back."""

    list_display = ("job_title", "other_title", "made_by", "made_at")
    list_filter = ("made_at", ("made_by", admin.RelatedOnlyFieldListFilter))
    search_fields = ("job__title", "other__title")
    list_select_related = ("job", "other", "made_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DifferentJobs]:
        rows: QuerySet[DifferentJobs] = super().get_queryset(request)
        return rows.defer(*(f"{job}__{field}" for job in ("job", "other") for field in _HEAVY))

    @admin.display(description="this posting")
    def job_title(self, pair: DifferentJobs) -> SafeString | str:
        return link_to(pair.job)

    @admin.display(description="is not this one")
    def other_title(self, pair: DifferentJobs) -> SafeString | str:
        return link_to(pair.other)

    def delete_model(self, request: HttpRequest, obj: DifferentJobs) -> None:
        forget_difference(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[DifferentJobs]) -> None:
        for pair in queryset:
            forget_difference(pair)
