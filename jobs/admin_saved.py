"""Admin of the searches that people keep, and of when somebody looked at one last."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin
from jobs.models import SavedSearch, SearchLook


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "is_shared", "query", "created_at", "page")
    list_filter = ("is_shared", "created_at")
    list_select_related = ("user",)
    search_fields = ("name", "query", "user__username")

    @admin.display(description="page")
    def page(self, search: SavedSearch) -> SafeString:
        return format_html('<a href="/jobs/?{}">open</a>', search.query)


@admin.register(SearchLook)
class SearchLookAdmin(ReadOnlyAdmin):
    list_display = ("search", "user", "looked_at")
    list_filter = ("looked_at",)
    list_select_related = ("search", "user")
    search_fields = ("search__name", "user__username")
