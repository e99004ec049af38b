"""The pages of one's own webhooks: what each is told of and how that went, a new one, and the end of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cvmatch.core import webhooks
from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import User, Webhook, WebhookEvent
from cvmatch.core.web import current_user
from cvmatch.core.webhooks.hooks import URL_CHARS

SHOWN = 50


class WebhookForm(forms.Form):
    """Where a new webhook is and what it is told of."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=URL_CHARS,
        help_text=gettext_lazy("Events are sent there by POST. It begins with https://."),
        error_messages={"required": gettext_lazy("Give the address that is to be called.")},
        widget=forms.URLInput({"class": "input", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told of"),
        choices=WebhookEvent.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )

    def save(self, user: User) -> str:
        """The secret, for the one time that it can be seen; empty where the address will not do, which the form then says."""
        chosen = [WebhookEvent(value) for value in self.cleaned_data["events"]]
        try:
            return webhooks.create_webhook(user=user, url=self.cleaned_data["url"], events=chosen)[1]
        except InvalidInput as error:
            self.add_error("url" if error.details.get("field") == "url" else None, error.message)
            return ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("secret")
def webhooks_page(request: HttpRequest) -> HttpResponse:
    """All webhooks of whoever looks. The secret of a new one is in the answer to the form that made it, and nowhere else."""
    user = current_user(request)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    secret = form.save(user) if request.method == "POST" and form.is_valid() else ""
    context = {
        "hooks": Webhook.objects.filter(user=user).order_by("-pk"),
        "form": WebhookForm() if secret else form,
        "secret": secret,
    }
    return render(request, "account/webhooks.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def webhook_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One webhook and its newest deliveries."""
    hook = webhooks.get_webhook(current_user(request), pk)
    deliveries = hook.deliveries.order_by("-pk")[:SHOWN]
    return render(request, "account/webhook.html", {"hook": hook, "deliveries": deliveries})


@require_POST
def webhook_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Tries a webhook, switches it on again, sends a delivery once more, or deletes it."""
    hook = webhooks.get_webhook(current_user(request), pk)
    action = request.POST.get("action", "")
    if action == "delete":
        webhooks.delete_webhook(hook)
        return _told(request, _("The webhook is deleted."), "webhooks")
    if action == "enable":
        webhooks.enable_webhook(hook)
        return _told(request, _("The webhook is on again."), "webhook", pk=pk)
    if action == "test":
        webhooks.send_test(hook)
        return _told(request, _("A test is on its way. Reload in a few seconds to see how it went."), "webhook", pk=pk)
    if action == "redeliver" and request.POST.get("delivery", "").isdecimal():
        webhooks.redeliver(hook=hook, pk=int(request.POST["delivery"][:18]))
        return _told(request, _("It is sent again. Reload in a few seconds to see how it went."), "webhook", pk=pk)
    raise InvalidInput(_("Choose what to do: test, enable, redeliver or delete."))


def _told(request: HttpRequest, text: str, page: str, **where: Any) -> HttpResponse:
    messages.success(request, text)
    answer: HttpResponse = redirect(page, **where)
    return answer
