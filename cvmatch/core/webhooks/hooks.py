"""The webhooks of one user: made, tried, switched on again, deleted; what was sent to them once more."""

from __future__ import annotations

import base64
import ipaddress
import secrets
from collections.abc import Collection

import httpx
from django.conf import settings
from django.db import transaction

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.http.addresses import is_public
from cvmatch.core.models import REQUEUED, Status, User, Webhook, WebhookDelivery, WebhookEvent
from cvmatch.core.models.webhooks import TEST_EVENT
from cvmatch.core.queue import announce
from cvmatch.core.sealing import seal_text
from cvmatch.core.webhooks.telling import send

# Each event is sent to every one of them.
MOST_HOOKS = 10
PREFIX = "whsec_"
SECRET_BYTES = 32
URL_CHARS = 500


def create_webhook(*, user: User, url: str, events: Collection[WebhookEvent]) -> tuple[Webhook, str]:
    """A new webhook and its secret: the only time that it can be seen. Raises InvalidInput for an address that is not called."""
    check_url(url)
    if not events:
        raise InvalidInput("Choose at least one event.", details={"field": "events"})
    secret = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two at once are counted one after the other
        if Webhook.objects.filter(user=user).count() >= MOST_HOOKS:
            raise InvalidInput(f"You have {MOST_HOOKS} webhooks already. Delete one that is not used any more.")
        hook = Webhook.objects.create(user=user, url=url, events=sorted(set(events)), secret=seal_text(secret))
    return hook, secret


def check_url(url: str) -> None:
    """Raises InvalidInput for an address that is none, or that nothing is sent to. Names are looked up when it is sent."""
    private = settings.WEBHOOKS["allow_private"]
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        raise _refused("This is not an address. It looks like https://example.com/hook.") from None
    if len(url) > URL_CHARS:
        raise _refused(f"The address is longer than {URL_CHARS} characters.")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _refused("An address has visible ASCII characters only; encode the others.")
    if address.scheme not in (("https", "http") if private else ("https",)) or not address.host:
        raise _refused("The address must begin with https:// and name a server.")
    if address.userinfo:
        raise _refused("Leave out user and password: deliveries are signed, which tells where they come from.")
    if not private and _is_inside(address.host):
        raise _refused("This is an address inside a network; give one that the Internet can reach.")


def get_webhook(user: User, pk: int) -> Webhook:
    """Raises NotFound for one that is not this user's."""
    hook = Webhook.objects.filter(user=user, pk=pk).first()
    if hook is None:
        raise NotFound("There is no such webhook, or it is not yours.")
    return hook


def delete_webhook(hook: Webhook) -> None:
    """It is told of nothing more, and what was told is forgotten."""
    hook.delete()


def enable_webhook(hook: Webhook) -> Webhook:
    """Switched on again, as if it had never failed. What was missed can be sent again one by one."""
    hook.is_active, hook.failing_since, hook.off_reason = True, None, ""
    hook.save(update_fields=["is_active", "failing_since", "off_reason"])
    return hook


@transaction.atomic
def send_test(hook: Webhook) -> WebhookDelivery:
    """An event that says nothing; also to a webhook that is off, to see whether it is well again."""
    return send(TEST_EVENT, [hook], lambda _: {"webhook_id": hook.pk})[0]


@transaction.atomic
def redeliver(*, hook: Webhook, pk: int) -> WebhookDelivery:
    """Send the same message once more, under its old id; one that is on its way is left alone. Raises NotFound."""
    ended = hook.deliveries.filter(pk=pk, status__in=[Status.COMPLETED, Status.FAILED])
    if ended.update(**REQUEUED, attempts=0, response_status=None, latency_ms=None, finished_at=None):
        announce("webhook.told", [pk])
    delivery = hook.deliveries.filter(pk=pk).first()
    if delivery is None:
        raise NotFound("There is no such delivery. They are kept for 30 days.")
    return delivery


def _is_inside(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return not is_public(host)


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, details={"field": "url"})
