"""Rippling, the recruiting of American companies (job board of a company: a list, and one answer for each job)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar
from urllib.parse import quote

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, span, text, workplaces
from jobs.values import JobPosting, Pay, Place, employment_type

_URL = "https://api.rippling.com/platform/api/ats/v2/board"
_PER_PAGE = 50
_TYPES = {"SALARIED_FT": "full_time", "HOURLY_FT": "full_time", "SALARIED_PT": "part_time", "HOURLY_PT": "part_time"}


@dataclass(frozen=True)
class RipplingSource:
    """The open jobs of one company, 50 a page; the cursor is the number of a page, the first is 0."""

    about: ClassVar[About] = About(
        label="Rippling",
        home="https://www.rippling.com",
        summary="The careers page of a company that recruits with Rippling.",
        complete=True,
        parameters=(
            Parameter(
                "board",
                "Board",
                "From the address of the careers page: acme in ats.rippling.com/acme/jobs, capitals as they are there.",
                required=True,
                pattern=r"[\w.-]+",
            ),
            Parameter("company", "Company", "Its name, where the jobs do not say it."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    board: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The rows of a list, or the one job of a detail; a job that is listed once for each place becomes one item."""
        document = payloads.json_document(payload)
        if isinstance(document, dict) and "items" not in document and "name" in document:
            document = [document]
        merged: dict[str, Item | Rejected] = {}
        for row in payloads.items_of(payloads.listed(document, "items")):
            number = _number(row.raw) if isinstance(row, Item) else ""
            before = merged.get(number) if number else None
            if isinstance(row, Item) and isinstance(before, Item):
                merged[number] = Item(
                    before.position, {**before.raw, "locations": _locations(before.raw) + _locations(row.raw)}
                )
            else:
                merged[number or f"#{row.position}"] = row
        yield from merged.values()

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        places = {_place(location): _workplace(location) for location in _locations(row)}
        kinds = set(map(wording.workplace_of, places.values()))
        bands = list(_bands(row))
        differing = workplaces(places)
        for place, pay in _pay_by_place(places, bands).items():
            differing[place] = {**differing.get(place, {}), "pay": pay}
        number = _number(row)
        yield from postings_of(
            item,
            Draft(
                title=row.get("name"),
                external_id=number,
                company=line(row.get("companyName")) or self.company,
                html=wording.sections_html(_sections(row.get("description"))),
                places=list(places),
                remote="remote" in kinds,
                hybrid="hybrid" in kinds,
                employment_type=_employment_type(row.get("employmentType")),
                categories=[
                    *names(at(row.get("department"), "base_department")),
                    *names(row.get("department"), "name", "label"),
                ],
                pay=(span([band.pay for band in bands]), tuple(repair for band in bands for repair in band.repairs)),
                posted_at=clean.moment(row.get("createdOn")),
                url=row.get("url") or (f"https://ats.rippling.com/{self.board}/jobs/{number}" if self.board else ""),
                differing=differing,
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        number = int(after) + 1 if after else 0
        address = f"{_URL}/{self.board}/jobs"
        while True:
            params = {"groupJobsByLocation": "true", "page": str(number), "pageSize": str(_PER_PAGE)}
            answer = fetch(Request(address, params, headers=payloads.IN_FULL))
            listed = payloads.page_of(self, answer).rows
            yield Page(tuple(payloads.completed(fetch, listed, self._detail)), str(number))
            number += 1
            count = at(answer.json(), "totalPages")
            if not listed or not isinstance(count, int) or number >= count:
                return

    def _detail(self, row: Mapping[str, Any]) -> Request | None:
        number = quote(_number(row), safe="")
        return Request(f"{_URL}/{self.board}/jobs/{number}", headers=payloads.IN_FULL) if number else None


def _number(row: Mapping[str, Any]) -> str:
    return line(row.get("id")) or line(row.get("uuid"))


def _locations(row: Mapping[str, Any]) -> list[Any]:
    """Objects in the list of jobs; one object or names in older lists and in the details."""
    return entries(row.get("locations")) or entries(row.get("workLocation")) or entries(row.get("workLocations"))


def _place(location: Any) -> Place:
    country = clean.country_code(line(at(location, "countryCode")) or line(at(location, "country")))
    city = line(at(location, "city"))
    if city or country:
        return Place(city=city[:120], region=line(at(location, "state"))[:120], country=country)
    return wording.place_of(_label(location))


def _workplace(location: Any) -> str:
    return line(at(location, "workplaceType")) or _label(location)


def _label(location: Any) -> str:
    return line(at(location, "name")) or line(at(location, "label")) or line(location)


def _sections(description: Any) -> list[tuple[str, str]]:
    if not isinstance(description, Mapping):
        return [("", text(description))]
    return [("", text(part)) for part in description.values()]


def _employment_type(value: Any) -> str:
    """The label is the code and the id is for people in some answers, the other way round in others."""
    said = [line(at(value, "label")), line(at(value, "id")), line(value)]
    return next(filter(None, (_TYPES.get(name) or employment_type(name) for name in said)), "")


@dataclass(frozen=True)
class _Band:
    """The pay in one place; a job has one for each place or level."""

    place: Place
    pay: Pay
    repairs: tuple[str, ...]


def _bands(row: Mapping[str, Any]) -> Iterator[_Band]:
    for told in entries(row.get("payRangeDetails")):
        unit = (at(told, "currency"), at(told, "frequency"))
        pay, repairs = clean.pay(at(told, "rangeStart"), at(told, "rangeEnd"), *unit)
        if pay is not None:
            yield _Band(wording.place_of(line(at(told, "location"))), pay, repairs)


def _pay_by_place(places: Iterable[Place], bands: Sequence[_Band]) -> dict[Place, Pay]:
    """The pay in the places that have bands of their own, by town: the bands say their place in words."""
    found = {
        place: span([band.pay for band in bands if band.place.city == place.city]) for place in places if place.city
    }
    return {place: pay for place, pay in found.items() if pay is not None}
