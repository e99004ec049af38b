"""Tables of the kernel: users, API keys, what is known of other servers, and what every pipeline stage works with."""

from __future__ import annotations

from cvmatch.core.models.accounts import ApiKey, User
from cvmatch.core.models.fetching import FetchBreaker, FetchGrant, FetchKey, FetchValidator
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

__all__ = [
    "ERROR_CHARS",
    "FIRST_RETRY",
    "LEASE",
    "REQUEUED",
    "ApiKey",
    "FetchBreaker",
    "FetchGrant",
    "FetchKey",
    "FetchValidator",
    "StageRun",
    "Staged",
    "StagedQuerySet",
    "Status",
    "User",
    "WorkerHeartbeat",
    "staged",
    "staged_models",
]
