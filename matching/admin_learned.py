"""Admin of what was learned from choices: what it is worth, and one click to put it into service or take it back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin
from cvmatch.core.errors import CvmatchError
from cvmatch.core.models import User
from matching.learning import keeping
from matching.learning.words import weights_in_words
from matching.models import LearnedRanker


@admin.register(LearnedRanker)
class LearnedRankerAdmin(ReadOnlyAdmin):
    list_display = (
        "organisation", "version", "state", "decisions", "gain", "obstacle", "in_words", "trained_at", "changed_by",
    )  # fmt: skip
    list_filter = ("state", "trained_at")
    search_fields = ("organisation",)
    list_select_related = ("changed_by",)
    exclude = ("weights_json", "wanted_json", "judgement_json")
    readonly_fields = ("in_words", "figures")
    actions = ("put_into_service", "take_back")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="nDCG on later lists")
    def gain(self, row: LearnedRanker) -> str:
        judged = row.judgement_json
        return f"{judged['gain']:+.3f} ({judged['low']:+.3f} to {judged['high']:+.3f})" if judged["lists"] else "–"

    @admin.display(description="what counts")
    def in_words(self, row: LearnedRanker) -> str:
        return weights_in_words(row.weights_json)

    @admin.display(description="figures")
    def figures(self, row: LearnedRanker) -> SafeString:
        shown = {"weights": row.weights_json, "before the caps": row.wanted_json, "judged": row.judgement_json}
        return format_html("<pre>{}</pre>", json.dumps(shown, indent=1))

    @admin.action(description="Put the selected candidates into service", permissions=["view"])
    def put_into_service(self, request: HttpRequest, queryset: QuerySet[LearnedRanker]) -> None:
        for row in queryset:
            try:
                served = keeping.serve(row.pk, by=_who(request))
                self.message_user(request, f"{served} serves: new lists of its organisation are ordered by it.")
            except CvmatchError as error:
                self.message_user(request, error.message, messages.ERROR)

    @admin.action(description="Roll back the organisations of the selected", permissions=["view"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[LearnedRanker]) -> None:
        for organisation in sorted({row.organisation for row in queryset}):
            try:
                before = keeping.roll_back(organisation, by=_who(request))
                serves = f"{before} serves again." if before else "lists stand by score alone again."
                self.message_user(request, f"{organisation}: {serves}")
            except CvmatchError as error:
                self.message_user(request, error.message, messages.ERROR)


def _who(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
