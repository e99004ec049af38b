"""Arbeitnow, a board of jobs in Germany and Europe (https://www.arbeitnow.com/api/job-board-api)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, in_country, line, lowest, names, postings_of, text
from jobs.values import JobPosting, employment_type

_URL = "https://www.arbeitnow.com/api/job-board-api"
_MOST_PAGES = 1000  # far more than there are, so that a board that always names a next page ends
_GERMAN_TYPES = {"vollzeit": "full_time", "teilzeit": "part_time", "praktikum": "internship", "befristet": "temporary"}


@dataclass(frozen=True)
class ArbeitnowSource:
    """The board page by page, newest first; the cursor is the number of a page."""

    about: ClassVar[About] = About(
        label="Arbeitnow",
        home="https://www.arbeitnow.com",
        summary="Jobs in Germany and Europe, many of them in English.",
        attribution="Jobs by Arbeitnow",
        complete=True,
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        yield from payloads.items_of(payloads.listed(payloads.json_document(payload), "data"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        # One list holds the type of employment and the level, in English or German: "Full-time", "berufserfahren".
        kinds = names(row.get("job_types"))
        place = line(row.get("location"))
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("slug"),
                company=row.get("company_name"),
                html=text(row.get("description")),
                places=[in_country(there, "DE") if there.city else there for there in wording.places_of(place)],
                remote=row.get("remote") is True or wording.workplace_of(place) == "remote",
                hybrid=wording.workplace_of(place) == "hybrid",
                employment_type=next(filter(None, map(_employment_type, kinds)), ""),
                level=lowest(map(wording.level_of, kinds)),
                categories=names(row.get("tags")),
                pay_is_told=True,
                posted_at=clean.moment(row.get("created_at")),
                url=row.get("url"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        for number in range(int(after or 0) + 1, _MOST_PAGES + 1):
            answer = fetch(Request(_URL, {"page": str(number)}, headers=payloads.IN_FULL))
            page = payloads.page_of(self, answer, str(number))
            yield page
            if not page.rows or not at(answer.json(), "links", "next"):
                return


def _employment_type(kind: str) -> str:
    return employment_type(kind) or _GERMAN_TYPES.get(kind.lower(), "")
