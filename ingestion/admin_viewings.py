"""Admin of the audit trail: who opened which CV. It can be read and searched, and not be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from ingestion.models import CVView


@admin.register(CVView)
class CVViewAdmin(ReadOnlyAdmin):
    list_display = ("at", "user_name", "account", "seen", "person", "how")
    list_filter = ("how", "at", ("user", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "cv", "candidate")
    search_fields = ("user_name", "=cv__id", "cv__name", "=candidate__id")
    search_help_text = "Who looked, or the name or number of the CV."
    date_hierarchy = "at"
    fields = ("at", "user_name", "account", "seen", "person", "how")
    readonly_fields = ("account", "seen", "person")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here: a trail that can be rubbed out is none. With the CV or the person, yes, and old rows by the clean-up."""
        match = request.resolver_match
        return match is None or not str(match.url_name).startswith("ingestion_cvview")

    @admin.display(description="account", ordering="user__username")
    def account(self, view: CVView) -> SafeString | str:
        return link_to(view.user)

    @admin.display(description="CV", ordering="cv")
    def seen(self, view: CVView) -> SafeString | str:
        return link_to(view.cv)

    @admin.display(description="candidate", ordering="candidate")
    def person(self, view: CVView) -> SafeString | str:
        return link_to(view.candidate)
