"""Reads of postings for pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.pages import PAGE, Page, typed
from jobs.models import Job, JobQuerySet
from jobs.values import JobFilter

# The texts are large and lists do not show them.
_HEAVY = ("description", "description_html", "search", "requirements_json")


def get_job(pk: int) -> Job:
    """The posting with its text; raises NotFound."""
    job = Job.objects.visible().defer("search").filter(pk=pk).first()
    if job is None:
        raise NotFound("There is no such job. It may have ended and been removed.")
    return job


def list_jobs(
    *, words: str = "", place: str = "", only: JobFilter | None = None, after: str = "", limit: int = PAGE
) -> Page[Job]:
    """One page of the open jobs, newest first and those without a date last; ``after`` is ``Page.next`` of the page before."""
    jobs = open_jobs(words=words, place=place).filtered(only or JobFilter()).defer(*_HEAVY)
    if after:
        jobs = jobs.filter(TupleLessThan(Tuple("listed_at", "id"), _marked(after)))
    rows = list(jobs.order_by("-listed_at", "-id")[: limit + 1])
    return Page(tuple(rows[:limit]), _mark_of(rows[limit - 1]) if len(rows) > limit else "")


def open_jobs(*, words: str = "", place: str = "") -> JobQuerySet:
    """The open jobs, each vacancy once, with these words, in a town, region or country that contains what was typed."""
    jobs = _containing(typed(words)).listed()
    if town := typed(place):
        jobs = jobs.filter(Q(city__icontains=town) | Q(region__icontains=town) | Q(country__iexact=town))
    return jobs


def count_states() -> dict[str, int]:
    """How many postings are open, have ended and are out of sight."""
    counted = dict(Job.objects.order_by().values_list("status").annotate(jobs=Count("pk")))
    return {status: counted.get(status, 0) for status in Job.Status.values}


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
    return f"{job.listed_at.isoformat()}~{job.pk}"


def _marked(mark: str) -> tuple[datetime, int]:
    """The row that a page ended with. Raises InvalidInput for a mark that we did not make."""
    moment, _, pk = mark.rpartition("~")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), int(pk)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("This address of a page is not complete. Start from the first page.") from error
