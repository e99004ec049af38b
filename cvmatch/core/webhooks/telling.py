"""Writes down who is to be told of an event, in the transaction of what has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cvmatch.core.models import User, Webhook, WebhookDelivery, WebhookEvent
from cvmatch.core.queue import announce

KEPT = timedelta(days=30)


def tell(event: WebhookEvent, *, to: QuerySet[User], data: Callable[[int], Mapping[str, Any]]) -> None:
    """Tell the webhooks of these users; ``data`` is what a user, by id, is told: ids and addresses, nothing of a CV.

    One statement where nobody listens. Call it in the transaction that makes the event true.
    """
    hooks = list(Webhook.objects.listening(event).filter(user__in=to.order_by().values("pk")))
    if hooks:
        send(event, hooks, data)


def send(event: str, hooks: Iterable[Webhook], data: Callable[[int], Mapping[str, Any]]) -> list[WebhookDelivery]:
    """Write a delivery for each of these hooks and have them sent."""
    at = timezone.now().isoformat()
    deliveries = WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            webhook=hook, event=event, payload_json={"type": event, "timestamp": at, "data": dict(data(hook.user_id))}
        )
        for hook in hooks
    )
    announce("webhook.told", [delivery.pk for delivery in deliveries])
    return deliveries


def delete_old_deliveries(limit: int) -> int:
    """Forget what was told over 30 days ago; returns how many."""
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT).values("pk")[:limit]
    return WebhookDelivery.objects.filter(pk__in=old).delete()[0]
