"""Admin of what is known of the servers that are asked: keys by name only, their use, breakers, versions of answers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cvmatch.core.admin import ReadOnlyAdmin
from cvmatch.core.models import FetchBreaker, FetchGrant, FetchKey, FetchValidator


@admin.register(FetchKey)
class FetchKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "sources", "closed_until")
    fields = ("name", "sources", "closed_until")
    list_filter = (("closed_until", admin.EmptyFieldListFilter),)
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its requests would be forgotten, and more sent than the service allows


@admin.register(FetchGrant)
class FetchGrantAdmin(ReadOnlyAdmin):
    list_display = ("key", "at")
    list_select_related = ("key",)
    list_filter = ("key",)
    search_fields = ("key__name",)
    date_hierarchy = "at"
    ordering = ("-pk",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(FetchBreaker)
class FetchBreakerAdmin(ReadOnlyAdmin):
    """Deleting one ends the rest of its source."""

    list_display = ("source", "failures", "open_until", "reason")
    list_filter = (("open_until", admin.EmptyFieldListFilter),)
    search_fields = ("source",)


@admin.register(FetchValidator)
class FetchValidatorAdmin(ReadOnlyAdmin):
    """Deleting one has the whole answer sent again."""

    list_display = ("source", "request", "etag", "last_modified", "stored_at")
    list_filter = ("source", "stored_at")
    search_fields = ("source", "^request")
    ordering = ("-pk",)
