"""Admin of what is known of postings besides what they say: whether they were read, when they were seen, what was sent."""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import STAGED_FIELDS, STAGED_LIST, ReadOnlyAdmin, StagedAdmin, link_to
from jobs.models import JobClosing, JobReading, Payload, Sighting

_LIGHT = ("job__title", "job__source")


class _OfAJob:
    """For rows beside a posting: a link to it, without reading its texts."""

    @admin.display(description="job", ordering="job_id")
    def job_link(self, row: JobClosing | JobReading | Sighting | Payload) -> SafeString | str:
        return link_to(row.job)


@admin.register(JobReading)
class JobReadingAdmin(_OfAJob, StagedAdmin):
    list_display = ("id", "job_link", *STAGED_LIST)
    search_fields = ("job__title", "error")
    fields = ("job_link", *STAGED_FIELDS)
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobReading]:
        rows: QuerySet[JobReading] = super().get_queryset(request)
        return rows.select_related("job").only(*(field.name for field in JobReading._meta.fields), *_LIGHT)


@admin.register(Sighting)
class SightingAdmin(_OfAJob, ReadOnlyAdmin):
    list_display = ("job_link", "seen_at", "missed_since")
    list_filter = (("missed_since", admin.EmptyFieldListFilter), "job__source")
    search_fields = ("job__title",)
    fields = ("job_link", "seen_at", "missed_since", "item_hash")
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sighting]:
        rows: QuerySet[Sighting] = super().get_queryset(request)
        return rows.select_related("job").only("item_hash", "seen_at", "missed_since", *_LIGHT)


@admin.register(JobClosing)
class JobClosingAdmin(_OfAJob, ReadOnlyAdmin):
    list_display = ("job_link", "closed_at", "closed_by", "opened_at", "opened_by")
    list_filter = ("closed_at", ("opened_at", admin.EmptyFieldListFilter))
    search_fields = ("job__title", "closed_by__username")
    fields = ("job_link", "closed_at", "closed_by", "opened_at", "opened_by")
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobClosing]:
        rows: QuerySet[JobClosing] = super().get_queryset(request)
        people = ("closed_by", "opened_by")
        names = [f"{person}__{name}" for person in people for name in ("username", "first_name", "last_name")]
        mine = [field.name for field in JobClosing._meta.fields]
        return rows.select_related("job", *people).only(*mine, *names, *_LIGHT)


@admin.register(Payload)
class PayloadAdmin(_OfAJob, ReadOnlyAdmin):
    list_display = ("job_link",)
    list_filter = ("job__source",)
    search_fields = ("job__external_id",)
    fields = ("job_link", "sent")
    readonly_fields = ("job_link", "sent")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payload]:
        rows: QuerySet[Payload] = super().get_queryset(request)
        return rows.select_related("job").only(*_LIGHT)

    @admin.display(description="sent by its source")
    def sent(self, payload: Payload) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(json.loads(payload.raw), indent=2, ensure_ascii=False))
