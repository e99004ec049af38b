"""Admin of what people were shown and what they did with it; it is only looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from matching.admin_related import Linked, light
from matching.models import Interaction, JobMark


@admin.register(JobMark)
class JobMarkAdmin(Linked, ReadOnlyAdmin):
    list_display = ("id", "user_link", "job_link", "kind", "reason", "verdict", "applied_at", "marked_at")
    list_filter = ("kind", "reason", "verdict", "marked_at")
    search_fields = ("user__username", "job__title")
    fields = ("user_link", "job_link", "kind", "reason", "verdict", "applied_at", "marked_at")
    readonly_fields = ("user_link", "job_link")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), job="job").select_related("user")

    @admin.display(description="user")
    def user_link(self, row: Any) -> SafeString | str:
        return link_to(row.user)


class HasVariant(admin.SimpleListFilter):
    """By whether an experiment put the line there; one variant is found by the search box."""

    title, parameter_name = "experiment", "experiment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "with one"), ("no", "without")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        if wanted is None:
            return queryset
        return queryset.exclude(variant="") if wanted == "yes" else queryset.filter(variant="")


@admin.register(Interaction)
class InteractionAdmin(Linked, ReadOnlyAdmin):
    list_display = (
        "id",
        "user_link",
        "kind",
        "job_link",
        "cv_link",
        "position",
        "surface",
        "variant",
        "reason",
        "created_at",
    )
    list_filter = ("kind", "surface", HasVariant, "created_at")
    search_fields = ("user__username", "job__title", "variant")
    fields = (
        "user_link",
        "kind",
        "job_link",
        "cv_link",
        "match",
        "position",
        "surface",
        "variant",
        "reason",
        "hour",
        "created_at",
    )
    readonly_fields = ("user_link", "job_link", "cv_link")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), cv="cv", job="job").select_related("user")

    @admin.display(description="user")
    def user_link(self, row: Any) -> SafeString | str:
        return link_to(row.user)
