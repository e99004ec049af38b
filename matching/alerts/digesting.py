"""Looks for what is new to subscriptions whose time has come, and hands it over to page, webhooks and e-mail at once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cvmatch.core.models import Purpose, Status, User, WebhookEvent
from cvmatch.core.runner import StageReport
from cvmatch.core.webhooks import tell
from matching.alerts.finding import Found, find_new
from matching.models import Alert, AlertDigest, AlertSubscription, Match

Cadence = AlertSubscription.Cadence
# "At once" is on the event; so long after it what had no event, such as new jobs of a saved search, is looked for.
EVERY = {Cadence.AT_ONCE: timedelta(minutes=5), Cadence.DAILY: timedelta(days=1), Cadence.WEEKLY: timedelta(days=7)}
BUDGET_S = 30.0


def next_due(cadence: Cadence) -> datetime:
    """When a subscription of this cadence, looked at now, is due again."""
    return timezone.now() + EVERY[cadence]


def gather(*, limit: int, predictions: Sequence[int] | None = None) -> StageReport:
    """Look at up to ``limit`` subscriptions that are due, or that are told at once and that these new lists may concern."""
    due = AlertSubscription.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    rows = due if predictions is None else _concerned(predictions)
    ids, give_up_at, done = list(rows.values_list("pk", flat=True)[:limit]), time.monotonic() + BUDGET_S, 0
    for pk in ids:
        if time.monotonic() > give_up_at:
            break
        done += _look(pk)
    return StageReport(claimed=done, done=done, more=0 < done < len(ids) or len(ids) >= limit)


def _concerned(predictions: Sequence[int]) -> QuerySet[AlertSubscription]:
    lines = Match.objects.filter(prediction__in=predictions)
    theirs = Q(candidate__in=lines.values("cv__candidate")) | Q(job__in=lines.values("job"))
    return AlertSubscription.objects.filter(theirs, cadence=Cadence.AT_ONCE).order_by("pk")


def _look(pk: int) -> int:
    """One subscription in one transaction; 0 where another worker is at it or it is gone."""
    with transaction.atomic():
        rows = AlertSubscription.objects.select_related("user", "candidate")
        subscription = rows.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if subscription is None:
            return 0
        # Who took the consent back is told of nothing; what is new meanwhile is told once it is given again.
        found = () if subscription.user.refuses(Purpose.ALERTS) else find_new(subscription)
        if found:
            _hand_over(subscription, found)
        subscription.due_at = next_due(Cadence(subscription.cadence))
        subscription.save(update_fields=["due_at"])
    return 1


def _hand_over(subscription: AlertSubscription, found: Sequence[Found]) -> None:
    """The rows that say it was told, the e-mail to send and the webhooks to call: all of them or none."""
    status = Status.PENDING if subscription.by_email and subscription.user.email else Status.COMPLETED
    digest = AlertDigest.objects.create(subscription=subscription, status=status)
    Alert.objects.bulk_create(
        Alert(
            user_id=subscription.user_id,
            subscription=subscription,
            digest=digest,
            job_id=one.job_id,
            candidate_id=one.candidate_id,
            score=one.score,
        )
        for one in found
    )
    tell(
        WebhookEvent.ALERT_MATCHES,
        to=User.objects.filter(pk=subscription.user_id),
        data=lambda _user: _told(digest, found),
    )


def _told(digest: AlertDigest, found: Sequence[Found]) -> Mapping[str, Any]:
    subscription = digest.subscription
    return {
        "subscription_id": subscription.pk,
        "kind": subscription.kind,
        "digest_id": digest.pk,
        "address": f"/api/v1/alerts?digest_id={digest.pk}",
        "matches": [
            {
                "job_id": one.job_id,
                **({"candidate_id": one.candidate_id} if one.candidate_id else {}),
                **({} if one.score is None else {"score": float(one.score)}),
            }
            for one in found
        ],
    }
