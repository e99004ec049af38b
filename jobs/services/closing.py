"""Postings that a recruiter closes and opens again: at once, with all others of the same vacancy, and with who and when."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cvmatch.core.errors import Conflict
from cvmatch.core.models import User
from cvmatch.core.queue import announce
from jobs.models import Job, JobClosing, JobQuerySet, Listing
from jobs.services.storing import lock_source


@transaction.atomic
def close_jobs(ids: Iterable[int], *, by: User) -> int:
    """Close the open ones of these postings and all open ones of their vacancies; returns how many."""
    now = timezone.now()
    found = list(_of_vacancies(ids).active().select_for_update(of=["self"]))
    JobClosing.objects.bulk_create([JobClosing(job=job, closed_by=by, closed_at=now) for job in found])
    Job.objects.filter(pk__in=[job.pk for job in found]).update(status=Job.Status.EXPIRED, ended_at=now)
    return len(found)


@transaction.atomic
def open_job(job: Job, *, by: User) -> int:
    """Take back that somebody closed it, with all of its vacancy that somebody closed; returns how many are open again.

    One whose last day is over meanwhile stays closed by that. Raises Conflict where the posting itself was not closed by
    a person, or has ended since; an open one is left as it is.
    """
    now = timezone.now()
    rows = list(_of_vacancies([job.pk]).filter(closings__in=JobClosing.objects.filter(opened_at=None)))
    in_time = [row.pk for row in rows if row.expires_at is None or row.expires_at >= now]
    if job.pk not in in_time:
        if Job.objects.active().filter(pk=job.pk).exists():
            return 0
        raise Conflict(
            "This job has ended by itself, at its source or with its last day. Nobody here can open it again."
        )
    JobClosing.objects.filter(job__in=in_time, opened_at=None).update(opened_by=by, opened_at=now)
    Job.objects.filter(pk__in=in_time).update(status=Job.Status.ACTIVE, ended_at=None)
    announce("jobs.read", in_time, interactive=True)
    return len(in_time)


def _of_vacancies(ids: Iterable[int]) -> JobQuerySet:
    """These postings that can be looked at, and those of the same vacancies; no import of their sources is under way."""
    chosen = list(ids)
    together = Q(pk__in=chosen) | Q(pk__in=Listing.objects.filter(vacancy__listings__job__in=chosen).values("job"))
    jobs = Job.objects.visible().filter(together).only("status", "expires_at", "source").order_by("pk")
    for source in sorted(set(jobs.order_by().values_list("source", flat=True))):
        lock_source(source)
    return jobs
