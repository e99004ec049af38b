"""How postings end: by their last day, by not being seen any more, and in the end by leaving the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from jobs.models import Job, JobClosing, Sighting
from jobs.services.storing import lock_source

# So long after its end a posting can still be looked at: people follow links to it.
SHOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Snapshot:
    """What a full run saw of the open postings that were not missing before: how many there are, how many it did not see."""

    active: int
    unseen: int

    @property
    def is_doubtful(self) -> bool:
        """More than half is gone at once, or all: that is rather a fault at the source than the end of so many jobs."""
        return self.unseen > 0 and (self.unseen == self.active or 2 * self.unseen > self.active)


def expire_due(*, now: datetime, limit: int) -> int:
    """Close active jobs whose last day has passed; returns how many."""
    due = Job.objects.active().filter(expires_at__lt=now).order_by("expires_at").values_list("pk", flat=True)[:limit]
    still_due = Job.objects.active().filter(pk__in=list(due), expires_at__lt=now)
    return still_due.update(status=Job.Status.EXPIRED, ended_at=F("expires_at"))


def compare_snapshot(*, source: str, seen_since: datetime) -> Snapshot:
    """How the open postings of a source compare with the run that began then."""
    active = Job.objects.active().filter(source=source, sighting__missed_since=None)
    return Snapshot(active.count(), active.filter(sighting__seen_at__lt=seen_since).count())


def mark_missed(*, source: str, seen_since: datetime) -> int:
    """Note which open postings the full run that began then did not see, unless an earlier one missed them already."""
    jobs = Job.objects.active().filter(source=source)
    unseen = Sighting.objects.filter(job__in=jobs, seen_at__lt=seen_since, missed_since=None)
    return unseen.update(missed_since=seen_since)


def expire_missed(*, source: str, missed_before: datetime, now: datetime) -> int:
    """Close the postings of a source that full runs have been missing since that moment or longer; returns how many."""
    with transaction.atomic():
        lock_source(source)
        missed = Job.objects.active().filter(source=source, sighting__missed_since__lte=missed_before)
        return missed.update(status=Job.Status.EXPIRED, ended_at=now)


def expire_gone(ids: Sequence[int], *, now: datetime) -> int:
    """Close open postings whose own pages are gone; returns how many."""
    return Job.objects.active().filter(pk__in=ids).update(status=Job.Status.EXPIRED, ended_at=now)


def see_all(*, source: str, seen_at: datetime) -> int:
    """Note that everything is still there that was there at the last run, where the source says that nothing has changed."""
    with transaction.atomic():
        lock_source(source)
        jobs = Job.objects.active().filter(source=source)
        return Sighting.objects.filter(job__in=jobs, missed_since=None).update(seen_at=seen_at)


def hide_expired(*, before: datetime, limit: int) -> int:
    """Take jobs that ended before that moment out of sight; returns how many. They can still come back."""
    ended = Job.objects.filter(status=Job.Status.EXPIRED, ended_at__lt=before)
    ids = list(ended.order_by("ended_at").values_list("pk", flat=True)[:limit])
    return ended.filter(pk__in=ids).update(status=Job.Status.DELETED)


def delete_expired(*, before: datetime, limit: int) -> int:
    """Remove jobs that ended before that moment, with all that hangs on them; returns how many.

    What somebody closed stays for as long as its source lists it: it would come in anew and be open.
    """
    closings = JobClosing.objects.filter(job=OuterRef("pk"), opened_at=None, job__sighting__seen_at__gte=before)
    with transaction.atomic():
        ended = Job.objects.exclude(status=Job.Status.ACTIVE).filter(~Exists(closings), ended_at__lt=before)
        # Locked, so that none can come back between being chosen and going.
        ids = list(ended.order_by("ended_at").select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        Job.objects.filter(pk__in=ids).delete()
    return len(ids)
