"""Admin of CVs made for a job, and of what the language model was asked for them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import STAGED_FIELDS, STAGED_FILTERS, STAGED_LIST, ReadOnlyAdmin, StagedAdmin, link_to
from matching.admin_related import Linked, light
from matching.models import ModelUse, Tailoring, TailoringBatch


@admin.register(Tailoring)
class TailoringAdmin(Linked, StagedAdmin):
    """What was made is a text about a person: it is on its page, where looking at it is noted."""

    list_display = ("id", "cv_link", "job_link", "by", "score_before", "score_after", "created_at", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, "by", "created_at")
    search_fields = ("cv__name", "job__title", "error")
    fields = (
        "cv_link", "job_link", "by", "fell_back", "score_before", "score_after", "engine", "cv_hash", "job_hash", "created_at",
        *STAGED_FIELDS,
    )  # fmt: skip
    readonly_fields = ("cv_link", "job_link")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), cv="cv", job="job").defer("body_json")


@admin.register(TailoringBatch)
class TailoringBatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "user_link", "size", "created_at", "cancelled_at")
    list_filter = ("created_at", "cancelled_at")
    search_fields = ("=id", "user__username")
    fields = ("id", "user_link", "size", "created_at", "cancelled_at")
    readonly_fields = ("user_link", "size")
    ordering = ("-created_at",)
    list_select_related = ("user",)

    @admin.display(description="user")
    def user_link(self, batch: TailoringBatch) -> SafeString | str:
        return link_to(batch.user)

    @admin.display(description="tailored CVs")
    def size(self, batch: TailoringBatch) -> int:
        return len(batch.tailorings)


@admin.register(ModelUse)
class ModelUseAdmin(ReadOnlyAdmin):
    list_display = ("day", "requests", "tokens_in", "tokens_out", "reserved")
    list_filter = ("day",)
    ordering = ("-day",)
