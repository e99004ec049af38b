"""Forgets what people were told long ago, and keeps that they were: nothing is told twice, however old it is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from matching.models import Alert, AlertDigest


@transaction.atomic
def forget_told(*, before: datetime, limit: int) -> int:
    """Forget up to ``limit`` digests from before then, the oldest first; returns how many went.

    Their alerts become what those are that were there before somebody subscribed: known, on no page, without a score. They go
    with their job, of which nothing can be told any more. A digest that waits for the mail server all that time is not sent.
    """
    rows = AlertDigest.objects.filter(created_at__lt=before).order_by("pk")
    old = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit])
    Alert.objects.filter(digest__in=old).update(digest=None, score=None, read_at=None)
    AlertDigest.objects.filter(pk__in=old).delete()
    return len(old)
