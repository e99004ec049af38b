"""USAJOBS, the positions of the government of the United States (search API, https://developer.usajobs.gov)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Credential, Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, degrees, entries, line, names, postings_of, text
from jobs.values import JobPosting, Pay, Place

PAGE_SIZE = 500
_URL = "https://data.usajobs.gov/api/Search"
_ID = "MatchedObjectId"
# The sections of the announcement in its order, with their headings there.
_SECTIONS = {
    "JobSummary": "Summary", "MajorDuties": "Duties", "KeyRequirements": "Conditions of employment",
    "Requirements": "Requirements", "Education": "Education", "Evaluations": "How you will be evaluated",
    "OtherInformation": "Additional information", "RequiredDocuments": "Required documents", "Benefits": "Benefits",
    "HowToApply": "How to apply", "WhatToExpectNext": "Next steps", "AgencyMarketingStatement": "Agency",
}  # fmt: skip
_BEFORE_EDUCATION = "Qualifications"
# By the two weeks, as the federal pay roll runs.
_TWO_WEEKS = {"BW", "PB", "BI-WEEKLY", "BIWEEKLY"}


@dataclass(frozen=True)
class UsaJobsSource:
    """One search, page by page."""

    about: ClassVar[About] = About(
        label="USAJOBS",
        home="https://www.usajobs.gov",
        summary="Positions of the government of the United States. A key is free.",
        parameters=(
            Parameter(
                "email",
                "E-mail",
                "The address under which the key was asked for.",
                required=True,
                pattern=r"[^@\s]+@[^@\s]+",
            ),
            Parameter("key", "Key", required=True, secret=True),
            Parameter("keyword", "Keyword", "Words that the announcement must have."),
            Parameter("location", "Location", "A town, state or country, for example Denver, Colorado."),
            Parameter("category", "Series", "The code of an occupation, for example 2210.", pattern=r"\d{4}"),
            Parameter("days", "Not older than (days)", "Up to 60.", pattern=r"[0-5]?\d|60"),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    email: str = ""
    key: str = ""
    keyword: str = ""
    location: str = ""
    category: str = ""
    days: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        document = payloads.json_document(payload)
        result = at(document, "SearchResult")
        rows = payloads.listed(result if isinstance(result, dict) else document, "SearchResultItems")
        yield from payloads.items_of(rows)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = at(item.raw, "MatchedObjectDescriptor")
        row = row if isinstance(row, Mapping) else item.raw
        details = at(row, "UserArea", "Details")
        workplace = (
            "remote"
            if at(details, "RemoteIndicator") is True
            else wording.workplace_of(line(row.get("PositionLocationDisplay")))
        )
        yield from postings_of(
            item,
            Draft(
                title=row.get("PositionTitle"),
                external_id=item.raw.get(_ID) or row.get("PositionID"),
                company=row.get("OrganizationName") or row.get("DepartmentName"),
                html=wording.sections_html(_sections(row, details)),
                places=_places(row),
                remote=workplace == "remote",
                hybrid=workplace == "hybrid",
                employment_type=_employment_type(row),
                categories=names(row.get("JobCategory"), "Name"),
                pay=_pay(row),
                posted_at=clean.moment(row.get("PublicationStartDate")) or clean.moment(row.get("PositionStartDate")),
                expires_at=_ends(row.get("ApplicationCloseDate")) or _ends(row.get("PositionEndDate")),
                url=row.get("PositionURI") or next(iter(names(row.get("ApplyURI"))), ""),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        """The pages up to the last one that the service counts, or to an empty one; the cursor is the page's number."""
        number, last = int(after or 0) + 1, int(after or 0) + 1
        while number <= last:
            answer = fetch(self._request(number))
            page = payloads.page_of(self, answer, str(number))
            if not page.rows:
                return
            yield page
            count = line(at(answer.json(), "SearchResult", "UserArea", "NumberOfPages"))
            number, last = number + 1, int(count) if count.isdigit() else number

    def _request(self, page: int) -> Request:
        asked = {
            "Keyword": self.keyword,
            "LocationName": self.location,
            "JobCategoryCode": self.category,
            "DatePosted": self.days,
        }
        params = {name: value for name, value in asked.items() if value}
        params |= {"ResultsPerPage": str(PAGE_SIZE), "Page": str(page), "Fields": "Full", "SortField": "OpenDate"}
        credential = Credential("key", headers={"Authorization-Key": self.key, "User-Agent": self.email})
        params |= {"SortDirection": "Desc"}
        return Request(_URL, params, payloads.IN_FULL, credentials=(credential,))


