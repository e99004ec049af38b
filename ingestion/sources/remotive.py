"""Remotive, a board of remote jobs (https://remotive.com/api/remote-jobs)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, line, names, postings_of, text
from ingestion.sources.open_to import open_to
from jobs.values import JobPosting

_URL = "https://remotive.com/api/remote-jobs"
_NOTICES = ("0-legal-notice", "00-warning")


@dataclass(frozen=True)
class RemotiveSource:
    """The whole board, or one category or search of it, in one answer."""

    about: ClassVar[About] = About(
        label="Remotive",
        home="https://remotive.com",
        summary="Remote jobs all over the world.",
        attribution="Jobs by Remotive",  # its terms: name it and link back to the address of the posting
        complete=True,
        windows=(Window(60, 2), Window(86_400, 4)),
        parameters=(
            Parameter("category", "Category", "As in the address of a category, for example software-development."),
            Parameter("search", "Search", "Words that stand in the title or the description."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    category: str = ""
    search: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        document = payloads.json_document(payload)
        rows = payloads.listed(document, "jobs")
        notice = next((document[key] for key in _NOTICES if key in document), "") if isinstance(document, dict) else ""
        yield from payloads.items_of(rows, **({"legal_notice": notice} if notice else {}))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("id"),
                company=row.get("company_name"),
                html=text(row.get("description")),
                places=open_to(line(row.get("candidate_required_location"))),
                remote=True,
                employment_type=clean.employment_type(row.get("job_type")),
                categories=[*names(row.get("category")), *names(row.get("tags"))],
                pay=wording.pay_of(line(row.get("salary"))),
                posted_at=clean.moment(row.get("publication_date")),
                url=row.get("url"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        asked = {"category": self.category, "search": self.search}
        params = {name: value for name, value in asked.items() if value}
        yield from payloads.whole(self, fetch, Request(_URL, params))
