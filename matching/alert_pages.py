"""The pages of alerts: what somebody was told, what they follow, and the link of the e-mails that stops them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cvmatch.core.errors import InvalidInput
from cvmatch.core.web import current_user
from matching.alerts import subscribing
from matching.alerts.mailing import heading_of
from matching.alerts.subscribing import Cadence, Kind
from matching.selectors import alerts as reads

SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """The newest alerts and all that one follows; a form that is sent here marks all as read."""
    user = current_user(request)
    if request.method == "POST":
        subscribing.mark_read(user=user)
        return redirect("alerts")
    unread = reads.count_unread(user)
    if "bell" in request.GET:  # asked by every page once it is there, so that no page waits for the count
        return render(request, "alerts/bell.html", {"unread_alerts": unread})
    told = [(alert, heading_of(alert.subscription)) for alert in reads.list_alerts(user)[:SHOWN]]
    followed = [(row, heading_of(row)) for row in reads.list_subscriptions(user)]
    return render(
        request,
        "alerts/list.html",
        {"unread_alerts": unread, "told": told, "followed": followed, "cadences": Cadence.choices},
    )


@require_POST
def alert_subscribe(request: HttpRequest) -> HttpResponse:
    """Follows a CV, a job or a saved search, and goes back to where the form was."""
    sent = request.POST
    if sent.get("kind") not in Kind.values or not sent.get("subject", "").isdecimal():
        raise InvalidInput(_("Choose what to follow: a CV, a job or a saved search."))
    subscribing.subscribe(
        user=current_user(request),
        kind=Kind(sent["kind"]),
        subject=int(sent["subject"][:18]),
        min_score=_score(sent.get("min_score", "65")),
        cadence=_cadence(sent.get("cadence", Cadence.DAILY)),
        by_email="by_email" in sent,
    )
    messages.success(request, _("You will be told of what is new."))
    back = sent.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "alerts")


@require_POST
def alert_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another score or cadence, with e-mails or without, or gone."""
    user, sent = current_user(request), request.POST
    if "delete" in sent:
        subscribing.unsubscribe(user=user, pk=pk)
        messages.success(request, _("Deleted."))
    else:
        subscribing.change_subscription(
            user=user,
            pk=pk,
            min_score=_score(sent["min_score"]) if "min_score" in sent else None,
            cadence=_cadence(sent.get("cadence", "")),
            by_email="by_email" in sent,
        )
        messages.success(request, _("Changed."))
    return redirect("alerts")


# RFC 8058: the mail server of the receiver sends the form, without cookies; the signed address is what allows it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerts_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Asks whether e-mails are to end, since programs follow links in e-mails too; a form that is sent here ends them."""
    if request.method == "POST":
        subscribing.stop_emails(token)
    subscription = subscribing.read_token(token)
    is_stopped = subscription is None or not subscription.by_email
    return render(request, "alerts/stop.html", {"is_stopped": is_stopped})


def _score(said: str) -> int:
    if not said.isdecimal() or len(said) > 3:
        raise InvalidInput(_("A score is between 0 and 100."), details={"field": "min_score"})
    return int(said)


def _cadence(said: str) -> Cadence:
    if said not in Cadence.values:
        raise InvalidInput(_("Choose how often: at once, once a day or once a week."), details={"field": "cadence"})
    return Cadence(said)
