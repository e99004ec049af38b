"""Admin of ranked lists, their lines, why each scored as it did, and what was measured; it is only looked at."""

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
from ingestion.admin_viewings import Watched
from matching.admin_related import Linked, light
from matching.models import EvaluationRun, Explanation, Match, Prediction, Snapshot


@admin.register(Prediction)
class PredictionAdmin(Linked, StagedAdmin):
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
    search_fields = ("cv__name", "job__title", "error")
    fields = (
        "side", "cv_link", "job_link", "lines", "requested_by", "created_at", "as_of", "model", "config_version",
        "input_hash", "searched", *STAGED_FIELDS,
    )  # fmt: skip
    readonly_fields = ("cv_link", "job_link", "lines")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = light(super().get_queryset(request), cv="cv", job="job")
        counted: QuerySet[Any] = rows.annotate(line_count=Count("matches"))
        return counted

    @admin.display(description="lines")
    def lines(self, prediction: Prediction) -> SafeString:
        address = reverse("admin:matching_match_changelist")
        count = getattr(prediction, "line_count", 0)
        return format_html('<a href="{}?prediction__id__exact={}">{}</a>', address, prediction.pk, count)


@admin.register(Match)
class MatchAdmin(Watched, Linked, ReadOnlyAdmin):
    list_display = ("id", "prediction_id", "rank", "cv_link", "job_link", "score", "low", "high", "band", "page")
    list_filter = ("band",)
    search_fields = ("job__title", "cv__name")
    fields = ("page", "prediction_link", "rank", "cv_link", "job_link", "score", "low", "high", "band", "parts")
    readonly_fields = ("page", "prediction_link", "cv_link", "job_link", "parts")
    ordering = ("-prediction_id", "rank")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), cv="cv", job="job")

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
class ExplanationAdmin(Watched, StagedAdmin):
    path_to_cv = "match__cv"
    list_display = ("id", "match_link", *STAGED_LIST)
    search_fields = ("match__job__title", "match__cv__name", "error")
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
    exclude = (
        "body_json",
    )  # what the scorer saw of somebody's CV, which leads to nobody whose trail it could stand in
    ordering = ("-created_at",)


@admin.register(EvaluationRun)
class EvaluationRunAdmin(ReadOnlyAdmin):
    list_display = ("run_at", "collection", "ranker", "queries", "model", "config_version", "commit")
    list_filter = ("collection", "ranker", "model", "run_at")
    search_fields = ("collection", "commit", "config_version")
    exclude = ("by_query_json",)
