"""Alerts in the admin, to look at: who follows what, and what was told."""

from __future__ import annotations

from django.contrib import admin

from cvmatch.core.admin import ReadOnlyAdmin
from matching.models import Alert, AlertDigest, AlertSubscription


@admin.register(AlertSubscription)
class AlertSubscriptionAdmin(ReadOnlyAdmin):
    list_display = ("id", "user_id", "kind", "min_score", "cadence", "by_email", "due_at")
    ordering = ("-pk",)


@admin.register(AlertDigest)
class AlertDigestAdmin(ReadOnlyAdmin):
    list_display = ("id", "subscription_id", "status", "created_at")
    ordering = ("-pk",)


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("id", "user_id", "subscription_id", "job_id", "score", "created_at", "read_at")
    ordering = ("-pk",)
