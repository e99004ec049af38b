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
from cvmatch.core.web import current_user
from ingestion import admin_privacy as admin_privacy
from ingestion import admin_sources as admin_sources  # Django looks for this module only
from ingestion.admin_viewings import Watched
from ingestion.erasing import erase_candidate, erase_cv
from ingestion.models import CV, Candidate, Confirmation, Correction

_HEAVY = ("text", "matched_text", "parsed_json", "read_json", "skills_json", "search", "findings")


@admin.register(Candidate)
class CandidateAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "versions", "desired_pay", "desired_currency", "created_at")
    list_select_related = ("user",)
    list_filter = (("user", admin.EmptyFieldListFilter), "desired_currency", "created_at")
    search_fields = ("user__username", "user__email", "cvs__name")
    fields = ("account", "versions", "desired_pay", "desired_currency", "created_at")
    readonly_fields = ("account", "versions", "created_at")
    date_hierarchy = "created_at"

    def delete_model(self, request: HttpRequest, obj: Candidate) -> None:
        erase_candidate(candidate=obj, by=current_user(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> None:
        for candidate in queryset:
            self.delete_model(request, candidate)

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


class ConcernFilter(admin.SimpleListFilter):
    """CVs in which something was left out of matching."""

    title = "left out of matching"
    parameter_name = "concerns"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "something"), ("no", "nothing")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CV]) -> QuerySet[CV]:
        if self.value() == "yes":
            return queryset.filter(parsed_json__meta__has_key="concerns")
        return queryset.exclude(parsed_json__meta__has_key="concerns") if self.value() == "no" else queryset


@admin.register(CV)
class CVAdmin(Watched, StagedAdmin):
    path_to_cv = "pk"
    list_display = ("__str__", "of", "version", "is_latest", "completeness", "uploaded_at", *STAGED_LIST)
    list_filter = (*STAGED_FILTERS, ConcernFilter, "is_latest", "uploaded_at")
    list_select_related = ("candidate",)
    search_fields = ("name", "filename", "label", "sha256")
    ordering = ("-pk",)
    fields = (
        "page", "of", "version", "is_latest", "uploaded_by", "uploaded_at", "filename", "size", "sha256",
        "name", "label", "completeness", "findings", *STAGED_FIELDS, "parser_version",
        "read_at", "content_hash", "corrections", "resume", "text",
    )  # fmt: skip
    readonly_fields = ("page", "of", "corrections", "resume")

    def delete_model(self, request: HttpRequest, obj: CV) -> None:
        erase_cv(cv=obj, by=current_user(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CV]) -> None:
        for cv in queryset.only("candidate_id"):
            self.delete_model(request, cv)

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

    @admin.display(description="corrections")
    def corrections(self, cv: CV) -> SafeString:
        address = reverse("admin:ingestion_correction_changelist")
        return format_html('<a href="{}?cv__id__exact={}">{}</a>', address, cv.pk, cv.corrections.count())

    @admin.display(description="what holds")
    def resume(self, cv: CV) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(cv.parsed_json, indent=1, ensure_ascii=False)[:20_000])


@admin.register(Correction)
class CorrectionAdmin(Watched, ReadOnlyAdmin):
    """What people corrected, without the words in the list: those are personal data."""

    list_display = ("id", "of", "kind", "section", "field", "made_by", "made_at", "undone_at")
    list_filter = ("kind", "section", ("undone_at", admin.EmptyFieldListFilter), "made_at")
    list_select_related = ("cv", "made_by")
    search_fields = ("made_by__username", "field")
    ordering = ("-pk",)
    fields = (
        "of", "kind", "section", "field", "was_json", "value_json", "anchor_json",
        "made_by", "made_at", "undone_by", "undone_at",
    )  # fmt: skip
    readonly_fields = ("of",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        rows: QuerySet[Correction] = super().get_queryset(request)
        return rows.defer(*(f"cv__{name}" for name in _HEAVY))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only with its CV: a correction is undone on the CV's page, which also computes anew what holds."""
        match = request.resolver_match
        own = bool(match and match.url_name and match.url_name.startswith("ingestion_correction"))
        return not own and super().has_delete_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "cv__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description="CV", ordering="cv")
    def of(self, correction: Correction) -> SafeString | str:
        return link_to(correction.cv)


@admin.register(Confirmation)
class ConfirmationAdmin(Watched, ReadOnlyAdmin):
    list_display = ("id", "of", "made_by", "made_at")
    search_fields = ("cv__name", "made_by__username")
    list_filter = ("made_at",)
    list_select_related = ("cv", "made_by")
    fields = ("of", "resume_json", "made_by", "made_at")
    readonly_fields = ("of",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Confirmation]:
        rows: QuerySet[Confirmation] = super().get_queryset(request)
        return rows.defer(*(f"cv__{name}" for name in _HEAVY))

    @admin.display(description="CV", ordering="cv")
    def of(self, confirmation: Confirmation) -> SafeString | str:
        return link_to(confirmation.cv)
