"""Admin of the audit trail: who opened which CV, admins too. It can be read and searched, and not be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from cvmatch.core.web import current_user
from ingestion.models import CVView
from ingestion.viewings import note_views

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # before the class of Django's that it stands in front of
    ModelAdmin = object


class Watched(ModelAdmin):
    """For pages of rows that show what stands in a CV: admins who open one are in the trail too."""

    path_to_cv: ClassVar[str] = "cv"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == 200:
            rows = self.model._default_manager.filter(pk=unquote(object_id))
            seen = rows.values_list(self.path_to_cv, flat=True)
            note_views(user=current_user(request), cv_ids=list(seen), how=CVView.How.ADMIN)
        return response


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