def _sections(row: Mapping[str, Any], details: Any) -> Iterator[tuple[str, str]]:
    for name, heading in _SECTIONS.items():
        if name == "Education":
            yield _BEFORE_EDUCATION, text(row.get("QualificationSummary"))
        given = at(details, name)
        parts = [text(part) for part in entries(given) if text(part)]
        yield heading, parts[0] if len(parts) == 1 else "".join(f"<li>{part}</li>" for part in parts)
    for part in entries(row.get("PositionFormattedDescription")):
        if line(at(part, "Label")) != "Dynamic Teaser":  # a piece of the summary, with the words looked for in bold
            yield line(at(part, "Label")), text(at(part, "Content"))


def _places(row: Mapping[str, Any]) -> list[Place]:
    places = [_place(given) for given in entries(row.get("PositionLocation"))]
    return (
        places
        if any(place != Place() for place in places)
        else wording.places_of(line(row.get("PositionLocationDisplay")))
    )


def _place(given: Any) -> Place:
    """ "Denver, Colorado" is how the city is named beside the state."""
    said = wording.place_of(line(at(given, "CityName")) or line(at(given, "LocationName")))
    country = clean.country_code(line(at(given, "CountryCode"))) or said.country
    region = line(at(given, "CountrySubDivisionCode")) or said.region
    return Place(
        city=said.city if said.city != region else "",
        region=region[:120],
        country=country,
        latitude=_coordinate(given, "Latitude", 90),
        longitude=_coordinate(given, "Longitude", 180),
    )


def _coordinate(given: Any, name: str, limit: int) -> float | None:
    """Places that are none, such as "Anywhere in the U.S.", are at 0, 0."""
    return degrees(at(given, name), limit) or None


def _employment_type(row: Mapping[str, Any]) -> str:
    """Internships and temporary positions by what is offered, the rest by its hours."""
    offered = {clean.employment_type(name) for name in names(row.get("PositionOfferingType"), "Name")}
    special = next((kind for kind in ("internship", "temporary") if kind in offered), "")
    schedules = (clean.employment_type(name) for name in names(row.get("PositionSchedule"), "Name"))
    return special or next(filter(None, schedules), "")


def _pay(row: Mapping[str, Any]) -> tuple[Pay | None, tuple[str, ...]]:
    """The first remuneration that is an amount; what is paid by the two weeks is halved."""
    for given in entries(row.get("PositionRemuneration")):
        period = line(at(given, "RateIntervalCode")) or line(at(given, "Description"))
        halved = period.upper() in _TWO_WEEKS
        pay, repairs = clean.pay(
            at(given, "MinimumRange"), at(given, "MaximumRange"), "USD", "WEEK" if halved else period
        )
        if pay is not None:
            return (_halved(pay) if halved else pay), repairs
    return None, ()


def _halved(pay: Pay) -> Pay:
    return replace(
        pay, minimum=pay.minimum and pay.minimum / Decimal(2), maximum=pay.maximum and pay.maximum / Decimal(2)
    )


def _ends(value: Any) -> Any:
    """Announcements close at the end of a day, which is said as its midnight."""
    return (
        clean.last_moment(line(value).partition("T")[0])
        if line(value).partition("T")[2].startswith("00:00")
        else clean.last_moment(value)
    )
