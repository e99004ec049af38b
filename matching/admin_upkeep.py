"""Admin of what keeps the tables of matching up to date: the state of indexes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cvmatch.core.admin import ReadOnlyAdmin
from matching.models import IndexHealth


@admin.register(IndexHealth)
class IndexHealthAdmin(ReadOnlyAdmin):
    """``manage.py keep_indexes`` writes it; deleting a row would lose since when something counts."""

    list_display = ("name", "rebuilt_at", "removed_before", "file")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
