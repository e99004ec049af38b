"""Starts, holds and ends back-fills: each change of state is one statement that asks for the state before."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import User
from cvmatch.core.queue import enqueue
from matching.backfills.kinds import KINDS
from matching.models import Backfill

State = Backfill.State
STAGE = "work_backfills"
RATE, MOST_RATE = 600, 100_000


def start_backfill(
    *, what: str, to_version: str = "", rate: int = RATE, everything: bool = False, by: User | None = None
) -> Backfill:
    """Begin to work over everything of one kind; nothing in use is changed before the switch.

    Raises InvalidInput for an unknown kind or version, a rate out of bounds, and while one of the kind is on its way.
    """
    if what not in KINDS:
        raise InvalidInput(f"There is no such kind; there are {', '.join(KINDS)}.")
    _check(rate)
    from_version, version = KINDS[what].versions(to_version)
    backfill = Backfill(
        what=what, from_version=from_version, to_version=version, rate=rate, everything=everything, started_by=by
    )
    backfill.total = sum(KINDS[what].rows(backfill, side).count() for side in KINDS[what].sides)
    try:
        with transaction.atomic():
            backfill.save()
            enqueue(STAGE)
    except IntegrityError as error:
        raise InvalidInput("One of this kind is on its way. Switch to it or cancel it first.") from error
    return backfill


def pause(backfill: Backfill) -> None:
    """What is being worked on is thrown away and done again later: at most a few rows."""
    _move(backfill, State.PAUSED, after=(State.RUNNING,))


def resume(backfill: Backfill) -> None:
    _move(backfill, State.RUNNING, after=(State.PAUSED,), error="")


def set_rate(backfill: Backfill, rate: int) -> None:
    """Most rows a minute from now on."""
    _check(rate)
    Backfill.objects.filter(pk=backfill.pk).update(rate=rate, next_at=None)
    backfill.refresh_from_db()


def switch(backfill: Backfill) -> None:
    """Let what is new take the place of what is in use; the stage does it, in one transaction or a few rows at a time."""
    _move(backfill, State.SWITCHING, after=(State.READY,), switch_cursor=0, switched=0, error="")


def roll_back(backfill: Backfill) -> None:
    """Let what was replaced hold again. Raises InvalidInput once it is thrown away, or after a later switch of the kind."""
    later = Backfill.objects.filter(what=backfill.what, pk__gt=backfill.pk, state=State.SWITCHED)
    if later.exists():
        raise InvalidInput("A later one was switched to since; roll that one back first.")
    try:
        with transaction.atomic():
            _move(backfill, State.ROLLING_BACK, after=(State.SWITCHED,), switch_cursor=0, switched=0, error="")
    except IntegrityError as error:
        raise InvalidInput("Another one of this kind is on its way. Cancel that one first.") from error


def cancel(backfill: Backfill) -> None:
    """Throw away what was made; nothing in use has changed."""
    _move(backfill, State.CANCELLED, after=(State.RUNNING, State.PAUSED, State.READY))


def clean(backfill: Backfill) -> None:
    """Throw away what was replaced: there is no way back after this."""
    _move(backfill, State.CLEANED, after=(State.SWITCHED,))


def _check(rate: int) -> None:
    if not 1 <= rate <= MOST_RATE:
        raise InvalidInput(f"The rate is from 1 to {MOST_RATE:,} rows a minute.")


def _move(backfill: Backfill, to: str, *, after: tuple[str, ...], **values: Any) -> None:
    """``held_until``: whoever is at it loses its hold."""
    with transaction.atomic():
        rows = Backfill.objects.filter(pk=backfill.pk, state__in=after)
        if not rows.update(state=to, held_until=None, next_at=None, **values):
            now = Backfill.objects.filter(pk=backfill.pk).values_list("state", flat=True).first()
            raise InvalidInput(f"That cannot be done while it is {now or 'gone'}.")
        enqueue(STAGE)
    backfill.refresh_from_db()
