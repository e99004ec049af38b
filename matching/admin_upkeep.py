"""Admin of what keeps the tables of matching up to date: back-fills, and the state of indexes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from matching.admin_related import Linked, light
from matching.models import Backfill, BackfillItem, IndexHealth

_CONTENT = ("new_json", "new_vectors", "old_json", "old_vectors")


class _Kept(ReadOnlyAdmin):
    """Deleting a row would lose the way back, or since when something counts."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Backfill)
class BackfillAdmin(_Kept):
    """Only to look at: its page of operations has the buttons."""

    list_display = (
        *("id", "what", "from_version", "to_version", "state", "rate", "total", "done", "failed", "differing"),
        *("started_at", "switched_at"),
    )
    list_filter = ("what", "state")
    exclude = ("summary_json",)
    list_select_related = ("started_by",)


@admin.register(BackfillItem)
class BackfillItemAdmin(Linked, _Kept):
    """Without what was read: the page of the back-fill shows that, and notes who looked."""

    list_display = ("id", "backfill_link", "cv_link", "job_link", "state", "differs", "error")
    list_filter = ("state",)
    search_fields = ("=backfill__id", "=cv__id", "=job__id")
    fields = ("backfill_link", "cv_link", "job_link", "state", "made_of", "differs", "error")
    readonly_fields = ("backfill_link", "cv_link", "job_link")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request).select_related("backfill"), cv="cv", job="job").defer(*_CONTENT)

    @admin.display(description="back-fill")
    def backfill_link(self, item: BackfillItem) -> SafeString | str:
        return link_to(item.backfill)


@admin.register(IndexHealth)
class IndexHealthAdmin(_Kept):
    """``manage.py keep_indexes`` writes it."""

    list_display = ("name", "rebuilt_at", "removed_before", "file")
