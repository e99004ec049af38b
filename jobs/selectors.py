"""Reads of postings for pages."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.pages import PAGE, Page, typed
from jobs.models import Job, JobQuerySet

# The texts are large and lists do not show them.
_HEAVY = ("description", "description_html", "search", "requirements_json")
_NO_DATE = "none"


def get_job(pk: int) -> Job:
    """The posting with its text; raises NotFound."""
    job = Job.objects.defer("search").filter(pk=pk).first()
    if job is None:
        raise NotFound("There is no such job. It may have ended and been removed.")
    return job


def list_jobs(
    *, words: str = "", place: str = "", remote: bool = False, after: str = "", limit: int = PAGE
) -> Page[Job]:
    """One page of the open jobs, newest first and those without a date last; ``after`` is ``Page.next`` of the page before."""
    jobs = _containing(typed(words)).active().defer(*_HEAVY)
    if town := typed(place):
        jobs = jobs.filter(Q(city__icontains=town) | Q(region__icontains=town) | Q(country__iexact=town))
    if remote:
        jobs = jobs.filter(remote=True)
    if after:
        jobs = jobs.filter(_later_than(after))
    rows = list(jobs.order_by(F("posted_at").desc(nulls_last=True), "-pk")[: limit + 1])
    return Page(tuple(rows[:limit]), _mark_of(rows[limit - 1]) if len(rows) > limit else "")


def _containing(words: str) -> JobQuerySet:
    """Jobs with all the words; the last one may still be being typed, so its beginning is enough."""
    if not words:
        return Job.objects.all()
    parts = re.findall(r"\w+", words)
    found = Job.objects.matching_words(words)
    if not parts or set(words) & set('"-'):  # quoted or excluded words mean exactly what they say
        return found
    beginning = SearchQuery(" & ".join([*parts[:-1], f"{parts[-1]}:*"]), search_type="raw", config="english")
    return found | Job.objects.filter(search=beginning)


def _mark_of(job: Job) -> str:
    return f"{job.posted_at.isoformat() if job.posted_at else _NO_DATE}~{job.pk}"


def _later_than(mark: str) -> Q:
    """The rows after the marked one. Raises InvalidInput for a mark that we did not make."""
    moment, _, pk = mark.rpartition("~")
    try:
        if moment == _NO_DATE:
            return Q(posted_at__isnull=True, pk__lt=int(pk))
        posted = datetime.fromisoformat(moment)
        return Q(posted_at__lt=posted) | Q(posted_at=posted, pk__lt=int(pk)) | Q(posted_at__isnull=True)
    except ValueError as error:
        raise InvalidInput("This address of a page is not complete. Start from the first page.") from error
