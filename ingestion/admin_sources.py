"""Admin of connected sources, without their secrets, and of their runs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import STAGED_FIELDS, STAGED_FILTERS, STAGED_LIST, ReadOnlyAdmin, StagedAdmin
from ingestion.models import LinkCheck, Source, SyncRun
from ingestion.syncing import pause, request_sync, resume


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Sources are connected, changed and disconnected on their own pages, which check what is typed and close jobs."""

    list_display = (
        "name",
        "kind",
        "is_paused",
        "every_minutes",
        "next_run_at",
        "connected_by",
        "connected_at",
        "look",
        "page",
    )
    list_filter = ("kind", "is_paused")
    list_select_related = ("connected_by",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = (
        "page", "look", "name", "kind", "options", "has_secrets", "every_minutes", "grace_days", "is_paused", "next_run_at",
        "connected_by", "connected_at",
    )  # fmt: skip
    readonly_fields = ("page", "look", "has_secrets")
    actions = ("run_now", "pause_selected", "resume_selected")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="page")
    def page(self, source: Source) -> SafeString:
        return format_html('<a href="{}">open</a>', reverse("source", args=[source.name]))

    @admin.display(description="runs and jobs")
    def look(self, source: Source) -> SafeString:
        runs, jobs = reverse("admin:ingestion_syncrun_changelist"), reverse("admin:jobs_job_changelist")
        address = '<a href="{}?source__id__exact={}">runs</a> · <a href="{}?source={}">jobs</a>'
        return format_html(address, runs, source.pk, jobs, source.name)

    @admin.display(description="secrets", boolean=True)
    def has_secrets(self, source: Source) -> bool:
        return bool(source.sealed)

    @admin.action(description="Run the selected sources now", permissions=["view"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            request_sync(source)
        self.message_user(request, f"{len(queryset)} sources are read now.", messages.SUCCESS)

    @admin.action(description="Pause the selected sources", permissions=["view"])
    def pause_selected(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            pause(source)
        self.message_user(request, f"{len(queryset)} sources are paused.", messages.SUCCESS)

    @admin.action(description="Resume the selected sources", permissions=["view"])
    def resume_selected(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            resume(source)
        self.message_user(request, f"{len(queryset)} sources are read as planned again.", messages.SUCCESS)


@admin.register(SyncRun)
class SyncRunAdmin(StagedAdmin):
    list_display = (
        "source", "trigger", "started_at", "pages", "fetched", "created", "updated", "unchanged", "failed", "expired", "doubt",
        *STAGED_LIST,
    )  # fmt: skip
    list_filter = (*STAGED_FILTERS, "source", "trigger", ("doubt", admin.EmptyFieldListFilter))
    search_fields = ("source__name", "error")
    list_select_related = ("source",)
    ordering = ("-pk",)
    fields = (
        "source", "trigger", "asked_at", "started_at", *STAGED_FIELDS, "wait_until", "pages", "fetched", "created", "updated",
        "unchanged", "failed", "expired", "repairs", "rejected", "doubt", "is_confirmed", "is_complete", "is_read", "cursor",
    )  # fmt: skip


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "outcome", "checked_at", "gone_since")
    list_filter = ("outcome", "checked_at")
    search_fields = ("job__title", "job__source")
    ordering = ("-checked_at",)
    fields = ("job", "outcome", "checked_at", "gone_since")
