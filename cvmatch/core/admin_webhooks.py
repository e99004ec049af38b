"""Admin of webhooks and their deliveries: looked at, tried again, deleted; secrets are not shown."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from cvmatch.core.admin import STAGED_FIELDS, STAGED_FILTERS, STAGED_LIST, ReadOnlyAdmin, StagedAdmin, link_to
from cvmatch.core.models import Webhook, WebhookDelivery


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Deleting one ends it and forgets what it was told."""

    list_display = ("url", "owner", "events", "is_active", "failing_since", "off_reason", "created_at")
    list_filter = ("is_active", ("failing_since", admin.EmptyFieldListFilter))
    search_fields = ("url", "user__username")
    list_select_related = ("user",)
    fields = ("owner", "url", "events", "is_active", "failing_since", "off_reason", "created_at")

    @admin.display(description="user", ordering="user__username")
    def owner(self, hook: Webhook) -> SafeString | str:
        return link_to(hook.user)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(StagedAdmin):
    list_display = ("message_id", "hook", "event", "created_at", *STAGED_LIST, "response_status", "latency_ms")
    list_filter = ("event", *STAGED_FILTERS, "response_status")
    search_fields = ("message_id", "webhook__url")
    list_select_related = ("webhook",)
    date_hierarchy = "created_at"
    fields = (
        "hook", "message_id", "event", "payload_json", "created_at", *STAGED_FIELDS, "response_status", "latency_ms",
    )  # fmt: skip

    @admin.display(description="webhook")
    def hook(self, delivery: WebhookDelivery) -> SafeString | str:
        return link_to(delivery.webhook)
