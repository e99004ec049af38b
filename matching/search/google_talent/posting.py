"""What of a job is sent to Google Cloud Talent Solution: the posting as anyone may read it, in the form of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pycountry

from jobs.models import Job

# Part of what a posting is remembered by: another number sends all of them again.
FORM = "1"
# Longest of each as the service documents them.
ID_CHARS, DESCRIPTION_CHARS, ADDRESS_CHARS, URL_CHARS = 255, 100_000, 500, 2000
# Under it stand the jobs whose company is not known.
NO_COMPANY = "unknown"
EMPLOYMENT_TYPES = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "contract": "CONTRACTOR",
    "temporary": "TEMPORARY",
    "internship": "INTERN",
    "volunteer": "VOLUNTEER",
    "per_diem": "PER_DIEM",
}


@dataclass(frozen=True)
class TalentJob:
    """A job as it is to stand there. ``name`` is empty until it does; ``stands_under`` is the company that it then has."""

    requisition_id: str
    company_id: str
    company: str
    body: Mapping[str, Any]
    name: str = ""
    stands_under: str = ""


def talent_job(job: Job, *, requisition_id: str, name: str = "", stands_under: str = "") -> TalentJob:
    """The posting of a job."""
    company_id = " ".join(job.company.casefold().split())[:ID_CHARS] or NO_COMPANY
    return TalentJob(requisition_id, company_id, job.company or NO_COMPANY, _body(job), name, stands_under)


def address(city: str = "", region: str = "", country: str = "") -> str:
    """A place in words; ``country`` is a code, and is said by its name: few know that DE is not Delaware."""
    known = pycountry.countries.get(alpha_2=country.upper()) if country else None
    return ", ".join(part for part in (city, region, known.name if known else country) if part)[:ADDRESS_CHARS]


def _body(job: Job) -> dict[str, Any]:
    place = address(job.city, job.region, job.country)
    body: dict[str, Any] = {
        "title": job.title,
        "description": (job.description or job.title)[:DESCRIPTION_CHARS],
        # It is plain text, of which nothing is ever shown from there.
        "processing_options": {"html_sanitization": "HTML_SANITIZATION_DISABLED"},
    }
    if place:
        body["addresses"] = [place]
    if job.remote:
        body["posting_region"] = "TELECOMMUTE"
    if job.employment_type in EMPLOYMENT_TYPES:
        body["employment_types"] = [EMPLOYMENT_TYPES[job.employment_type]]
    if 0 < len(job.url) <= URL_CHARS:
        body["application_info"] = {"uris": [job.url]}
    if job.posted_at:
        body["posting_publish_time"] = job.posted_at
    if job.expires_at:
        body["posting_expire_time"] = job.expires_at
    return body
