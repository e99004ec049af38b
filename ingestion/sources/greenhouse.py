"""Greenhouse, the recruiting of many technology companies (job board API, https://developers.greenhouse.io/job-board.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, span, text
from jobs.values import JobPosting, Pay, Place

# Companies name their own fields; these words in a name tell what one is for.
_WORKPLACE_FIELDS = ("workplace", "location type", "work type", "work model", "work arrangement", "remote")
_EMPLOYMENT_FIELDS = ("employment", "contract type", "job type", "time type")
_LEVEL_FIELDS = ("level", "seniority", "experience")


@dataclass(frozen=True)
class GreenhouseSource:
    """All that one company has open, in one answer."""

    about: ClassVar[About] = About(
        label="Greenhouse",
        home="https://www.greenhouse.com",
        summary="The job board of a company that recruits with Greenhouse.",
        complete=True,
        parameters=(
            Parameter(
                "board",
                "Board",
                "The last part of the board's address: acme in job-boards.greenhouse.io/acme.",
                required=True,
                pattern=r"[A-Za-z0-9_-]+",
            ),
            Parameter("company", "Company", "Its name, where the postings do not say it."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    board: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        document = payloads.json_document(payload)
        single = isinstance(document, dict) and "absolute_url" in document
        yield from payloads.items_of([document] if single else payloads.listed(document, "jobs"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        fields = _fields(row)
        places = _places(row)
        differing = _differing(places)
        everywhere = "" if differing else line(at(row.get("location"), "name"))
        workplace = wording.workplace_of(*_said(fields, _WORKPLACE_FIELDS), everywhere)
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("id"),
                company=line(row.get("company_name")) or self.company,
                html=wording.sections_html([("", _content(row)), *_pay_notes(row)]),
                places=list(places),
                differing=differing,
                remote=workplace == "remote",
                hybrid=workplace == "hybrid",
                employment_type=next(filter(None, map(clean.employment_type, _said(fields, _EMPLOYMENT_FIELDS))), ""),
                level=next(filter(None, map(wording.level_of, _said(fields, _LEVEL_FIELDS))), ""),
                categories=names(row.get("departments"), "name"),
                pay=_pay(row, fields, next((place.country for place in places), "")),
                posted_at=clean.moment(row.get("first_published")) or clean.moment(row.get("updated_at")),
                expires_at=clean.last_moment(row.get("application_deadline")),
                url=row.get("absolute_url"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        address = f"https://boards-api.greenhouse.io/v1/boards/{self.board}/jobs"
        yield from payloads.whole(self, fetch, Request(address, {"content": "true", "pay_transparency": "true"}))


def _content(row: Mapping[str, Any]) -> str:
    """The description, which Greenhouse escapes as a whole."""
    content = text(row.get("content"))
    return content if "<" in content else unescape(content)


def _fields(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(name in lower case, value) of the fields that the company added."""
    return [(line(at(entry, "name")).lower(), at(entry, "value")) for entry in entries(row.get("metadata"))]


def _said(fields: list[tuple[str, Any]], words: tuple[str, ...]) -> list[str]:
    """The values of the fields named by one of the words; "Remote: Yes" says what its name says."""
    values = ((name, value) for name, value in fields if any(word in name for word in words))
    return [
        name if value is True or line(value).lower() == "yes" else ", ".join(names(value)) for name, value in values
    ]


def _places(row: Mapping[str, Any]) -> dict[Place, str]:
    """Where the posting says it is, with its words; its offices only where it says nothing: they are often all there are."""
    named = wording.worded_places(line(at(row.get("location"), "name")))
    if named:
        return {_with_country(place, row): words for place, words in named.items()}
    return {place: "" for office in entries(row.get("offices")) for place in _office_places(office)}


def _differing(places: Mapping[Place, str]) -> dict[Place, dict[str, bool]]:
    """Of several places those with a workplace of their own: "London; Remote - US"."""
    said = {place: wording.workplace_of(words) for place, words in places.items() if len(places) > 1}
    return {place: {"remote": kind == "remote", "hybrid": kind == "hybrid"} for place, kind in said.items() if kind}


def _office_places(office: Any) -> list[Place]:
    return wording.places_of(line(at(office, "location"))) or wording.places_of(line(at(office, "name")))


def _with_country(place: Place, row: Mapping[str, Any]) -> Place:
    """The place as the office of the same town is described, where the posting names the town alone."""
    if place.country or not place.city:
        return place
    offices = (found for office in entries(row.get("offices")) for found in _office_places(office))
    return next((office for office in offices if office.city.casefold() == place.city.casefold()), place)


def _pay(row: Mapping[str, Any], fields: list[tuple[str, Any]], country: str) -> tuple[Pay | None, tuple[str, ...]]:
    """From the lowest to the highest of the ranges that companies must show, or else a field of the company's own."""
    ranges = [_range(given) for given in entries(row.get("pay_input_ranges"))]
    whole = span([pay for pay, _ in ranges if pay is not None])
    if whole is not None:
        return whole, tuple(dict.fromkeys(repair for _, repairs in ranges for repair in repairs))
    for name, value in fields:
        if any(word in name for word in ("salary", "compensation", "pay range", "base pay")):
            found = _custom_pay(value, country)
            if found[0] is not None:
                return found
    return None, ()


def _range(given: Any) -> tuple[Pay | None, tuple[str, ...]]:
    """A range in hundredths, also of currencies that have none. What is too little for a year is by the hour."""
    low, high = _from_cents(at(given, "min_cents")), _from_cents(at(given, "max_cents"))
    period = clean.period_of(line(at(given, "interval")) or line(at(given, "title")) or "?")
    guessed = not period and 0 < (high or low or 0) < wording.HOURLY_BELOW
    pay, repairs = clean.pay(low, high, at(given, "currency_type"), period or ("HOUR" if guessed else "YEAR"))
    return pay, (*repairs, *(("salary period guessed",) if guessed else ()))


def _from_cents(value: Any) -> Decimal | None:
    cents = re.fullmatch(r"\d{1,15}(?:\.\d+)?", line(value))
    return clean.amount(Decimal(cents[0]) / 100) if cents else None


def _custom_pay(value: Any, country: str) -> tuple[Pay | None, tuple[str, ...]]:
    """A range of the company's own is an object with its unit, or words."""
    if isinstance(value, Mapping):
        return clean.pay(at(value, "min_value"), at(value, "max_value"), at(value, "unit"), "YEAR")
    return wording.pay_of(", ".join(names(value)), country=country)


def _pay_notes(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is said of each range of pay: the company shows it below the description."""
    return [(line(at(given, "title")), text(at(given, "blurb"))) for given in entries(row.get("pay_input_ranges"))]
