"""Admin of market figures and of estimated pay, which only stages write."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from jobs.models import Insight, PayEstimate, PayModel


@admin.register(Insight)
class InsightAdmin(ReadOnlyAdmin):
    list_display = ("kind", "name", "country", "level", "currency", "count", "day")
    list_filter = ("kind", "country", "level", "currency")
    search_fields = ("name",)
    date_hierarchy = "day"
    ordering = ("-pk",)


@admin.register(PayModel)
class PayModelAdmin(ReadOnlyAdmin):
    list_display = ("id", "made_at", "paid_jobs", "trained_on", "measured")
    fields = ("made_at", "paid_jobs", "trained_on", "measured")
    readonly_fields = fields
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayModel]:
        rows: QuerySet[PayModel] = super().get_queryset(request)
        return rows.defer("body")


@admin.register(PayEstimate)
class PayEstimateAdmin(ReadOnlyAdmin):
    list_display = ("job_link", "low", "middle", "high", "currency", "based_on", "model")
    list_filter = ("currency", ("middle", admin.EmptyFieldListFilter))
    search_fields = ("job__title",)
    fields = ("job_link", "low", "middle", "high", "currency", "based_on", "model", "made_from")
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayEstimate]:
        rows: QuerySet[PayEstimate] = super().get_queryset(request)
        own = (field.name for field in PayEstimate._meta.fields)
        return rows.select_related("job", "model").only(*own, "job__title", "job__source", "model__made_at")

    @admin.display(description="job", ordering="job_id")
    def job_link(self, row: PayEstimate) -> SafeString | str:
        return link_to(row.job)
