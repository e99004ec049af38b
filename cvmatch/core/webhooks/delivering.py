"""The stage that sends what webhooks are to be told, and switches off those that never answer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from cvmatch.core.errors import CvmatchError
from cvmatch.core.models import Webhook, WebhookDelivery
from cvmatch.core.models.webhooks import LONGEST_WAIT, TEST_EVENT
from cvmatch.core.runner import StageReport, work_off
from cvmatch.core.sealing import unseal_text
from cvmatch.core.webhooks.sending import PARALLEL, Message, Sender, Sent, body_of

OFF_AFTER = timedelta(days=5)


def deliver_webhooks(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Send what is waiting, or due for another attempt; ``only`` are ids of deliveries."""
    rows = WebhookDelivery.objects.select_related("webhook")
    rows = rows if only is None else rows.filter(pk__in=only)
    return work_off(rows, limit=limit, work=_send_all, save=_settle, chunk=PARALLEL)


def _send_all(deliveries: Sequence[WebhookDelivery]) -> list[Sent]:
    """One outcome each, all at once: a server that hangs holds nobody else up. Raises nothing, so that none is sent twice."""
    ready = [(delivery, _message(delivery)) for delivery in deliveries]
    messages = [message for _, message in ready if isinstance(message, Message)]
    with Sender(**settings.WEBHOOKS) as sender, ThreadPoolExecutor(PARALLEL, thread_name_prefix="webhook") as pool:
        sent = iter(list(pool.map(sender.send, messages)))
    outcomes = [next(sent) if isinstance(message, Message) else message for _, message in ready]
    for (delivery, message), outcome in zip(ready, outcomes, strict=True):
        if isinstance(message, Message):
            _note(delivery, outcome)
    return outcomes


def _message(delivery: WebhookDelivery) -> Message | Sent:
    """What to send, or why it cannot be."""
    hook = delivery.webhook
    if not hook.is_active and delivery.event != TEST_EVENT:
        return Sent(None, 0, "The webhook is off.", is_final=True)
    try:
        secret = unseal_text(hook.secret, what="The secrets of webhooks")
    except CvmatchError as error:
        return Sent(None, 0, error.message, is_final=True)
    return Message(f"msg_{delivery.message_id.hex}", hook.url, body_of(delivery.payload_json), secret)


def _note(delivery: WebhookDelivery, sent: Sent) -> None:
    """How it went stays with the delivery, and what follows for the webhook; failed attempts are not rolled back."""
    now = timezone.now()
    WebhookDelivery.objects.filter(pk=delivery.pk, claim_token=delivery.claim_token).update(
        response_status=sent.status, latency_ms=sent.latency_ms
    )
    hooks = Webhook.objects.filter(pk=delivery.webhook_id)
    if not sent.error:
        hooks.exclude(failing_since=None).update(failing_since=None)
        return
    hooks.filter(failing_since=None).update(failing_since=now)
    active = hooks.filter(is_active=True)
    if sent.is_final:
        active.update(is_active=False, off_reason="The server answered 410: it does not want to be told any more.")
    else:
        said = f"Every delivery of the last {OFF_AFTER.days} days failed. The last: {sent.error}"
        active.filter(failing_since__lt=now - OFF_AFTER).update(is_active=False, off_reason=said)


def _settle(delivery: WebhookDelivery, sent: Sent) -> None:
    if sent.error:
        wait_s = min(sent.wait_s, LONGEST_WAIT.total_seconds())
        raise CvmatchError(sent.error, permanent=sent.is_final, details={"wait_s": wait_s})
