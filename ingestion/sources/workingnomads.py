"""Working Nomads, a board of remote jobs (https://www.workingnomads.com/api/exposed_jobs/)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Rejected, clean, payloads
from ingestion.sources.assembling import Draft, line, names, postings_of, text
from ingestion.sources.open_to import open_to
from jobs.values import JobPosting

_URL = "https://www.workingnomads.com/api/exposed_jobs/"


@dataclass(frozen=True)
class WorkingNomadsSource:
    """The newest postings in one answer; older ones are still open and not in it."""

    about: ClassVar[About] = About(
        label="Working Nomads",
        home="https://www.workingnomads.com",
        summary="Remote jobs all over the world, the newest ones.",
        attribution="Jobs by Working Nomads",
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        yield from payloads.items_of(payloads.listed(payloads.json_document(payload)))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("url"),
                company=row.get("company_name"),
                html=text(row.get("description")),
                places=open_to(line(row.get("location"))),
                remote=True,
                categories=[*names(row.get("category_name")), *line(row.get("tags")).split(",")],
                pay_is_told=True,
                posted_at=clean.moment(row.get("pub_date")),
                url=row.get("url"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        yield from payloads.whole(self, fetch, Request(_URL))
