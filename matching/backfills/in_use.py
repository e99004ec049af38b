"""Which embedding model the processes work with: that of the settings, or the one that a back-fill has switched to."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError

from matching.embedding import use_provider
from matching.models import Backfill

log = structlog.get_logger(__name__)

# A web process may search with the model of before for so long after a switch; its vectors are there until cleaned up.
LOOK_EVERY_S = 5.0


# Until what was exchanged is back, the new one holds.
_HOLDS = (Backfill.State.SWITCHED, Backfill.State.CLEANED, Backfill.State.ROLLING_BACK)


class _Looked:
    at: float | None = None


def refresh() -> None:
    """Work with the model of today; one small query.

    Switches count from the model that the settings name on: where these were changed to another one since, that one
    holds, and a switch to what they name now is over.
    """
    use_provider(switched_provider())


def switched_provider() -> str | None:
    """None where no back-fill leads away from the model of the settings."""
    done = Backfill.objects.filter(what=Backfill.What.EMBED, state__in=_HOLDS)
    name: str = settings.EMBEDDING_PROVIDER
    for before, after in done.order_by("switched_at").values_list("from_version", "to_version"):
        name = after if name == before else name
    return name if name != settings.EMBEDDING_PROVIDER and name in settings.EMBEDDING_PROVIDERS else None


def refresh_sometimes(*, environ: Mapping[str, Any], **_: Any) -> None:
    """For processes that serve requests, before each but those on health: looks every few seconds."""
    now = time.monotonic()
    is_fresh = _Looked.at is not None and now - _Looked.at < LOOK_EVERY_S
    if is_fresh or str(environ.get("PATH_INFO", "")).startswith("/health/"):
        return
    _Looked.at = now
    try:
        refresh()
    except (OperationalError, InterfaceError):
        log.warning("could not look which model is in use")  # whether the request needs the database shows by itself
