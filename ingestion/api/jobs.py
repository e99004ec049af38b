"""Pushing jobs over HTTP: the API as one more source; adds its call to the router of the jobs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Query, Schema
from pydantic import Field, field_validator

from cvmatch.core.http_api import BULK
from ingestion.sources import clean
from jobs.api import router
from jobs.services import upsert_jobs
from jobs.values import JobPosting, Place, UpsertCounts


class JobIn(Schema):
    """A posting as another program sends it; sending the same `external_id` again updates it."""

    external_id: str = Field(min_length=1, max_length=190, examples=["acme-4711"])
    title: str = Field(min_length=1, max_length=300, examples=["Data Engineer"])
    description: str = Field(default="", max_length=100_000, examples=["We look for 3+ years of Python and SQL."])
    company: str = Field(default="", max_length=200, examples=["Acme"])
    city: str = Field(default="", max_length=120, examples=["Berlin"])
    region: str = Field(default="", max_length=120)
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$", description="ISO 3166-1 alpha-2", examples=["DE"])
    postal_code: str = Field(default="", max_length=20)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    remote: bool = False
    employment_type: str = Field(default="", max_length=40, examples=["full_time"])
    salary_min: Decimal | None = Field(default=None, gt=0, lt=10**8)
    salary_max: Decimal | None = Field(default=None, gt=0, lt=10**8)
    salary_currency: str = Field(default="", pattern=r"^([A-Z]{3})?$", examples=["EUR"])
    salary_period: str = Field(default="YEAR", pattern="^(YEAR|MONTH|WEEK|DAY|HOUR)$")
    posted_at: datetime | None = None
    expires_at: datetime | None = None
    url: str = Field(default="", pattern=r"^(https?://\S+)?$", max_length=1000)

    @field_validator("*", mode="before")
    @classmethod
    def _trimmed(cls, value: Any) -> Any:
        """PostgreSQL keeps no NUL, and a title of spaces is no title."""
        return value.replace("\x00", "").strip() if isinstance(value, str) else value


class UpsertOut(Schema):
    """What a push changed."""

    created: int = Field(examples=[12])
    updated: int = Field(description="Changed, or open again", examples=[3])
    unchanged: int = Field(examples=[85])
    failed: int = Field(examples=[0])


SourceName = Annotated[str, Query(pattern=r"^[\w.-]{1,40}$", description="Whose postings these are", examples=["acme"])]


@router.post("", response=UpsertOut, summary="Push jobs", operation_id="push_jobs", openapi_extra=BULK)
def push_jobs(
    request: HttpRequest,
    jobs: Annotated[list[JobIn], Body(max_length=500)],
    source: SourceName = "api",
) -> UpsertCounts:
    """Create or update up to 500 postings of one source in one go; safe to repeat."""
    return upsert_jobs(source=source, postings=[posting(job) for job in jobs], interactive=True)


def posting(job: JobIn) -> JobPosting:
    """What was sent as every other source gives it, cleaned in the same way."""
    safe = clean.safe_html(job.description)
    pay, repairs = clean.pay(job.salary_min, job.salary_max, job.salary_currency, job.salary_period)
    return JobPosting(
        external_id=job.external_id,
        title=job.title,
        description=clean.plain_text(safe),
        description_html=safe,
        company=job.company,
        place=Place(job.city, job.region, job.country, job.postal_code, job.latitude, job.longitude),
        remote=job.remote,
        employment_type=job.employment_type,
        pay=pay,
        posted_at=clean.moment(job.posted_at),
        expires_at=clean.moment(job.expires_at),
        url=job.url,
        repairs=repairs,
        raw=job.model_dump(mode="json", exclude_unset=True),
    )
