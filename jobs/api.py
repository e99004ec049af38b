"""Postings over HTTP: list and search, one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from ninja import Query, Router, Schema
from pydantic import Field

from cvmatch.core.errors import NotFound
from cvmatch.core.http_api import Cursor, Limit, Page, keyset_page, user_of
from jobs import selectors, services
from jobs.facets import count_facets
from jobs.filter_input import FilterIn
from jobs.models import Job
from jobs.paying import estimates_of
from jobs.vacancies import sources_of

router = Router(tags=["Jobs"])


class JobOut(Schema):
    """A posting without its text."""

    id: int
    source: str
    external_id: str
    status: str
    title: str
    company: str
    city: str
    country: str
    remote: bool
    hybrid: bool = Field(description="Partly at home, partly at the place")
    employment_type: str
    level: str
    salary_min: Decimal | None
    salary_max: Decimal | None
    salary_currency: str
    salary_period: str
    salary_estimated: bool = Field(description="The pay was worked out by the source; the employer did not say it")
    categories: list[str] = Field(description="As the source names them")
    is_snippet: bool = Field(description="The source gives only the beginning of the text; the rest is at `url`")
    posted_at: datetime | None
    expires_at: datetime | None
    url: str


class SalaryEstimateOut(Schema):
    """What a job that does not say its pay would pay a year; learnt from the jobs here that say theirs."""

    low: int = Field(description="Of ten such jobs about eight pay between this and `high`", examples=[52000])
    middle: int = Field(description="As many pay more as pay less", examples=[61000])
    high: int = Field(examples=[72000])
    currency: str = Field(examples=["EUR"])
    is_estimate: bool = Field(description="Always true: filters and scores do not use it", examples=[True])
    based_on: int = Field(description="Jobs of a like title that say their pay", examples=[42])


class ListedJobOut(JobOut):
    """A posting with where its vacancy stands."""

    sources: list[str] = Field(
        [], description="Every source that has an open posting of the same vacancy, its own first"
    )
    attribution: str = Field("", description="The sentence that its source demands beside it wherever it is shown")
    salary_estimate: SalaryEstimateOut | None = Field(
        None, description="For a job that does not say its pay, where enough others of its kind do; never a fact"
    )


class JobDetailOut(ListedJobOut):
    """A posting with its text and what it asks for."""

    description: str
    requirements: dict[str, Any] = Field(
        alias="requirements_json",
        description="Skills, years, level, degree and languages, with their places in the text",
    )


class StandingOut(Schema):
    """Whether a posting is open, and who closed it."""

    id: int
    status: str = Field(description="active, or expired: closed")
    closed_by: str | None = Field(
        description="User name of who closed it; null where nobody did, or the account is gone"
    )
    closed_at: datetime | None = Field(description="When somebody closed it; null where nobody did")


class ChoiceOut(Schema):
    """One value that a filter can take."""

    value: str = Field(description="As it stands in an address")
    label: str
    count: int = Field(description="Open jobs with this value and all the other filters")
    chosen: bool


class FacetsOut(Schema):
    """How many jobs each choice would leave; `pay` and `posted` count all from their value on."""

    country: list[ChoiceOut]
    city: list[ChoiceOut]
    level: list[ChoiceOut]
    employment_type: list[ChoiceOut]
    internship: list[ChoiceOut]
    remote: list[ChoiceOut]
    pay: list[ChoiceOut] = Field(description="Values of `pay_from`, a year")
    posted: list[ChoiceOut] = Field(description="Values of `posted_within_days`")
    source: list[ChoiceOut]
    currency: str = Field(description="What `pay` is in: the one asked for, else the most common one")


Words = Annotated[str, Query(max_length=200, description="words, as typed into a search box")]


@router.get("", response=Page[ListedJobOut], summary="List and search jobs", operation_id="list_jobs")
def list_jobs(
    request: HttpRequest,
    only: Query[FilterIn],
    q: Words = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Any]:
    """Open jobs that the filters let through, the last to come in first; `next` is the address of the next page."""
    jobs = Job.objects.listed().filtered(only.value())
    jobs = jobs.defer("search", "description", "description_html", "requirements_json")
    page = keyset_page(request, jobs.matching_words(q) if q.strip() else jobs, cursor, limit)
    return page.model_copy(update={"items": with_sources(page.items)})


@router.get("/facets", response=FacetsOut, summary="What can be filtered by", operation_id="get_job_facets")
def get_job_facets(request: HttpRequest, only: Query[FilterIn], q: Words = "") -> dict[str, Any]:
    """For each filter its choices with counts, each counted with all the other filters applied."""
    jobs = Job.objects.listed()
    facets = count_facets(jobs.matching_words(q) if q.strip() else jobs, only.value())
    return {**facets.by_name, "currency": facets.currency}


@router.get("/{job_id}", response=JobDetailOut, by_alias=False, summary="One job", operation_id="get_job")
def get_job(request: HttpRequest, job_id: int) -> Any:
    """A posting with its text and what it asks for."""
    job = Job.objects.visible().defer("search").filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job.")
    return with_sources([job])[0]


@router.post("/{job_id}/close", response=StandingOut, summary="Close a job", operation_id="close_job")
def close_job(request: HttpRequest, job_id: int) -> dict[str, Any]:
    """Takes it and all postings of the same vacancy out of searches and lists to come. Closing again changes nothing.

    Nothing that its source sends opens it; you do, or another recruiter.
    """
    services.close_jobs([selectors.get_job(job_id).pk], by=user_of(request))
    return _standing(job_id)


@router.post("/{job_id}/open", response=StandingOut, summary="Open a job again", operation_id="open_job")
def open_job(request: HttpRequest, job_id: int) -> dict[str, Any]:
    """Takes back that somebody closed it, with all postings of the same vacancy. 409 for one that has ended by itself."""
    services.open_job(selectors.get_job(job_id), by=user_of(request))
    return {"id": job_id, "status": Job.Status.ACTIVE, "closed_by": None, "closed_at": None}


def _standing(job_id: int) -> dict[str, Any]:
    job = selectors.get_job(job_id)
    closing = selectors.find_closing(job)
    return {
        "id": job.pk,
        "status": job.status,
        "closed_by": closing.closed_by.get_username() if closing and closing.closed_by else None,
        "closed_at": closing.closed_at if closing else None,
    }


def with_sources(jobs: Sequence[Any]) -> list[Any]:
    """The postings with what ListedJobOut says besides their columns; three queries for all of them."""
    sources, estimates = sources_of(jobs), estimates_of(jobs)
    attributions = import_string(settings.JOB_CREDITS)({job.source for job in jobs})
    for job in jobs:
        job.sources, job.attribution = sources[job.pk], attributions.get(job.source, "")
        job.salary_estimate = estimates.get(job.pk)
    return list(jobs)
