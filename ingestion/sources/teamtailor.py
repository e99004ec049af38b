"""Teamtailor, the recruiting of European companies (RSS feed of a careers page)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, text, web_address
from ingestion.sources.jsonld import read_posting
from jobs.values import JobPosting, Place, employment_type

_PER_PAGE = 200
_MARKUP = frozenset({"description"})
_WORKPLACES = {"fully": "remote", "hybrid": "hybrid", "temporary": "hybrid"}
# Careers pages call their feed after the company, with or without a word for what is in it.
_FEED_WORDS = re.compile(
    r"\s*[-–|:]?\s*(?:open )?(?:jobs|careers?|vacancies|karriere|stellen|jobb|emplois?)\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class TeamtailorSource:
    """The open jobs of one company, 200 a page; the cursor is how many were read."""

    about: ClassVar[About] = About(
        label="Teamtailor",
        home="https://www.teamtailor.com",
        summary="The careers page of a company that recruits with Teamtailor.",
        complete=True,
        parameters=(
            Parameter(
                "host",
                "Careers page",
                "Its host, for example acme.teamtailor.com or careers.acme.com.",
                required=True,
                pattern=r"[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
            ),
            Parameter("company", "Company", "Its name, where the feed is called otherwise."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    host: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The jobs of the RSS feed, or of the JSON feed that says less of where one works and may say the pay."""
        content = payload.read()
        if content.lstrip()[:1] == b"{":
            document = payloads.json_document(io.BytesIO(content))
            yield from payloads.items_of(payloads.listed(document, "items"), feed_title=line(document.get("title")))
            return
        feed = payloads.xml_document(io.BytesIO(content), "rss")
        rows = [payloads.xml_record(item, _MARKUP) for item in feed.iter("item")]
        yield from payloads.items_of(rows, feed_title=line(feed.findtext("channel/title")))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        if isinstance(row.get("_jobposting"), Mapping):
            yield from self._of_json_feed(item, row["_jobposting"])
            return
        workplace = _WORKPLACES.get(line(row.get("remoteStatus")).lower(), "")
        address = line(row.get("link"))
        yield from postings_of(
            item,
            Draft(
                title=next(iter(names(row.get("title"))), ""),
                external_id=row.get("guid") or address,
                company=self.company or _FEED_WORDS.sub("", line(row.get("feed_title"))),
                html=text(row.get("description")),
                places=[_place(location) for location in entries(at(row.get("locations"), "location"))],
                remote=workplace == "remote",
                hybrid=workplace == "hybrid",
                employment_type=employment_type(line(row.get("employmentType"))),
                categories=[name for key in ("department", "role", "division") for name in names(row.get(key))],
                pay_is_told=True,
                posted_at=clean.moment(row.get("pubDate")),
                url=web_address(address),
            ),
        )

    def _of_json_feed(self, item: Item, told: Mapping[str, Any]) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        known = {"identifier": row.get("id"), "url": row.get("url"), "title": row.get("title")}
        for posting in read_posting(item.position, {**told, **{name: value for name, value in known.items() if value}}):
            yield replace(posting, raw=row) if isinstance(posting, JobPosting) else posting

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        read, first = int(after or 0), None
        while True:
            params = {"per_page": str(_PER_PAGE), **({"offset": str(read)} if read else {})}
            answer = fetch(Request(f"https://{self.host}/jobs.rss", params, payloads.IN_FULL))
            page = payloads.page_of(self, answer, str(read + _PER_PAGE))
            if first is not None and page.rows[:1] == first:  # a feed that knows no pages begins anew each time
                return
            first = page.rows[:1]
            yield page
            if len(page.rows) < _PER_PAGE:
                return
            read += _PER_PAGE


def _place(location: Any) -> Place:
    city, country = line(at(location, "city")), line(at(location, "country"))
    if not city and not country:
        return wording.place_of(line(at(location, "name")) or line(location))
    return Place(city=city[:120], country=clean.country_code(country), postal_code=line(at(location, "zip"))[:20])
