"""Admin of what was asked to be matched."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from matching.models import MatchTask

_CV_HEAVY = ("text", "matched_text", "parsed_json", "read_json", "skills_json", "search", "findings")


@admin.register(MatchTask)
class MatchTaskAdmin(ReadOnlyAdmin):
    """Read-only: a task is dropped by whoever asked, or goes by itself."""

    list_display = ("id", "kind", "user_link", "cv_link", "prediction_link", "created_at", "expires_at")
    list_filter = ("kind", "created_at", "expires_at")
    search_fields = ("=id", "user__username")
    fields = ("id", "kind", "user_link", "cv_link", "prediction_link", "filters_json", "created_at", "expires_at")
    readonly_fields = ("user_link", "cv_link", "prediction_link")
    ordering = ("-created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("user", "cv", "prediction")
        return rows.defer(*(f"cv__{name}" for name in _CV_HEAVY))

    @admin.display(description="user")
    def user_link(self, task: MatchTask) -> SafeString | str:
        return link_to(task.user)

    @admin.display(description="CV")
    def cv_link(self, task: MatchTask) -> SafeString | str:
        return link_to(task.cv)

    @admin.display(description="list")
    def prediction_link(self, task: MatchTask) -> SafeString | str:
        return link_to(task.prediction)
