"""The time that people are kept: it begins anew when they say so or upload, ends with a reminder, and then they are erased."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cvmatch.core.models import User
from ingestion.models import Candidate
from ingestion.models.cvs import kept_until

log = structlog.get_logger(__name__)

# So long before the end somebody with an account is told, and no less than so long after that they are erased.
NOTICE = timedelta(days=30)


def keep_longer(*, candidate: Candidate) -> datetime:
    """Their time begins anew; returns when it ends."""
    candidate.kept_until, candidate.reminded_at = kept_until(), None
    candidate.save(update_fields=["kept_until", "reminded_at"])
    return candidate.kept_until


def is_ending(candidate: Candidate) -> bool:
    """Whether their time is so nearly over that they should be told."""
    return candidate.kept_until is not None and candidate.kept_until <= timezone.now() + NOTICE


def start_clocks(*, limit: int) -> int:
    """Give those a time who have none yet; returns how many."""
    without = list(Candidate.objects.filter(kept_until=None).values_list("pk", flat=True)[:limit])
    return Candidate.objects.filter(pk__in=without, kept_until=None).update(kept_until=kept_until())


def remind_due(*, limit: int) -> int:
    """Tell people with accounts whose time is nearly over, once; returns how many were told.

    A message that cannot be sent now is tried again at the next round: nobody is erased who was not told.
    """
    soon = timezone.now() + NOTICE
    due = Candidate.objects.filter(kept_until__lte=soon, reminded_at=None, user__isnull=False)
    told = 0
    for candidate in due.select_related("user").order_by("kept_until")[:limit]:
        told += _remind(candidate)
    return told


def list_overdue() -> QuerySet[Candidate]:
    """Those whose time is over: of people with accounts only who was told long enough ago. CVs of one match end by themselves."""
    now = timezone.now()
    told = Q(user=None) | Q(reminded_at__lte=now - NOTICE)
    return Candidate.objects.filter(told, kept_until__lte=now).exclude(cvs__expires_at__isnull=False)


def _remind(candidate: Candidate) -> bool:
    user = candidate.user
    assert user is not None, "only people with accounts are reminded"
    with transaction.atomic():
        open_ = Candidate.objects.filter(pk=candidate.pk, reminded_at=None).update(reminded_at=timezone.now())
        if not open_:
            return False
        try:
            _send(user, max(candidate.kept_until or timezone.now(), timezone.now() + NOTICE))
        except OSError as error:  # also what SMTP servers refuse
            transaction.set_rollback(True)
            log.warning("reminder not sent", candidate=candidate.pk, error=type(error).__name__)
            return False
    return True


def _send(user: User, until: datetime) -> None:
    """By e-mail where there is an address; the person's pages say it as well."""
    if not user.email:
        return
    words = _(
        "Your CV and all that was made from it are kept here until %(date)s, and are then erased with your account.\n\n"
        'If you want to stay, sign in and press "Keep longer" under My data (%(address)s).\n'
    )
    send_mail(
        subject=_("Your data will be erased on %(date)s") % {"date": f"{until:%d %B %Y}"},
        message=words % {"date": f"{until:%d %B %Y}", "address": f"{settings.PUBLIC_URL}{reverse('my-data')}"},
        from_email=None,
        recipient_list=[user.email],
    )
