"""Admin of vectors, predictions, matches and explanations; all of it is made by stages, so it is only looked at."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import STAGED_FIELDS, STAGED_FILTERS, STAGED_LIST, ReadOnlyAdmin, StagedAdmin, link_to
from ingestion.models import CV
from jobs.models import Job
from matching.models import (
    Corpus,
    CVEmbedding,
    CVPassages,
    CVVector,
    EvaluationRun,
    Explanation,
    JobEmbedding,
    JobPassages,
    JobVector,
    Lexeme,
    Match,
    Prediction,
    Snapshot,
    TalentCompany,
    TalentPosting,
    TextEmbedding,
)

_CV_HEAVY = ("text", "matched_text", "parsed_json", "read_json", "skills_json", "search", "findings")
_JOB_HEAVY = ("description", "description_html", "search", "requirements_json", "repairs")


def _light(rows: QuerySet[Any], cv: str = "", job: str = "") -> QuerySet[Any]:
    """Related CVs and jobs without their texts; nothing here shows them."""
    heavy = [f"{cv}__{name}" for name in _CV_HEAVY if cv] + [f"{job}__{name}" for name in _JOB_HEAVY if job]
    return rows.select_related(*filter(None, (cv, job))).defer(*heavy)


class _Linked:
    """Links from a row to its CV and its job."""

    @admin.display(description="CV")
    def cv_link(self, row: Any) -> SafeString | str:
        cv: CV | None = row.cv
        return link_to(cv)

    @admin.display(description="job")
    def job_link(self, row: Any) -> SafeString | str:
        job: Job | None = row.job
        return link_to(job)


class _VectorAdmin(_Linked, ReadOnlyAdmin):
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
    fields = ("job_link", "kind", "model")
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _light(super().get_queryset(request), job="job")


@admin.register(CVVector)
class CVVectorAdmin(_VectorAdmin):
    list_display = ("id", "cv_link", "kind", "model")
    list_filter = ("kind", "model")
    fields = ("cv_link", "kind", "model")
    readonly_fields = ("cv_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _light(super().get_queryset(request), cv="cv")


@admin.register(JobPassages)
class JobPassagesAdmin(_Linked, ReadOnlyAdmin):
    list_display = ("id", "job_link", "model")
    fields = ("job_link", "model")
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _light(super().get_queryset(request), job="job").defer("vectors", "spans_json")


@admin.register(CVPassages)
class CVPassagesAdmin(_Linked, ReadOnlyAdmin):
    list_display = ("id", "cv_link", "model")
    fields = ("cv_link", "model")
    readonly_fields = ("cv_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _light(super().get_queryset(request), cv="cv").defer("vectors", "spans_json")


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
class JobEmbeddingAdmin(_Linked, StagedAdmin):
    list_display = ("id", "job_link", "model", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, "model")
    fields = ("job_link", "model", "content_hash", *STAGED_FIELDS)
    readonly_fields = ("job_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _light(super().get_queryset(request), job="job")


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
class CVEmbeddingAdmin(_Linked, StagedAdmin):
    list_display = ("id", "cv_link", "model", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, "model")
    fields = ("cv_link", "model", "content_hash", *STAGED_FIELDS)
    readonly_fields = ("cv_link",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _light(super().get_queryset(request), cv="cv")


@admin.register(Prediction)
class PredictionAdmin(_Linked, StagedAdmin):
    list_display = (
        "id",
        "side",
        "cv_link",
        "job_link",
        "lines",
        "searched",
        "config_version",
        "created_at",
        *STAGED_LIST,
    )
    list_filter = ("side", *STAGED_FILTERS, "config_version", "created_at")
    fields = (
        "side", "cv_link", "job_link", "lines", "requested_by", "created_at", "as_of", "model", "config_version",
        "input_hash", "searched", *STAGED_FIELDS,
    )  # fmt: skip
    readonly_fields = ("cv_link", "job_link", "lines")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = _light(super().get_queryset(request), cv="cv", job="job")
        counted: QuerySet[Any] = rows.annotate(line_count=Count("matches"))
        return counted

    @admin.display(description="lines")
    def lines(self, prediction: Prediction) -> SafeString:
        address = reverse("admin:matching_match_changelist")
        count = getattr(prediction, "line_count", 0)
        return format_html('<a href="{}?prediction__id__exact={}">{}</a>', address, prediction.pk, count)


@admin.register(Match)
class MatchAdmin(_Linked, ReadOnlyAdmin):
    list_display = ("id", "prediction_id", "rank", "cv_link", "job_link", "score", "low", "high", "band", "page")
    list_filter = ("band",)
    search_fields = ("job__title", "cv__name")
    fields = ("page", "prediction_link", "rank", "cv_link", "job_link", "score", "low", "high", "band", "parts")
    readonly_fields = ("page", "prediction_link", "cv_link", "job_link", "parts")
    ordering = ("-prediction_id", "rank")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _light(super().get_queryset(request), cv="cv", job="job")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "prediction__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description="prediction")
    def prediction_link(self, match: Match) -> SafeString | str:
        return link_to(match.prediction)

    @admin.display(description="page")
    def page(self, match: Match) -> SafeString:
        return format_html('<a href="/matches/{}/">open</a>', match.pk)

    @admin.display(description="parts")
    def parts(self, match: Match) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(match.parts_json, indent=1))


@admin.register(Explanation)
class ExplanationAdmin(StagedAdmin):
    list_display = ("id", "match_link", *STAGED_LIST)
    fields = ("match_link", *STAGED_FIELDS, "body")
    readonly_fields = ("match_link", "body")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("match").defer("match__parts_json")

    @admin.display(description="match")
    def match_link(self, explanation: Explanation) -> SafeString | str:
        return link_to(explanation.match)

    @admin.display(description="account")
    def body(self, explanation: Explanation) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(explanation.body_json, indent=1, ensure_ascii=False)[:20_000])


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("^sha256",)
    ordering = ("-created_at",)


@admin.register(EvaluationRun)
class EvaluationRunAdmin(ReadOnlyAdmin):
    list_display = ("run_at", "collection", "ranker", "queries", "model", "config_version", "commit")
    list_filter = ("collection", "ranker", "model")
    exclude = ("by_query_json",)
