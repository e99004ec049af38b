"""Writes and sends the e-mails of digests: titles of jobs, scores and links, nothing of any CV."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from cvmatch.core.errors import CvmatchError
from cvmatch.core.models import User
from matching.alerts.finding import Kind
from matching.alerts.subscribing import stop_token
from matching.models import AlertDigest, AlertSubscription

SHOWN = 20


def compose_all(digests: Sequence[AlertDigest]) -> list[EmailMultiAlternatives | None]:
    """One each; None where nothing is to be sent any more."""
    return [_composed(digest) for digest in digests]


def send(digest: AlertDigest, message: EmailMultiAlternatives | None) -> None:
    """Called in the transaction that notes it as sent: a process that dies before the server took it leaves it to send.

    Raises CvmatchError where the server did not take it.
    """
    if message is None:
        return
    server = message.connection = get_connection()
    # Taking leave of the server comes after the commit: nothing is between its answer and the note that it has it.
    transaction.on_commit(server.close, robust=True)
    try:
        server.open()
        message.send()
    except smtplib.SMTPRecipientsRefused:
        raise CvmatchError("The mail server refused the address.", permanent=True) from None
    except (smtplib.SMTPException, OSError) as error:
        raise CvmatchError(f"The mail server could not be used: {type(error).__name__}.") from None


def heading_of(subscription: AlertSubscription) -> str:
    """What an alert is about, in the language of now."""
    if subscription.search is not None:
        return _("New jobs for your search “%(name)s”") % {"name": subscription.search.name}
    if subscription.job is not None:
        return _("New CVs for %(title)s") % {"title": " ".join(subscription.job.title.split())}
    return _("New jobs that fit your CV")


def _composed(digest: AlertDigest) -> EmailMultiAlternatives | None:
    subscription = digest.subscription
    user = subscription.user
    if not subscription.by_email or not user.is_active or not _is_theirs(user):
        return None
    if subscription.kind == Kind.CVS_FOR_JOB and not user.is_recruiter:
        return None
    alerts = list(digest.alerts.select_related("job").order_by("-score", "pk"))
    if not alerts:
        return None
    stop = _address(reverse("alerts-stop", args=[stop_token(subscription)]))
    with override(subscription.language):
        heading = heading_of(subscription)
        lines = [(alert, _link(alert.job_id, subscription)) for alert in alerts[:SHOWN]]
        about: dict[str, Any] = {"heading": heading, "lines": lines}
        about |= {"more": max(len(alerts) - SHOWN, 0), "stop": stop, "all": _address(reverse("alerts"))}
        about |= {"is_of_job": subscription.kind == Kind.CVS_FOR_JOB}
        write = partial(render_to_string, context=about)
        message = EmailMultiAlternatives(
            f"{heading} ({len(alerts)})",
            write("alerts/mail.txt"),
            to=[user.email],
            headers=_headers(digest, stop),
        )
        message.attach_alternative(write("alerts/mail.html"), "text/html")
    return message


def _headers(digest: AlertDigest, stop: str) -> dict[str, str]:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return {
        "Message-ID": f"<alert-{digest.message_id.hex}@{host}>",  # the same at a second attempt: servers know it by that
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Auto-Submitted": "auto-generated",
    }


def _is_theirs(user: User) -> bool:
    """Whether the address is known to be this person's; where e-mails are only printed, nobody has confirmed one."""
    if not user.email or settings.ACCOUNT_EMAIL_VERIFICATION != "mandatory":
        return bool(user.email)
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())


def _link(job: int, subscription: AlertSubscription) -> str:
    return _address(reverse("job-candidates" if subscription.kind == Kind.CVS_FOR_JOB else "job", args=[job]))


def _address(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
