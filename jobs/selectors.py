"""Reads of postings for pages."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q

from cvmatch.core.errors import NotFound
from cvmatch.core.pages import PAGE, Page, typed
from jobs.models import Job, JobClosing, JobQuerySet
from jobs.sorting import NEWEST, Order
from jobs.values import JobFilter

# The texts are large and lists do not show them.
_HEAVY = ("description", "description_html", "search", "requirements_json")


def get_job(pk: int) -> Job:
    """The posting with its text and what it is estimated to pay; raises NotFound."""
    job = Job.objects.visible().select_related("pay_estimate").defer("search").filter(pk=pk).first()
    if job is None:
        raise NotFound("There is no such job. It may have ended and been removed.")
    return job


def find_closing(job: Job) -> JobClosing | None:
    """Who closed the posting and when, while it is closed by that."""
    return JobClosing.objects.filter(job=job, opened_at=None).select_related("closed_by").first()


def list_jobs(
    *,
    words: str = "",
    place: str = "",
    only: JobFilter | None = None,
    ended: bool = False,
    order: Order = NEWEST,
    after: str = "",
    limit: int = PAGE,
) -> Page[Job]:
    """One page of the jobs in the order asked for; ``after`` is ``Page.next`` of the page before."""
    jobs = found_jobs(words=words, place=place, ended=ended).filtered(only or JobFilter()).defer(*_HEAVY)
    rows = list(order.sorted(jobs, after=after)[: limit + 1])
    return Page(tuple(rows[:limit]), order.mark_of(rows[limit - 1]) if len(rows) > limit else "")


def found_jobs(*, words: str = "", place: str = "", ended: bool = False) -> JobQuerySet:
    """The jobs with these words, in a town, region or country that contains what was typed.

    Open ones, each vacancy once; or those that have ended and are still kept to look at.
    """
    jobs = _containing(typed(words))
    jobs = jobs.filter(status=Job.Status.EXPIRED) if ended else jobs.listed()
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
    meant = SearchQuery(words, search_type="websearch", config="english")
    parts = re.findall(r"\w+", words)
    if parts and not set(words) & set('"-'):  # quoted or excluded words mean exactly what they say
        # One query of both: each is compared with the words of a posting, which lie outside its row.
        beginning = " & ".join([*parts[:-1], f"{parts[-1]}:*"])
        meant |= SearchQuery(beginning, search_type="raw", config="english")
    return Job.objects.filter(search=meant)
