"""Tables of the kernel: users, keys, calls that are counted or kept, other servers, webhooks, and what stages work with."""

from __future__ import annotations

from cvmatch.core.models.accounts import ApiKey, Purpose, Scope, User
from cvmatch.core.models.calls import IdempotentCall, ThrottleCount
from cvmatch.core.models.fetching import FetchBreaker, FetchGrant, FetchKey, FetchValidator
from cvmatch.core.models.pipeline import BacklogSample, StagePause
from cvmatch.core.models.stages import (
    ERROR_CHARS,
    FIRST_RETRY,
    LEASE,
    REQUEUED,
    Staged,
    StagedQuerySet,
    StageRun,
    Status,
    WorkerHeartbeat,
    staged,
    staged_models,
)
from cvmatch.core.models.webhooks import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "ERROR_CHARS",
    "FIRST_RETRY",
    "LEASE",
    "REQUEUED",
    "ApiKey",
    "BacklogSample",
    "FetchBreaker",
    "FetchGrant",
    "FetchKey",
    "FetchValidator",
    "IdempotentCall",
    "Purpose",
    "Scope",
    "StagePause",
    "StageRun",
    "Staged",
    "StagedQuerySet",
    "Status",
    "ThrottleCount",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WorkerHeartbeat",
    "staged",
    "staged_models",
]
