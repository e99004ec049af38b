"""Admin of the kernel's tables, and what every admin of rows that a stage works on shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.models import Staged, User
from cvmatch.core.stages import requeue

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    AccountAdmin = DjangoUserAdmin[User]
else:  # they have no type parameters at run time
    ModelAdmin, AccountAdmin = admin.ModelAdmin, DjangoUserAdmin

COUNTED_UP_TO = 10_000
STAGED_LIST = ("status", "interactive", "attempts", "retry_at", "finished_at", "short_error")
STAGED_FILTERS: tuple[Any, ...] = ("status", "interactive")
STAGED_FIELDS = ("status", "interactive", "attempts", "error", "retry_at", "lease_until", "finished_at")


def link_to(row: Model | None, text: str = "") -> SafeString | str:
    """A link to the row's own page in the admin."""
    if row is None:
        return "–"
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, text or str(row))


class RoughPaginator(Paginator):  # type: ignore[type-arg]
    """Asks PostgreSQL for its estimate where a large table is looked at as a whole: counting would read all of it."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet) and not rows.query.where:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.model._meta.db_table]
                )
                estimate = int(cursor.fetchone()[0])
            if estimate > COUNTED_UP_TO:
                return estimate
        return super().count


class ReadOnlyAdmin(ModelAdmin):
    """For tables that only services and stages write: look, filter, act, delete; never type into them."""

    paginator = RoughPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StagedAdmin(ReadOnlyAdmin):
    """For tables that a stage works on, with the retry action."""

    list_filter = STAGED_FILTERS
    actions = ("retry_selected",)

    @admin.display(description="error")
    def short_error(self, row: Staged) -> str:
        return row.error[:80]

    @admin.action(description="Try the selected failed rows again", permissions=["view"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = requeue(queryset.model, list(queryset.values_list("pk", flat=True)), reset_attempts=True)
        self.message_user(request, f"{count} failed rows put back, to be tried again.", messages.SUCCESS)


@admin.register(User)
class UserAdmin(AccountAdmin):
    list_display = ("username", "email", "role", "is_active", "is_staff", "last_login")
    list_filter = ("role", "is_active", "is_staff", "is_superuser")
    fieldsets = (*(DjangoUserAdmin.fieldsets or ()), ("cvmatch", {"fields": ("role",)}))
    add_fieldsets = (*DjangoUserAdmin.add_fieldsets, ("cvmatch", {"fields": ("role", "email")}))


from cvmatch.core import admin_calls as admin_calls  # noqa: E402 - all take ReadOnlyAdmin from here
from cvmatch.core import admin_fetching as admin_fetching  # noqa: E402
from cvmatch.core import admin_pipeline as admin_pipeline  # noqa: E402
from cvmatch.core import admin_webhooks as admin_webhooks  # noqa: E402
