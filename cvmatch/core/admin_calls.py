"""Admin of API keys and of what is kept of calls: keys are made, changed and revoked here, the rest is only looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from cvmatch.core.admin import ModelAdmin, ReadOnlyAdmin, link_to
from cvmatch.core.auth import issue_key
from cvmatch.core.models import ApiKey, IdempotentCall, Scope, ThrottleCount

GIVEN = ("name", "scopes", "daily_limit", "expires_at")


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A key; its scopes as boxes."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, f"{scope.label} ({scope.value})") for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ApiKey
        fields = ("user", *GIVEN)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        user = cleaned.get("user") or getattr(self.instance, "user", None)
        closed = sorted(set(cleaned.get("scopes") or ()) - set(user.scopes)) if user else []
        if closed:
            raise ValidationError({"scopes": f"The role of this user does not open {', '.join(closed)}."})
        return cleaned


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    """A key is shown once, in the answer to the form that made it."""

    form = ApiKeyForm
    list_display = ("name", "prefix", "owner", "allowed", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "user__role", "created_at")
    search_fields = ("name", "prefix", "user__username")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    actions = ("revoke_selected",)
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        seen = ("prefix", "owner", "created_at", "revoked_at", "last_used_at")
        return ("user", *GIVEN) if obj is None else (*GIVEN, *seen)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return () if obj is None else ("prefix", "owner", "created_at", "revoked_at", "last_used_at")

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            request.new_secret = issue_key(obj)  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """The key itself at once, instead of a message on the next page, which would have to be kept until then."""
        secret = request.new_secret  # type: ignore[attr-defined]
        context = {**self.admin_site.each_context(request), "key": obj, "secret": secret, "title": "New key"}
        return TemplateResponse(
            request, "admin/core/apikey/made.html", context, headers={"Cache-Control": "no-store, private"}
        )

    @admin.display(description="user", ordering="user__username")
    def owner(self, key: ApiKey) -> SafeString | str:
        return link_to(key.user)

    @admin.display(description="scopes")
    def allowed(self, key: ApiKey) -> str:
        return "all" if set(key.scopes) >= set(Scope.values) else ", ".join(key.scopes)

    @admin.action(description="Revoke the selected keys", permissions=["delete"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        count = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{count} keys revoked; they stop working at once.", messages.SUCCESS)


@admin.register(ThrottleCount)
class ThrottleCountAdmin(ReadOnlyAdmin):
    """Who called how often; deleting a row forgets the calls."""

    list_display = ("subject", "hits", "hits_before", "amount", "seconds", "is_let_in", "last_at")
    list_filter = ("is_let_in", "seconds", "last_at")
    search_fields = ("subject",)


@admin.register(IdempotentCall)
class IdempotentCallAdmin(ReadOnlyAdmin):
    """Calls that came with an Idempotency-Key in the last day; what they answered cannot be read here."""

    list_display = ("key", "caller", "started_at", "status", "leased_until")
    list_filter = (("status", admin.EmptyFieldListFilter), "status", "started_at")
    search_fields = ("user__username",)
    list_select_related = ("user",)
    fields = ("key_hash", "request_hash", "caller", "started_at", "leased_until", "status")

    @admin.display(description="key")
    def key(self, call: IdempotentCall) -> str:
        return call.key_hash[:12]

    @admin.display(description="user", ordering="user__username")
    def caller(self, call: IdempotentCall) -> SafeString | str:
        return link_to(call.user)
