"""Webhooks: who is told of what, and the telling, signed as the Standard Webhooks specification says."""

from __future__ import annotations

from cvmatch.core.webhooks.hooks import (
    MOST_HOOKS,
    create_webhook,
    delete_webhook,
    enable_webhook,
    get_webhook,
    redeliver,
    send_test,
)
from cvmatch.core.webhooks.telling import delete_old_deliveries, tell

__all__ = [
    "MOST_HOOKS",
    "create_webhook",
    "delete_old_deliveries",
    "delete_webhook",
    "enable_webhook",
    "get_webhook",
    "redeliver",
    "send_test",
    "tell",
]
