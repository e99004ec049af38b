"""What a person was told, for the bell, the page and the API."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from cvmatch.core.models import User
from matching.models import Alert, AlertSubscription

# The bell says no more.
CAP = 99


def list_alerts(user: User) -> QuerySet[Alert]:
    """Newest first; only what they were told, and of a job's candidates only what a recruiter may see."""
    rows = Alert.objects.filter(user=user, digest__isnull=False).order_by("-pk")
    rows = rows if user.is_recruiter else rows.exclude(subscription__kind=AlertSubscription.Kind.CVS_FOR_JOB)
    return rows.select_related("job", "subscription__job", "subscription__search")


def count_unread(user: User) -> int:
    """At most ``CAP`` + 1."""
    return list_alerts(user).filter(read_at=None).order_by().values("pk")[: CAP + 1].count()


def list_subscriptions(user: User) -> QuerySet[AlertSubscription]:
    """Newest first, each with ``told``, how many alerts it brought."""
    told = Count("alerts", filter=Q(alerts__digest__isnull=False))
    rows = AlertSubscription.objects.filter(user=user).select_related("job", "search")
    return rows.annotate(told=told).order_by("-pk")
