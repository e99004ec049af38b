"""Himalayas, a board of remote jobs (https://himalayas.app/jobs/api)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, lowest, names, postings_of, text, web_address
from ingestion.sources.open_to import open_to_all
from jobs.values import JobPosting

_URL = "https://himalayas.app/jobs/api"
_PER_PAGE = "20"  # the most it gives


@dataclass(frozen=True)
class HimalayasSource:
    """The board page by page, newest first; the cursor is the service's own."""

    about: ClassVar[About] = About(
        label="Himalayas",
        home="https://himalayas.app",
        summary="Remote jobs all over the world, with the countries that people may live in.",
        attribution="Jobs by Himalayas",
        windows=(Window(60, 60),),
        parameters=(
            Parameter(
                "max_days_old",
                "Not older than (days)",
                "The whole board is over 5,000 requests; nothing for all of it.",
                pattern=r"\d{1,3}",
            ),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    max_days_old: str = "7"

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        yield from payloads.items_of(payloads.listed(payloads.json_document(payload), "jobs"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        whole = text(row.get("description"))
        pay = (row.get("minSalary"), row.get("maxSalary"), row.get("currency"), row.get("salaryPeriod"))
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("guid") or row.get("applicationLink"),
                company=row.get("companyName"),
                html=whole or text(row.get("excerpt")),
                is_snippet=not whole,
                places=open_to_all(names(row.get("locationRestrictions"), "name", "alpha2")),
                remote=True,
                employment_type=clean.employment_type(line(row.get("employmentType"))),
                level=lowest(map(wording.level_of, names(row.get("seniority")))),
                categories=[
                    name.replace("-", " ")
                    for name in (*names(row.get("parentCategories")), *names(row.get("categories")))
                ],
                pay=clean.pay(*pay),
                posted_at=clean.moment(row.get("pubDate")),
                expires_at=clean.moment(row.get("expiryDate")),
                url=web_address(row.get("guid")) or row.get("applicationLink"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        cursor, asked = after, None
        while cursor != asked:
            asked = cursor
            answer = fetch(self._request(cursor))
            cursor = line(at(answer.json(), "nextCursor"))
            page = payloads.page_of(self, answer, cursor)
            yield page
            if not page.rows or not cursor or self._is_past(answer.json()):
                return

    def _request(self, cursor: str) -> Request:
        behind = {"cursor": cursor} if cursor else {}
        return Request(_URL, {"limit": _PER_PAGE, **behind}, payloads.IN_FULL)

    def _is_past(self, document: Any) -> bool:
        """Whether the last posting of a page is too old, by the service's own clock; all behind it are older."""
        last = next((row for row in reversed(entries(at(document, "jobs"))) if at(row, "pubDate")), None)
        posted, now = clean.moment(at(last, "pubDate")), clean.moment(at(document, "updatedAt"))
        if not self.max_days_old or posted is None or now is None:
            return False
        return now - posted > timedelta(days=int(self.max_days_old))
