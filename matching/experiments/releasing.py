"""What orders the lists of a side: the ledger of releases, its only writer, and the way back."""

from __future__ import annotations

import structlog
from django.db import connection, transaction

from cvmatch.core.errors import Conflict
from cvmatch.core.models import User
from matching.experiments import running
from matching.models import Experiment, RankingConfig, RankingRelease

log = structlog.get_logger(__name__)


def lock_rankings() -> None:
    """One change of experiments or releases at a time, until the transaction ends: there are few, and each reads others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cvmatch.rankings'))")


def newest_release(side: str) -> RankingRelease | None:
    """What serves, where anything was ever released."""
    return RankingRelease.objects.of(side).select_related("config", "before__config").first()


@transaction.atomic
def release(
    side: str, config: RankingConfig | None, *, by: User | None, experiment: Experiment | None = None
) -> RankingRelease:
    """Order the lists of a side by this configuration from now on; none is the order as stored."""
    lock_rankings()
    row = RankingRelease.objects.create(
        side=side, config=config, before=newest_release(side), experiment=experiment, released_by=by
    )
    running.forget()
    log.info("A ranking was released", side=side, config=str(config or "as shipped"), release=row.pk)
    return row


def roll_back(side: str, *, by: User | None, instead_of: int | None = None) -> RankingRelease:
    """Release what served before; the next roll-back leads a step further back. Raises Conflict where nothing was released.

    ``instead_of`` is the release that is taken back, by default the newest when this is asked. Where somebody has taken it
    back meanwhile nothing more is done: two clicks at once are one step.
    """
    seen = instead_of if instead_of is not None else getattr(newest_release(side), "pk", None)
    with transaction.atomic():
        lock_rankings()
        newest = newest_release(side)
        if newest is None or (newest.pk == seen and newest.config is None and newest.before is None):
            raise Conflict("Lists stand in the order of their scores, as shipped: there is nothing to roll back to.")
        if newest.pk != seen:
            return newest
        before = newest.before
        row = RankingRelease.objects.create(
            side=side,
            config=before.config if before else None,
            before=before.before if before else None,
            released_by=by,
        )
        running.forget()
    log.info("A ranking was rolled back", side=side, config=str(row.config or "as shipped"), release=row.pk)
    return row
