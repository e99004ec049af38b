"""Ashby, the recruiting of many young companies (job postings API, https://developers.ashbyhq.com/docs/public-job-posting-api)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, postings_of, text
from jobs.values import JobPosting, Pay, Place

_COMPANY = "board_company"
_PAGE_DATA = "window.__appData"


@dataclass(frozen=True)
class AshbySource:
    """All that one company has open, in one answer."""

    about: ClassVar[About] = About(
        label="Ashby",
        home="https://www.ashbyhq.com",
        summary="The job board of a company that recruits with Ashby.",
        complete=True,
        parameters=(
            Parameter(
                "board",
                "Board",
                "The last part of the board's address: acme in jobs.ashbyhq.com/acme.",
                required=True,
                pattern=r"[A-Za-z0-9_.%-]+",
            ),
            Parameter("company", "Company", "Its name; the postings do not say it."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    board: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        content = payload.read()
        if content.lstrip()[:1] == b"<":
            yield from _page_items(content)
            return
        document = payloads.json_document(io.BytesIO(content))
        single = isinstance(document, dict) and "title" in document
        yield from payloads.items_of([document] if single else payloads.listed(document, "jobs", "jobPostings"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        if row.get("isListed") is False:
            yield Rejected(item.position, "The posting is not listed on the board.")
            return
        places = _places(row)
        workplace = wording.workplace_of(
            line(row.get("workplaceType")), "remote" if row.get("isRemote") is True else "", _location(row)
        )
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("id") or row.get("jobUrl"),
                company=line(row.get(_COMPANY)) or line(row.get("companyName")) or self.company,
                html=text(row.get("descriptionHtml")) or text(row.get("descriptionPlain")),
                places=places,
                remote=workplace == "remote",
                hybrid=workplace == "hybrid",
                employment_type=clean.employment_type(row.get("employmentType")),
                categories=[line(row.get(name)) for name in ("department", "departmentName", "team", "teamName")],
                pay=_pay(row, places),
                posted_at=clean.moment(row.get("publishedAt")) or clean.moment(row.get("publishedDate")),
                expires_at=clean.last_moment(row.get("applicationDeadline")),
                url=row.get("jobUrl") or row.get("applyUrl"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        address = f"https://api.ashbyhq.com/posting-api/job-board/{self.board}"
        yield from payloads.whole(self, fetch, Request(address, {"includeCompensation": "true"}))


def _page_items(content: bytes) -> Iterator[Item | Rejected]:
    """What a saved page of the board holds for its script. Raises InvalidInput for a page of no board."""
    page = content.decode("utf-8", "replace")
    begins = page.find("{", page.find(_PAGE_DATA)) if _PAGE_DATA in page else -1
    try:
        data = json.JSONDecoder().raw_decode(page, begins)[0] if begins >= 0 else None
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The data in the page is not JSON.") from error
    if at(data, "organization") is None:
        raise InvalidInput("The page is not that of a board: it names no company.")
    board = at(data, "jobBoard", "jobPostings")
    rows = [at(data, "posting")] if isinstance(at(data, "posting"), Mapping) else entries(board)
    slug = line(at(data, "organization", "hostedJobsPageSlug"))
    for item in payloads.items_of(rows, **{_COMPANY: line(at(data, "organization", "name"))}):
        if isinstance(item, Item) and slug and "jobUrl" not in item.raw:
            address = f"https://jobs.ashbyhq.com/{slug}/{line(item.raw.get('id'))}"
            item = replace(item, raw={**item.raw, "jobUrl": address})
        yield item


def _location(row: Mapping[str, Any]) -> str:
    return line(row.get("location")) or line(row.get("locationName"))


def _places(row: Mapping[str, Any]) -> list[Place]:
    first = _in_words(_location(row), row.get("address"))
    others = entries(row.get("secondaryLocations"))
    return first + [
        place
        for other in others
        for place in _in_words(
            line(at(other, "location")) or line(at(other, "locationName")) or line(other), at(other, "address")
        )
    ]


def _in_words(words: str, address: Any) -> list[Place]:
    """The postal address; what the company calls the place counts as far as the address leaves it open."""
    postal = at(address, "postalAddress") if at(address, "postalAddress") else address
    country = line(at(postal, "addressCountry"))
    place = Place(
        city=line(at(postal, "addressLocality"))[:120],
        region=line(at(postal, "addressRegion"))[:120],
        country=clean.country_code(country),
        postal_code=line(at(postal, "postalCode"))[:20],
    )
    if country and not place.country:  # "European Union"
        place = replace(place, region=", ".join(filter(None, (place.region, country)))[:120])
    if place == Place():
        return wording.places_of(words)
    said = wording.place_of(words, country=place.country)
    if not place.city and said.city and wording.is_town(said.city, place.country):
        place = replace(place, city=said.city, region=place.region or said.region)
    return [place]


def _pay(row: Mapping[str, Any], places: list[Place]) -> tuple[Pay | None, tuple[str, ...]]:
    """The salary over all tiers as numbers, or else as the board words it."""
    given = row.get("compensation")
    parts = [*entries(at(given, "summaryComponents"))]
    parts += [part for tier in entries(at(given, "compensationTiers")) for part in entries(at(tier, "components"))]
    for part in parts:
        if line(at(part, "compensationType")) == "Salary":
            low, high = at(part, "minValue"), at(part, "maxValue")
            pay, repairs = clean.pay(low, high, at(part, "currencyCode"), at(part, "interval"))
            if pay is not None:
                return pay, repairs
    country = places[0].country if places else ""
    fields = ("scrapeableCompensationSalarySummary", "compensationTierSummary")
    wordings = [*(line(at(given, name)) for name in fields), line(row.get("compensationTierSummary"))]
    return next((found for words in wordings if (found := wording.pay_of(words, country=country))[0]), (None, ()))
