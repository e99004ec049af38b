"""The Muse, a board of jobs with portraits of companies (https://www.themuse.com/developers/api/v2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar

from cvmatch.core.fetching import Credential, Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, lowest, names, postings_of, text
from jobs.values import JobPosting

_URL = "https://www.themuse.com/api/public/jobs"
# What lies behind is refused.
_LAST_PAGE = 99


@dataclass(frozen=True)
class TheMuseSource:
    """The newest postings page by page; the cursor is the number of a page, the first is 0."""

    about: ClassVar[About] = About(
        label="The Muse",
        home="https://www.themuse.com",
        summary="Jobs mainly in the United States, at most the newest 2,000 of a search.",
        attribution="Jobs by The Muse",
        windows=(Window(3600, 500),),
        parameters=(
            Parameter("category", "Category", "For example Software Engineering."),
            Parameter("location", "Location", "For example Austin, TX."),
            Parameter("level", "Level", "For example Senior Level."),
            Parameter("company", "Company", "Only this one."),
            Parameter("api_key", "API key", "For more requests an hour.", secret=True),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    category: str = ""
    location: str = ""
    level: str = ""
    company: str = ""
    api_key: str = field(default="", repr=False)

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        document = payloads.json_document(payload)
        single = isinstance(document, dict) and "contents" in document
        yield from payloads.items_of([document] if single else payloads.listed(document, "results"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        where = names(row.get("locations"), "name")
        levels = names(row.get("levels"), "name", "short_name")
        address = at(row.get("refs"), "landing_page")
        yield from postings_of(
            item,
            Draft(
                title=row.get("name"),
                external_id=row.get("id") or address,
                company=at(row.get("company"), "name"),
                html=text(row.get("contents")),
                places=[wording.place_of(name) for name in where],
                remote=any(wording.workplace_of(name) == "remote" for name in where),
                employment_type="internship" if any(map(_is_internship, levels)) else "",
                level=lowest(map(wording.level_of, levels)),
                categories=[*names(row.get("categories"), "name"), *names(row.get("tags"), "name")],
                pay_is_told=True,
                posted_at=clean.moment(row.get("publication_date")),
                url=address,
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        number = int(after) + 1 if after else 0
        while True:
            answer = fetch(self._request(number))
            page = payloads.page_of(self, answer, str(number))
            yield page
            number += 1
            count = at(answer.json(), "page_count")
            if not page.rows or number > _LAST_PAGE or (isinstance(count, int) and number >= count):
                return

    def _request(self, number: int) -> Request:
        asked = {"category": self.category, "location": self.location, "level": self.level, "company": self.company}
        key = (Credential("key", params={"api_key": self.api_key}),) if self.api_key else ()
        params = {"page": str(number), **{name: value for name, value in asked.items() if value}}
        return Request(_URL, params, payloads.IN_FULL, credentials=key)


def _is_internship(level: str) -> bool:
    return level.lower().startswith("intern")
