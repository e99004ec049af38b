"""Admin of experiments with the order of lists: to be looked at; what changes them is on the operations page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cvmatch.core.admin import ReadOnlyAdmin
from matching.models import Experiment, RankingConfig, RankingRelease


class LedgerAdmin(ReadOnlyAdmin):
    """Rows that are kept as they are: lists were shown by them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RankingConfig)
class RankingConfigAdmin(LedgerAdmin):
    list_display = ("name", "version", "note", "created_by", "created_at")
    list_filter = ("name",)
    search_fields = ("name", "note")
    list_select_related = ("created_by",)


@admin.register(Experiment)
class ExperimentAdmin(LedgerAdmin):
    list_display = (
        "name", "side", "method", "state", "control", "treatment", "started_at", "ended_at", "ended_because",
    )  # fmt: skip
    list_filter = ("side", "state", "method")
    search_fields = ("name",)
    list_select_related = ("control", "treatment")


@admin.register(RankingRelease)
class RankingReleaseAdmin(LedgerAdmin):
    list_display = ("side", "config", "experiment", "released_at", "released_by")
    list_filter = ("side", "released_at")
    search_fields = ("config__name", "experiment__name")
    list_select_related = ("config", "experiment", "released_by")
