"""Alerts in the admin, to look at: who follows what, and what was told."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from matching.models import Alert, AlertDigest, AlertSubscription


class _Personal(ReadOnlyAdmin):
    """Of one user each."""

    search_fields: ClassVar[tuple[str, ...]] = ("=id", "user__username")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("user")

    @admin.display(description="user")
    def user_link(self, row: Any) -> SafeString | str:
        return link_to(row.user)


@admin.register(AlertSubscription)
class AlertSubscriptionAdmin(_Personal):
    list_display = ("id", "user_link", "kind", "min_score", "cadence", "by_email", "due_at")
    list_filter = ("kind", "cadence", "by_email")


@admin.register(AlertDigest)
class AlertDigestAdmin(ReadOnlyAdmin):
    list_display = ("id", "subscription_id", "status", "created_at")
    list_filter = ("status", "created_at")
    search_fields = ("=subscription__id", "subscription__user__username")
    ordering = ("-pk",)


@admin.register(Alert)
class AlertAdmin(_Personal):
    list_display = ("id", "user_link", "subscription_id", "job_id", "score", "created_at", "read_at")
    list_filter = ("created_at",)
    search_fields: ClassVar[tuple[str, ...]] = (*_Personal.search_fields, "=subscription__id", "=job__id")
