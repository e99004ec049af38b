"""One run of a connected source: its pages stored one by one, and at the end what is gone from the source closed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cvmatch.core.errors import LeaseLost
from cvmatch.core.fetching import Answer, Fetch, FetchFailed, Request, TimeUp
from cvmatch.core.models import LEASE, REQUEUED, Status
from cvmatch.core.queue import announce
from ingestion.models import SyncRun
from ingestion.sources import FetchedSource, Page, Rejected
from ingestion.syncing.mapping import Mapper
from ingestion.syncing.storing import store_batch
from jobs import services as jobs

# No page is begun after this; the queue ends a task after 120 s.
BUDGET_S = 45.0
# No request is made after this: where one page takes longer, the run fails and says so instead of being killed.
LAST_REQUEST_S = 75.0
SHOWN_REASONS = 10
# A source that keeps saying for so long that most of its postings are gone is believed.
DOUBTED_FOR = timedelta(days=7)
DOUBT = "{unseen} of {active} open postings were not there; none is closed, unless this lasts or somebody confirms it."


class Fetcher(Fetch, Protocol):
    """Fetch as a run needs it: what it answered can be remembered, so that it is asked for only when it changes."""

    def remember(self) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """How far a run came: through, or broken off on purpose, with the seconds to wait before it goes on.

    ``nothing_new``: the source says that all is as it was when it was last read.
    """

    is_through: bool
    wait_s: float = 0.0
    nothing_new: bool = False
    fetch: Fetcher | None = None


class Watched:
    """Passes requests on; notes answers that said only that nothing is new, and asks nothing more when time is up."""

    def __init__(self, fetch: Fetch, until: float) -> None:
        self._fetch, self._until = fetch, until
        self.has_unchanged = False

    def __call__(self, request: Request) -> Answer:
        self._check()
        return self._noted(self._fetch(request))

    def each(self, requests: Sequence[Request]) -> Iterator[Answer]:
        self._check()
        for answer in self._fetch.each(requests):
            yield self._noted(answer)
            self._check()

    def _noted(self, answer: Answer) -> Answer:
        self.has_unchanged |= answer.unchanged
        return answer

    def _check(self) -> None:
        if time.monotonic() > self._until:
            raise TimeUp("One page of the source takes longer than a run of this stage may.")


def sync(run: SyncRun, source: FetchedSource, fetcher: AbstractContextManager[Fetcher]) -> Outcome:
    """Store the pages of a claimed run from where it was broken off, as far as the time goes.

    Raises FetchFailed, after all pages that came before are stored; LeaseLost where another worker has the run now.
    """
    began = time.monotonic()
    _begin(run, is_complete=source.about.complete)
    with fetcher as fetch:
        if run.is_read:
            return Outcome(True)
        watched, mapper = Watched(fetch, began + LAST_REQUEST_S), Mapper.of(run.source.name, source)
        try:
            for page, is_last in _pages(source, watched, run.cursor):
                _store_page(run, mapper, page, is_read=is_last, unchanged=watched.has_unchanged)
                if not is_last and time.monotonic() > began + BUDGET_S:
                    return Outcome(False)
        except FetchFailed as error:
            if "wait_s" not in error.details:
                raise
            return Outcome(False, wait_s=float(error.details["wait_s"]))
        return Outcome(True, nothing_new=watched.has_unchanged and not run.pages, fetch=fetch)


def finish(run: SyncRun, outcome: Outcome) -> None:
    """End a run, or hand it back to go on later; called inside the transaction that completes the row."""
    row = SyncRun.objects.filter(pk=run.pk)
    if not outcome.is_through:
        until = timezone.now() + timedelta(seconds=outcome.wait_s) if outcome.wait_s else None
        row.update(**REQUEUED, finished_at=None, wait_until=until, attempts=F("attempts") - 1)
        return
    run.refresh_from_db()
    jobs.lock_source(run.source.name)
    doubt = _note_missed(run, nothing_new=outcome.nothing_new) if run.is_complete else ""
    expired = _expire_missed(run) if run.is_complete and not doubt else 0
    row.update(expired=expired, doubt=doubt, wait_until=None)
    if outcome.fetch is not None and not doubt:  # what is doubted is read again as a whole
        outcome.fetch.remember()
    if run.created or run.updated:
        announce("jobs.imported")


def confirm(run: SyncRun) -> int:
    """A person says that what the run missed has really ended; returns how many postings wait for their grace now."""
    with transaction.atomic():
        row = SyncRun.objects.select_for_update().get(pk=run.pk)
        if not row.doubt:
            return 0
        jobs.lock_source(row.source.name)
        SyncRun.objects.filter(pk=row.pk).update(doubt="", is_confirmed=True)
        return jobs.mark_missed(source=row.source.name, seen_since=_started(row))


def _begin(run: SyncRun, *, is_complete: bool) -> None:
    if run.started_at is None:
        _update(run, started_at=timezone.now(), is_complete=is_complete)


def _pages(source: FetchedSource, fetch: Fetch, after: str) -> Iterator[tuple[Page, bool]]:
    """Each page and whether it is the last: stored with it, so that a run killed after it does not begin once more."""
    pages = source.pages(fetch, after)
    page = next(pages, None)
    while page is not None:
        try:
            following = next(pages, None)
        except FetchFailed:
            yield page, False
            raise
        yield page, following is None
        page = following


def _store_page(run: SyncRun, mapper: Mapper, page: Page, *, is_read: bool, unchanged: bool) -> None:
    """The postings of a page, the counts, the place to go on from and the lease: all of it or nothing."""
    batch = mapper.batch(page.rows)
    mapped = mapper.map(batch.new)
    with transaction.atomic():
        _update(
            run, lease_until=timezone.now() + LEASE
        )  # holds off whoever else has the run, before anything is written
        stored = store_batch(run.source.name, mapper, batch, mapped, seen_at=_started(run))
        counts = stored.counts
        _update(
            run,
            cursor=page.cursor,
            is_read=is_read,
            # A page that is not sent since nothing is new on it is a page whose postings were not seen.
            is_complete=run.is_complete and not unchanged,
            attempts=1,
            pages=run.pages + 1,
            fetched=run.fetched + batch.size,
            created=run.created + counts.created,
            updated=run.updated + counts.updated,
            unchanged=run.unchanged + counts.unchanged,
            failed=run.failed + counts.failed,
            repairs=dict(Counter(run.repairs) + Counter(stored.repairs)),
            rejected=_reasons(run, stored.rejected),
        )


def _reasons(run: SyncRun, rejected: Sequence[Rejected]) -> list[str]:
    told = [f"page {run.pages + 1}, item {one.position}: {one.reason}" for one in rejected]
    return [*run.rejected, *told][:SHOWN_REASONS]


def _update(run: SyncRun, **columns: object) -> None:
    """Write to the row of a run that this worker holds. Raises LeaseLost where it does not any more."""
    held = SyncRun.objects.filter(pk=run.pk, claim_token=run.claim_token, status=Status.PROCESSING)
    if not held.update(**columns):
        raise LeaseLost("Another worker has this run now.")
    for name, value in columns.items():
        setattr(run, name, value)


def _started(run: SyncRun) -> datetime:
    assert run.started_at is not None
    return run.started_at


def _note_missed(run: SyncRun, *, nothing_new: bool) -> str:
    """Note which open postings a full run did not see; or see them all again where nothing is new. Returns the doubt, if any."""
    name, started = run.source.name, _started(run)
    if nothing_new:
        jobs.see_all(source=name, seen_at=started)
        return ""
    snapshot = jobs.compare_snapshot(source=name, seen_since=started)
    if snapshot.is_doubtful and not _is_doubted_long(run):
        return DOUBT.format(unseen=snapshot.unseen, active=snapshot.active)
    jobs.mark_missed(source=name, seen_since=started)
    return ""


def _expire_missed(run: SyncRun) -> int:
    source, now = run.source, timezone.now()
    return jobs.expire_missed(source=source.name, missed_before=now - source.grace, now=now)


def _is_doubted_long(run: SyncRun) -> bool:
    """Whether all full runs of the source have been doubted since DOUBTED_FOR or longer."""
    ended = SyncRun.objects.filter(source=run.source, status=Status.COMPLETED, is_complete=True, pk__lt=run.pk)
    fine = ended.filter(doubt="").order_by("-pk").values_list("pk", flat=True).first() or 0
    first = ended.filter(pk__gt=fine).order_by("pk").first()
    return first is not None and _started(first) <= _started(run) - DOUBTED_FOR
