"""Admin of the kernel's tables, and what every admin of rows that a stage works on shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.models import ApiKey, Staged, StageRun, User, WorkerHeartbeat
from cvmatch.core.stages import requeue

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    AccountAdmin = DjangoUserAdmin[User]
else:  # they have no type parameters at run time
    ModelAdmin, AccountAdmin = admin.ModelAdmin, DjangoUserAdmin

STAGED_LIST = ("status", "interactive", "attempts", "retry_at", "finished_at", "short_error")
STAGED_FILTERS: tuple[Any, ...] = ("status", "interactive")
STAGED_FIELDS = ("status", "interactive", "attempts", "error", "retry_at", "lease_until", "finished_at")


def link_to(row: Model | None, text: str = "") -> SafeString | str:
    """A link to the row's own page in the admin."""
    if row is None:
        return "–"
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, text or str(row))


class ReadOnlyAdmin(ModelAdmin):
    """For tables that only services and stages write: look, filter, act, delete; never type into them."""

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


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys are shown once, when they are made; here they can only be looked at and revoked."""

    list_display = ("name", "prefix", "owner", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("name", "prefix", "user__username")
    list_select_related = ("user",)
    fields = ("name", "prefix", "owner", "created_at", "expires_at", "revoked_at", "last_used_at")
    readonly_fields = ("owner",)
    actions = ("revoke_selected",)

    @admin.display(description="user", ordering="user__username")
    def owner(self, key: ApiKey) -> SafeString | str:
        return link_to(key.user)

    @admin.action(description="Revoke the selected keys", permissions=["delete"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        count = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{count} keys revoked; they stop working at once.", messages.SUCCESS)


@admin.register(StageRun)
class StageRunAdmin(ReadOnlyAdmin):
    list_display = ("stage", "trigger", "started_at", "duration", "claimed", "done", "failed", "lost", "error")
    list_filter = ("stage", "trigger", ("error", admin.EmptyFieldListFilter))
    date_hierarchy = "started_at"

    @admin.display(description="seconds")
    def duration(self, run: StageRun) -> str:
        return f"{run.duration_s:.2f}"


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("cluster", "beat_at")


from cvmatch.core import admin_fetching as admin_fetching  # noqa: E402 - it takes ReadOnlyAdmin from here
