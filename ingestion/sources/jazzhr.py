"""JazzHR, the recruiting of American companies (XML feed of a company)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, line, names, postings_of, text
from jobs.values import JobPosting, Place, employment_type

_MARKUP = frozenset({"description"})


@dataclass(frozen=True)
class JazzHrSource:
    """The open jobs of one company in one answer."""

    about: ClassVar[About] = About(
        label="JazzHR",
        home="https://www.jazzhr.com",
        summary="The careers page of a company that recruits with JazzHR.",
        complete=True,
        parameters=(
            Parameter(
                "account",
                "Account",
                "The first part of the address of the careers page: acme in acme.applytojob.com.",
                required=True,
                pattern=r"[A-Za-z0-9-]+",
            ),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    account: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        feed = payloads.xml_document(payload, "jobs")
        rows = [payloads.xml_record(job, _MARKUP) for job in feed.iterchildren("job")]
        yield from payloads.items_of(rows, company_name=line(feed.findtext("company")))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        status = line(row.get("status"))
        if status.lower() not in {"", "open"}:
            yield Rejected(item.position, f"The job is not open: it is {status.lower()}.")
            return
        place = Place(
            city=line(row.get("city"))[:120],
            region=line(row.get("state"))[:120],
            country=clean.country_code(line(row.get("country"))),
            postal_code=line(row.get("postalcode"))[:20],
        )
        workplace = wording.workplace_of(line(row.get("city")), line(row.get("title")))
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("id") or row.get("url"),
                company=row.get("company_name"),
                html=text(row.get("description")),
                places=[place],
                remote=workplace == "remote",
                hybrid=workplace == "hybrid",
                employment_type=employment_type(line(row.get("type"))),
                level=wording.level_of(line(row.get("experience"))),
                categories=names(row.get("department")),
                pay_is_told=True,
                posted_at=_made_at(line(row.get("id"))),
                url=row.get("url"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        yield from payloads.whole(self, fetch, Request(f"https://app.jazz.co/feeds/export/jobs/{self.account}"))


def _made_at(number: str) -> datetime | None:
    """The moment within a job's id, "job_20261001093000_…": the feed has no date of its own."""
    match = re.match(r"job_(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_", number)
    return clean.moment("{}-{}-{}T{}:{}:{}".format(*match.groups())) if match else None
