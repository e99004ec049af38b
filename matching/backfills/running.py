"""Works back-fills off, some rows at a time: never faster than they may, and each from where whoever was at it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cvmatch.core import stopping
from cvmatch.core.errors import InvalidInput, LeaseLost
from cvmatch.core.reporting import report as report_error
from cvmatch.core.runner import StageReport, attempt
from ingestion.models import CV
from jobs.models import Job
from matching.backfills import in_use
from matching.backfills.kinds import Kind, kind_of
from matching.backfills.values import Made, Side, Summary
from matching.models import Backfill, BackfillItem

State = Backfill.State
_MODELS: dict[Side, QuerySet[Any]] = {Side.CV: CV.objects.all(), Side.JOB: Job.objects.all()}
BUDGET_S = 30.0
# Longer than anything between two writes of it, which is reading the slowest file; the queue ends tasks after 120 s.
HOLD = timedelta(seconds=130)
# The schedule may be this much early, or every second minute would go by.
EARLY = timedelta(seconds=5)
SWITCHED_AT_ONCE = 20
# More would take longer in one transaction than a task may; ``manage.py backfill switch`` has no such limit.
MOST_IN_ONE_TASK = 100_000
FORGOTTEN_AT_ONCE = 1000


def work_backfills(*, budget_s: float = BUDGET_S) -> StageReport:
    """Work on every back-fill that has something to do and may go on now, then throw away what nobody needs any more."""
    report = StageReport()
    for pk in Backfill.objects.filter(state__in=Backfill.WORKING).order_by("pk").values_list("pk", flat=True):
        report += work_on(pk, budget_s=budget_s)
    return report + _sweep()


def work_on(pk: int, *, budget_s: float = BUDGET_S, most_at_once: int | None = MOST_IN_ONE_TASK) -> StageReport:
    """Work on one, for so long at most; nothing where another process is at it or it has to wait."""
    backfill = _claim(pk)
    if backfill is None:
        return StageReport()
    give_up_at = time.monotonic() + budget_s
    try:
        if backfill.state in {State.RUNNING, State.READY}:
            return _make(backfill, give_up_at)
        return _exchange(backfill, give_up_at, most_at_once)
    except LeaseLost:
        return StageReport(claimed=1, lost=1)


def _claim(pk: int) -> Backfill | None:
    now = timezone.now()
    free = Q(held_until=None) | Q(held_until__lt=now)
    due = Q(next_at=None) | Q(next_at__lte=now + EARLY)
    rows = Backfill.objects.filter(free, due, pk=pk, state__in=Backfill.WORKING)
    if not rows.update(held_until=now + HOLD):
        return None
    return Backfill.objects.filter(pk=pk, held_until=now + HOLD).first()


def _write(backfill: Backfill, **values: Any) -> None:
    """Raises LeaseLost where somebody paused or cancelled it, or another worker has it."""
    held = timezone.now() + HOLD
    mine = Backfill.objects.filter(pk=backfill.pk, held_until=backfill.held_until, state=backfill.state)
    if not mine.update(**{"held_until": held, **values}):
        raise LeaseLost("Somebody else has this back-fill now.")
    backfill.refresh_from_db()


def _make(backfill: Backfill, give_up_at: float) -> StageReport:
    """Make what is new for as many rows as a minute may have, or the time goes."""
    kind, started, report = kind_of(backfill), timezone.now(), StageReport()
    try:
        kind.versions(backfill.to_version)
    except InvalidInput as error:  # a worker that has not been restarted with the new code, say
        _write(backfill, error=error.message[:300], held_until=None)
        return report
    while report.claimed < backfill.rate and time.monotonic() < give_up_at and not stopping.is_told():
        side, ids = _next(backfill, kind, min(kind.chunk, backfill.rate - report.claimed))
        if not ids:
            _be_ready(backfill, kind)
            return report
        made = _made(backfill, kind, side, ids)
        _keep(backfill, kind, side, ids, made)
        failed = sum(bool(one.error) for one in made)
        report += StageReport(claimed=len(ids), done=len(ids) - failed, failed=failed)
    next_at = max(backfill.next_at or started, started) + timedelta(minutes=report.claimed / backfill.rate)
    _write(backfill, held_until=None, next_at=next_at, error="")
    return report + StageReport(more=next_at <= timezone.now() + EARLY)


def _be_ready(backfill: Backfill, kind: Kind) -> None:
    """All rows are through; of one that was ready already, those that came in since."""
    if backfill.state == State.RUNNING:
        summary = Summary.from_json(backfill.summary_json) + Summary(measures=kind.measure(backfill))
        _write(backfill, summary_json=summary.to_json())
        _write(backfill, state=State.READY, ready_at=timezone.now(), held_until=None, next_at=None, error="")
    else:
        _write(backfill, held_until=None)


def _next(backfill: Backfill, kind: Kind, limit: int) -> tuple[Side, list[int]]:
    """The rows after those that are through, in the order of their ids; of the sides one after the other."""
    for side in kind.sides:
        rows = kind.rows(backfill, side).filter(pk__gt=backfill.cursors.get(side, 0)).order_by("pk")
        if ids := list(rows.values_list("pk", flat=True)[:limit]):
            return side, ids
    return kind.sides[0], []


def _made(backfill: Backfill, kind: Kind, side: Side, ids: Sequence[int]) -> list[Made]:
    """Where the rows fail together each is tried alone, so that one cannot stop all others."""
    together = attempt(lambda: kind.make(backfill, side, ids))
    if not isinstance(together, Exception):
        return together
    if len(ids) > 1:
        return [made for pk in ids for made in _made(backfill, kind, side, [pk])]
    report_error(together)
    return [Made(ids[0], error=f"Unexpected {type(together).__name__}")]


def _keep(backfill: Backfill, kind: Kind, side: Side, ids: Sequence[int], made: Sequence[Made]) -> None:
    """What came of some rows, and that they are through: both or neither."""
    good = [one for one in made if not one.error]
    summary = sum((one.summary for one in good), Summary.from_json(backfill.summary_json))
    with transaction.atomic():
        _write(
            backfill,
            cursors=backfill.cursors | {side.value: ids[-1]},
            total=F("total") + (len(ids) if backfill.state == State.READY else 0),
            done=F("done") + len(good),
            failed=F("failed") + len(made) - len(good),
            differing=F("differing") + sum(one.differs > 0 for one in good),
            summary_json=summary.to_json(),
        )
        there = _MODELS[side].filter(pk__in=[one.pk for one in made]).order_by("pk")
        known = set(there.select_for_update(no_key=True).values_list("pk", flat=True))  # some may be gone since
        kind.keep(backfill, side, [one for one in good if one.pk in known])
        BackfillItem.objects.bulk_create(
            [_item(backfill, side, one) for one in made if one.pk in known],
            update_conflicts=True,
            unique_fields=["backfill", side.value],
            update_fields=["state", "made_of", "differs", "new_json", "new_vectors", "error"],
        )


def _item(backfill: Backfill, side: Side, made: Made) -> BackfillItem:
    return BackfillItem(
        backfill=backfill,
        state=BackfillItem.State.FAILED if made.error else BackfillItem.State.MADE,
        made_of=made.made_of,
        differs=made.differs,
        new_json=dict(made.new),
        new_vectors=made.blob,
        error=made.error,
        **{f"{side.value}_id": made.pk},
    )


def _exchange(backfill: Backfill, give_up_at: float, most_at_once: int | None) -> StageReport:
    """Switch, or roll back: vectors in one transaction, all else a few rows at a time."""
    kind = kind_of(backfill)
    is_switch = backfill.state == State.SWITCHING
    work = kind.switch if is_switch else kind.roll_back
    before = BackfillItem.State.MADE if is_switch else BackfillItem.State.SWITCHED
    rows = (
        BackfillItem.objects.filter(backfill=backfill, state=before).defer("new_vectors", "old_vectors").order_by("pk")
    )
    if backfill.what == Backfill.What.EMBED:
        return _exchange_at_once(backfill, rows.count(), work, rows, most_at_once)
    done = 0
    while time.monotonic() < give_up_at and not stopping.is_told():
        items = list(rows.filter(pk__gt=backfill.switch_cursor)[:SWITCHED_AT_ONCE])
        if not items:
            _end(backfill)
            return StageReport(claimed=done, done=done)
        with transaction.atomic():
            _write(backfill, switch_cursor=items[-1].pk, switched=F("switched") + len(items))
            work(backfill, items)
        done += len(items)
    _write(backfill, held_until=None)
    return StageReport(claimed=done, done=done, more=True)


def _exchange_at_once(
    backfill: Backfill,
    count: int,
    work: Callable[[Backfill, Sequence[BackfillItem]], None],
    rows: Any,
    most: int | None,
) -> StageReport:
    if most is not None and count > most:
        way = "switch" if backfill.state == State.SWITCHING else "roll-back"
        error = f"{count:,} rows are too many for a worker; run manage.py backfill {way} {backfill.pk}."
        _write(backfill, error=error, held_until=None)
        return StageReport(error=error)
    with transaction.atomic():
        last = 0
        while items := list(rows.filter(pk__gt=last).only("pk")[:5000]):
            work(backfill, items)
            last = items[-1].pk
        _write(backfill, switched=count)
        _end(backfill)
    in_use.refresh()
    return StageReport(claimed=count, done=count)


def _end(backfill: Backfill) -> None:
    if backfill.state == State.SWITCHING:
        _write(backfill, state=State.SWITCHED, switched_at=timezone.now(), held_until=None)
    else:
        _write(backfill, state=State.ROLLED_BACK, held_until=None)


def _sweep() -> StageReport:
    """Throw away some of what belongs to back-fills that are over."""
    over = [State.CANCELLED, State.ROLLED_BACK, State.CLEANED]
    rows = BackfillItem.objects.filter(backfill__state__in=over).select_related("backfill")
    first = rows.order_by("backfill").only("backfill").first()
    if first is None:
        return StageReport()
    backfill = first.backfill
    with transaction.atomic():
        light = rows.filter(backfill=backfill).only("pk", "cv_id", "job_id", "backfill_id")
        items = list(light.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:FORGOTTEN_AT_ONCE])
        kind_of(backfill).forget(backfill, items)
        BackfillItem.objects.filter(pk__in=[item.pk for item in items]).delete()
    return StageReport(claimed=len(items), done=len(items), more=len(items) == FORGOTTEN_AT_ONCE)
