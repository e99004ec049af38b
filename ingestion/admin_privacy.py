"""Admin of what people agreed to and of what was erased; it is only looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from ingestion.models import Consent, Erasure


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("at", "account", "purpose", "is_given", "text_version", "how")
    list_filter = ("purpose", "is_given", "text_version", "how", "at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    fields = ("at", "account", "purpose", "is_given", "text_version", "how")
    readonly_fields = ("account",)
    date_hierarchy = "at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only with the account: what somebody said is not made unsaid."""
        match = request.resolver_match
        own = bool(match and match.url_name and match.url_name.startswith("ingestion_consent"))
        return not own and super().has_delete_permission(request, obj)

    @admin.display(description="account", ordering="user__username")
    def account(self, consent: Consent) -> SafeString | str:
        return link_to(consent.user)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "row_id", "settled_at")
    list_filter = ("kind", ("settled_at", admin.EmptyFieldListFilter), "at")
    search_fields = ("=row_id",)
    ordering = ("-at",)
    fields = ("at", "kind", "row_id", "mark", "file", "settled_at")
    date_hierarchy = "at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A restore needs it."""
        return False
