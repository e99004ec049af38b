"""Admin of vectors and of what search is made from; all of it is made by stages, so it is only looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cvmatch.core.admin import STAGED_FIELDS, STAGED_FILTERS, STAGED_LIST, ReadOnlyAdmin, StagedAdmin
from matching import admin_alerts as admin_alerts
from matching import admin_decisions as admin_decisions  # Django looks for this module only
from matching import admin_experiments as admin_experiments
from matching import admin_learned as admin_learned
from matching import admin_lists as admin_lists
from matching import admin_marks as admin_marks
from matching import admin_tailored as admin_tailored
from matching import admin_tasks as admin_tasks
from matching import admin_upkeep as admin_upkeep
from matching.admin_related import Linked, light
from matching.models import (
    Corpus,
    CVEmbedding,
    CVPassages,
    CVVector,
    JobEmbedding,
    JobPassages,
    JobVector,
    Lexeme,
    TalentCompany,
    TalentPosting,
    TextEmbedding,
)


class _VectorAdmin(Linked, ReadOnlyAdmin):
    """384 numbers tell a person nothing: the vector itself is never loaded."""

    exclude = ("embedding",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("embedding")


@admin.register(TextEmbedding)
class TextEmbeddingAdmin(_VectorAdmin):
    list_display = ("content_hash", "model", "created_at")
    list_filter = ("model",)
    search_fields = ("content_hash",)
    ordering = ("-pk",)


@admin.register(JobVector)
class JobVectorAdmin(_VectorAdmin):
    list_display = ("id", "job_link", "kind", "model")
    list_filter = ("kind", "model")
    search_fields = ("job__title",)
    fields = ("job_link", "kind", "model")
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), job="job")


@admin.register(CVVector)
class CVVectorAdmin(_VectorAdmin):
    list_display = ("id", "cv_link", "kind", "model")
    list_filter = ("kind", "model")
    search_fields = ("cv__name",)
    fields = ("cv_link", "kind", "model")
    readonly_fields = ("cv_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), cv="cv")


@admin.register(JobPassages)
class JobPassagesAdmin(Linked, ReadOnlyAdmin):
    list_display = ("id", "job_link", "model")
    list_filter = ("model",)
    search_fields = ("job__title",)
    fields = ("job_link", "model")
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), job="job").defer("vectors", "spans_json")


@admin.register(CVPassages)
class CVPassagesAdmin(Linked, ReadOnlyAdmin):
    list_display = ("id", "cv_link", "model")
    list_filter = ("model",)
    search_fields = ("cv__name",)
    fields = ("cv_link", "model")
    readonly_fields = ("cv_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), cv="cv").defer("vectors", "spans_json")


@admin.register(Corpus)
class CorpusAdmin(ReadOnlyAdmin):
    list_display = ("name", "documents", "mean_length", "refreshed_at")


@admin.register(Lexeme)
class LexemeAdmin(ReadOnlyAdmin):
    list_display = ("lexeme", "corpus", "documents")
    list_filter = ("corpus",)
    search_fields = ("^lexeme",)
    ordering = ("-pk",)


@admin.register(JobEmbedding)
class JobEmbeddingAdmin(Linked, StagedAdmin):
    list_display = ("id", "job_link", "model", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, "model")
    search_fields = ("job__title", "error")
    fields = ("job_link", "model", "content_hash", *STAGED_FIELDS)
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), job="job")


@admin.register(TalentPosting)
class TalentPostingAdmin(StagedAdmin):
    list_display = ("requisition_id", "wanted", "listed_on", "quality", "placed_at", "queued_until", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, "wanted")
    search_fields = ("requisition_id",)
    fields = (
        "requisition_id", "job_id", "wanted", "listed_on", "quality", "name", "company_id", "placed_at", "queued_until",
        *STAGED_FIELDS,
    )  # fmt: skip
    readonly_fields = ("job_id",)
    ordering = ("-pk",)


@admin.register(TalentCompany)
class TalentCompanyAdmin(ReadOnlyAdmin):
    list_display = ("external_id", "name", "made_at")
    search_fields = ("external_id",)
    ordering = ("-pk",)


@admin.register(CVEmbedding)
class CVEmbeddingAdmin(Linked, StagedAdmin):
    list_display = ("id", "cv_link", "model", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, "model")
    search_fields = ("cv__name", "error")
    fields = ("cv_link", "model", "content_hash", *STAGED_FIELDS)
    readonly_fields = ("cv_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), cv="cv")
