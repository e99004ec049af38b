"""Admin of candidates and their CVs."""

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
from ingestion.models import CV, Candidate

_HEAVY = ("text", "matched_text", "parsed_json", "skills_json", "search", "findings")


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "versions", "desired_pay", "desired_currency", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email", "cvs__name")
    fields = ("account", "versions", "desired_pay", "desired_currency", "created_at")
    readonly_fields = ("account", "versions", "created_at")
    date_hierarchy = "created_at"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser  # what somebody asks for is typed in here; all else is read-only

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        rows: QuerySet[Candidate] = super().get_queryset(request).annotate(cv_count=Count("cvs"))
        return rows

    @admin.display(description="account", ordering="user__username")
    def account(self, candidate: Candidate) -> SafeString | str:
        return link_to(candidate.user)

    @admin.display(description="CVs", ordering="cv_count")
    def versions(self, candidate: Candidate) -> SafeString:
        address = reverse("admin:ingestion_cv_changelist")
        count = getattr(candidate, "cv_count", 0)
        return format_html('<a href="{}?candidate__id__exact={}">{}</a>', address, candidate.pk, count)


@admin.register(CV)
class CVAdmin(StagedAdmin):
    list_display = ("__str__", "of", "version", "is_latest", "completeness", "uploaded_at", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, "is_latest", "uploaded_at")
    list_select_related = ("candidate",)
    search_fields = ("name", "filename", "label", "sha256")
    ordering = ("-pk",)
    fields = (
        "page", "of", "version", "is_latest", "uploaded_by", "uploaded_at", "filename", "size", "sha256",
        "name", "label", "completeness", "findings", *STAGED_FIELDS, "content_hash", "resume", "text",
    )  # fmt: skip
    readonly_fields = ("page", "of", "resume")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CV]:
        rows: QuerySet[CV] = super().get_queryset(request)
        match = request.resolver_match
        return rows.defer(*_HEAVY) if match and match.url_name == "ingestion_cv_changelist" else rows.defer("search")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "candidate__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description="candidate")
    def of(self, cv: CV) -> SafeString | str:
        return link_to(cv.candidate)

    @admin.display(description="page")
    def page(self, cv: CV) -> SafeString:
        return format_html('<a href="/cvs/{}/">open</a>', cv.pk)

    @admin.display(description="what was read")
    def resume(self, cv: CV) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(cv.parsed_json, indent=1, ensure_ascii=False)[:20_000])
