"""SmartRecruiters (public postings of a company: a list, and one answer for each posting) and its pages of jobs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, ClassVar
from urllib.parse import quote

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, degrees, in_country, line, names, postings_of, text
from ingestion.sources.jsonld import read_posting
from ingestion.sources.markup import html_tree, is_html
from ingestion.sources.page_data import job_objects, page_address
from ingestion.sources.pay_in_text import pay_in_text
from jobs.values import JobPosting, Place

_URL = "https://api.smartrecruiters.com/v1/companies"
_PER_PAGE = 50
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


@dataclass(frozen=True)
class SmartRecruitersSource:
    """The open postings of one company, 50 a page; the cursor is how many were read."""

    about: ClassVar[About] = About(
        label="SmartRecruiters",
        home="https://www.smartrecruiters.com",
        summary="The careers page of a company that recruits with SmartRecruiters.",
        complete=True,
        parameters=(
            Parameter(
                "company",
                "Company",
                "From the address of the careers page: Acme1 in careers.smartrecruiters.com/Acme1.",
                required=True,
                pattern=r"[\w.-]+",
            ),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The rows of a list, the one posting of a detail, or the one of a page."""
        content = payload.read()
        if is_html(content):
            yield from _items_of_page(content)
            return
        document = payloads.json_document(io.BytesIO(content))
        single = isinstance(document, dict) and "content" not in document and "name" in document
        yield from payloads.items_of([document] if single else payloads.listed(document, "content"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        if row.get("is_expired") is True or row.get("active") is False:
            yield Rejected(item.position, "The posting is not open: it has expired.")
        elif line(row.get("visibility")).upper() not in {"", "PUBLIC"}:
            yield Rejected(item.position, f"The posting is not public: it is {line(row.get('visibility')).lower()}.")
        elif "is_expired" in row:
            yield from _of_page(item)
        else:
            yield from postings_of(item, self._draft(row))

    def _draft(self, row: Mapping[str, Any]) -> Draft:
        where = row.get("location")
        number, account = line(row.get("id")), line(at(row.get("company"), "identifier")) or self.company
        address = f"https://jobs.smartrecruiters.com/{account}/{number}" if account and number else ""
        sections = at(row.get("jobAd"), "sections")
        return Draft(
            title=row.get("name"),
            external_id=number or row.get("uuid"),
            company=at(row.get("company"), "name"),
            html=wording.sections_html(
                (line(at(sections, name, "title")), text(at(sections, name, "text"))) for name in _SECTIONS
            ),
            places=[_place(where)],
            remote=at(where, "remote") is True,
            hybrid=at(where, "hybrid") is True,
            employment_type=_employment_type(row.get("typeOfEmployment")),
            level=_level(row.get("experienceLevel")),
            categories=[
                name for key in ("department", "function", "industry") for name in names(row.get(key), "label")
            ],
            pay_is_told=True,
            posted_at=clean.moment(row.get("releasedDate")),
            url=row.get("postingUrl") or address,
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        read = int(after or 0)
        address = f"{_URL}/{self.company}/postings"
        while True:
            params = {"limit": str(_PER_PAGE), "offset": str(read)}
            answer = fetch(Request(address, params, headers=payloads.IN_FULL))
            listed = payloads.page_of(self, answer).rows
            read += _PER_PAGE
            yield Page(tuple(payloads.completed(fetch, listed, self._detail)), str(read))
            total = at(answer.json(), "totalFound")
            if not listed or not isinstance(total, int) or read >= total:
                return

    def _detail(self, row: Mapping[str, Any]) -> Request | None:
        number = quote(line(row.get("id")), safe="")
        return Request(f"{_URL}/{self.company}/postings/{number}", headers=payloads.IN_FULL) if number else None


def _employment_type(value: Any) -> str:
    """From the id, since labels are in the language of the company."""
    return clean.employment_type(line(at(value, "id"))) or clean.employment_type(line(at(value, "label")))


def _level(value: Any) -> str:
    return wording.level_of(line(at(value, "id"))) or wording.level_of(line(at(value, "label")))


def _place(location: Any) -> Place:
    country = clean.country_code(line(at(location, "country")))
    said = in_country(wording.place_of(line(at(location, "fullLocation"))), country)
    return Place(
        city=line(at(location, "city"))[:120] or said.city,
        region=line(at(location, "region"))[:120] or said.region,
        country=country or said.country,
        postal_code=line(at(location, "postalCode"))[:20],
        latitude=degrees(at(location, "latitude"), 90),
        longitude=degrees(at(location, "longitude"), 180),
    )


def _items_of_page(content: bytes) -> Iterator[Item]:
    """The posting that a page describes by microdata; the kind of workplace stands in an element of its own."""
    root = html_tree(content)
    address = page_address(root)
    number = re.search(r"/(\d{6,})(?:-|$)", address)
    for position, row in enumerate(job_objects(root, address), start=1):
        known = {"identifier": number[1] if number else "", "url": row.get("url") or address}
        kinds = {
            "workplace_type": next((element.get("workplacetype", "") for element in root.iter("spl-job-location")), ""),
            "is_expired": bool(root.xpath("//*[@data-test='empty-state']")),
        }
        yield Item(position, {**row, **known, **kinds})


def _of_page(item: Item) -> Iterator[JobPosting | Rejected]:
    workplace = wording.workplace_of(line(item.raw.get("workplace_type")))
    for row in read_posting(item.position, item.raw):
        if isinstance(row, Rejected):
            yield row
            continue
        told, repairs = (None, ()) if row.pay else pay_in_text(row.description, country=row.place.country)
        yield replace(
            row,
            remote=workplace == "remote" if workplace else row.remote,
            hybrid=workplace == "hybrid",
            pay=row.pay or told,
            repairs=(*row.repairs, *repairs),
        )
