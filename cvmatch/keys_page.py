"""The page of one's own API keys: what each may do and when it was used, a new one, and the end of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from cvmatch.core.auth import create_key, revoke_key
from cvmatch.core.models import ApiKey, Scope, User
from cvmatch.core.web import current_user

# Each key may call as often as the limits say; more of them than anybody needs would go around those.
MOST = 20
MOST_SHOWN = 100
NEVER = "never"
EXPIRIES = (("30", _("in 30 days")), ("90", _("in 90 days")), ("365", _("in a year")), (NEVER, _("never")))


class KeyForm(forms.Form):
    """What a new key is for and how long."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What uses it, such as nightly import."),
        error_messages={"required": _("Give it a name, to tell it from your other keys.")},
        widget=forms.TextInput({"class": "input", "autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that it may do.")},
    )
    expires = forms.ChoiceField(label=_("Expires"), choices=EXPIRIES, widget=forms.Select({"class": "input"}))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["scopes"].choices = [(scope.value, scope.label) for scope in user.scopes]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        # Also what keeps a form that is sent twice from making two keys.
        if _valid(self.user).filter(name=name).exists():
            raise forms.ValidationError(_("You have a key of this name. Choose another name, or revoke that one."))
        return name

    def clean(self) -> dict[str, Any]:
        if _valid(self.user).count() >= MOST:
            text = ngettext("You have %d key already.", "You have %d keys already.", MOST) % MOST
            raise forms.ValidationError(f"{text} {gettext('Revoke one that is not used any more.')}")
        return super().clean() or {}

    def save(self) -> str:
        """The new key itself, for the one time that it can be seen."""
        days = self.cleaned_data["expires"]
        return create_key(
            user=self.user,
            name=self.cleaned_data["name"],
            scopes=[Scope(value) for value in self.cleaned_data["scopes"]],
            expires_at=None if days == NEVER else timezone.now() + timedelta(days=int(days)),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("secret")
def keys_page(request: HttpRequest) -> HttpResponse:
    """All keys of whoever looks. A new one is in the answer to the form that made it, and nowhere else."""
    user = current_user(request)
    secret = ""
    form = KeyForm(user, request.POST if request.method == "POST" else None, initial={"expires": "90"})
    if request.method == "POST":
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)  # two forms at once: the second sees the first one's key
            secret = form.save() if form.is_valid() else ""
    if secret:
        form = KeyForm(user, initial={"expires": "90"})
    keys = ApiKey.objects.filter(user=user).order_by(F("revoked_at").desc(nulls_first=True), "-pk")[:MOST_SHOWN]
    context = {"keys": keys, "form": form, "secret": secret}
    return render(request, "account/keys.html", context, status=422 if form.errors else 200)


@require_POST
def key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a key at once."""
    revoke_key(user=current_user(request), pk=pk)
    return redirect("keys")


def _valid(user: User) -> Any:
    keys = ApiKey.objects.filter(user=user, revoked_at=None)
    return keys.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
