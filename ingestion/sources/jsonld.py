"""schema.org JobPosting objects (https://schema.org/JobPosting): one a line, or a whole document of one or several."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from itertools import chain
from typing import Any, BinaryIO, ClassVar

from ingestion.sources import About, Item, Rejected, clean, wording
from ingestion.sources.assembling import Draft, at, degrees, entries, line, names, postings_of, text
from jobs.titles import Level
from jobs.values import JobPosting, Pay, Place

# Names that exporters use instead of schema.org's own.
_ALIASES = {
    "id": "identifier",
    "company": "hiringOrganization",
    "location": "jobLocation",
    "salary": "baseSalary",
    "date": "datePosted",
    "link": "url",
    "category": "occupationalCategory",
}
# Parts of an advertisement that some sites keep beside its description, with a heading for each.
_SECTIONS = (
    ("responsibilities", "Responsibilities"),
    ("qualifications", "Qualifications"),
    ("experienceRequirements", "Experience"),
    ("educationRequirements", "Education"),
    ("skills", "Skills"),
    ("workHours", "Working hours"),
    ("jobBenefits", "Benefits"),
    ("incentiveCompensation", "Incentives"),
)
_LEVELS = frozenset(Level)
# Repairs that are found again whenever the posting is read; others are kept from its first reading.
_FOUND_AGAIN = {"company unknown", "no description"}
# A document that is no JSON Lines is read into memory whole, up to this.
MAX_DOCUMENT_BYTES = 50_000_000


@dataclass(frozen=True)
class JsonLdSource:
    """Reads JobPosting objects, forgiving the shapes that real exporters give their fields."""

    about: ClassVar[About] = About(
        label="JSON-LD", summary="A file of schema.org JobPosting, one a line or all in one document."
    )
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json", ".jsonld")

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        lines = ((position, row) for position, row in enumerate(payload, start=1) if row.strip())
        first = next(lines, None)
        if first is None:
            return
        if isinstance(_json(first[1]), dict) and not _is_document(_json(first[1])):
            yield from (_item(position, row) for position, row in chain([first], lines))
            return
        kept = list(_up_to(MAX_DOCUMENT_BYTES, chain([first], lines)))
        document = _json(b"\n".join(row for _, row in kept))
        if _is_document(document) or isinstance(document, dict):
            yield from _document_items(document)
        else:
            yield from (_item(position, row) for position, row in chain(kept, lines))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from read_posting(item.position, item.raw)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _is_document(value: Any) -> bool:
    """Whether this holds postings rather than being one."""
    return isinstance(value, list) or isinstance(at(value, "@graph"), list)


def _up_to(limit: int, lines: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    read = 0
    for position, row in lines:
        yield position, row
        read += len(row)
        if read > limit:
            return


def _document_items(document: Any) -> Iterator[Item | Rejected]:
    """The objects of a document by their place in it; of a graph those that are JobPostings."""
    graph = at(document, "@graph")
    rows = document if isinstance(document, list) else [document]
    if isinstance(graph, list):
        rows = [node for node in graph if "JobPosting" in names(at(node, "@type"))]
    for position, row in enumerate(rows, start=1):
        yield Item(position, row) if isinstance(row, dict) else Rejected(position, "The entry is not an object.")


def _item(position: int, content: bytes) -> Item | Rejected:
    try:
        row = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Rejected(position, "The line is not JSON.")
    return Item(position, row) if isinstance(row, dict) else Rejected(position, "The line is JSON, but not an object.")


def read_posting(position: int, raw: Mapping[str, Any]) -> Iterator[JobPosting | Rejected]:
    """The postings of one JobPosting object, one for each place it names, or the reason against it."""
    row = _with_schema_names(raw)
    group_key = text(row.get("x-group"))[:190]
    for posting in postings_of(Item(position, raw), _draft(row)):
        if isinstance(posting, JobPosting) and group_key and not posting.group_key:
            yield replace(posting, group_key=group_key)
        else:
            yield posting


def _draft(row: Mapping[str, Any]) -> Draft:
    said = _places(row)
    no_towns = {place.city for place in said if _is_workplace(place.city)}
    places = [replace(place, city="") if place.city in no_towns else place for place in said]
    hybrid = row.get("x-hybrid") is True
    in_words = [line(entry) for entry in entries(row.get("jobLocation")) if isinstance(entry, str)]
    workplace = wording.workplace_of(
        "hybrid" if hybrid else "", *names(row.get("jobLocationType")), *sorted(no_towns), *in_words
    )
    return Draft(
        title=unescape(line(row.get("title") or row.get("name"))),
        external_id=text(_first_of(row.get("identifier"), "value", "@id")) or text(row.get("@id") or row.get("url")),
        company=unescape(line(_first_of(row.get("hiringOrganization"), "name", "legalName"))),
        html=_html(row),
        places=places,
        remote=workplace == "remote",
        hybrid=workplace == "hybrid",
        employment_type=clean.employment_type(row.get("employmentType")),
        level=_level(row),
        categories=[*names(row.get("occupationalCategory"), "name", "codeValue"), *names(row.get("industry"), "name")],
        is_snippet=row.get("x-snippet") is True,
        pay=_pay(row, places[0].country if places else ""),
        posted_at=clean.moment(row.get("datePosted")),
        expires_at=clean.last_moment(row.get("validThrough")),
        url=row.get("url"),
        repairs=tuple(name for name in names(row.get("x-repairs"))[:20] if name not in _FOUND_AGAIN),
    )


def _is_workplace(town: str) -> bool:
    """Whether what stands in the place of a town is "Remote", "Home Based" or the like, and nothing else."""
    return bool(wording.workplace_of(town)) and wording.place_of(town) == Place()


def _with_schema_names(row: Mapping[str, Any]) -> dict[str, Any]:
    """``date_posted`` → ``datePosted``; aliases never replace a field that is there under its own name."""
    camel = {_camel(str(key)): value for key, value in row.items()}
    return {**{_ALIASES.get(key, key): value for key, value in camel.items()}, **camel}


@lru_cache(maxsize=500)
def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda m: m[1].upper(), name)


def _first_of(value: Any, *keys: str) -> Any:
    """The value itself, or the first of the keys that an object (or the first object of a list) has."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        return next((value[key] for key in keys if value.get(key)), None)
    return value


def _html(row: Mapping[str, Any]) -> str:
    """The description and those of the other parts that it does not hold already."""
    whole = text(row.get("description"))
    if not any(row.get(name) for name, _ in _SECTIONS):
        return whole
    parts = [(heading, "\n".join(filter(None, map(_words, entries(row.get(name)))))) for name, heading in _SECTIONS]
    told = [(heading, part) for heading, part in parts if part]
    if not told:
        return whole
    said = _letters(whole)
    more = wording.sections_html((heading, part) for heading, part in told if _letters(part) not in said)
    return clean.safe_html(whole) + more if more else whole


def _words(part: Any) -> str:
    """Text, or what the objects say that schema.org has for experience and education."""
    if text(part) in _LEVELS:
        return ""
    months = line(at(part, "monthsOfExperience"))
    return (
        f"{months} months of experience"
        if months
        else text(_first_of(part, "credentialCategory", "name", "description"))
    )


_NO_LETTERS = re.compile(r"<[^>]*>|\W+")


def _letters(html: str) -> str:
    return _NO_LETTERS.sub("", unescape(html)).casefold()


def _level(row: Mapping[str, Any]) -> str:
    """Experience that is named by one of our levels, as we name it ourselves."""
    said = text(row.get("experienceRequirements"))
    return said if said in _LEVELS else ""


def _places(row: Mapping[str, Any]) -> list[Place]:
    """Where the work is done, or else where those may live who do it from anywhere."""
    places = [place for entry in entries(row.get("jobLocation")) for place in _place(entry)]
    if any(place != Place() for place in places):
        return places
    return [
        Place(country=code)
        for name in names(row.get("applicantLocationRequirements"), "name")
        if (code := clean.country_code(name))
    ]


def _place(value: Any) -> list[Place]:
    if isinstance(value, str):
        return wording.places_of(line(value))
    if not isinstance(value, Mapping):
        return []
    address = value.get("address") or value
    if isinstance(address, list):
        return [place for entry in address for place in _place({**value, "address": entry})]
    if isinstance(address, str):
        return wording.places_of(line(address))
    country = line(_first_of(at(address, "addressCountry"), "name", "identifier"))
    geo = _first_object(value.get("geo"))
    place = Place(
        city=unescape(line(at(address, "addressLocality")))[:120],
        region=line(_first_of(at(address, "addressRegion"), "name"))[:120],
        country=clean.country_code(country),
        postal_code=line(at(address, "postalCode"))[:20],
        latitude=degrees(at(geo, "latitude") or value.get("latitude"), 90),
        longitude=degrees(at(geo, "longitude") or value.get("longitude"), 180),
    )
    return [place] if place != Place() else wording.places_of(line(value.get("name")))


def _first_object(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _pay(row: Mapping[str, Any], country: str) -> tuple[Pay | None, tuple[str, ...]]:
    given = row.get("baseSalary")
    estimated = given in (None, "", [], {}) or at(given, "x-estimated") is True
    pay, repairs = _amounts(row.get("estimatedSalary") if given in (None, "", [], {}) else given, country)
    return (replace(pay, estimated=True) if pay and estimated else pay), repairs


def _amounts(value: Any, country: str) -> tuple[Pay | None, tuple[str, ...]]:
    """MonetaryAmount, QuantitativeValue, a bare number or words, as they are met in practice."""
    value = _first_object(value)
    if isinstance(value, str):
        return wording.pay_of(value, country=country)
    if not isinstance(value, Mapping):
        return clean.pay(value, value, "", "YEAR")
    inner = _first_object(value.get("value"))
    quantity = inner if isinstance(inner, Mapping) else value
    low, high = quantity.get("minValue"), quantity.get("maxValue")
    if low in (None, "") and high in (None, ""):
        low = high = quantity.get("value")
        if isinstance(low, str) and not re.fullmatch(r"\s*\d[\d.,]*\s*", low):
            return wording.pay_of(low, country=country)
    period = quantity.get("unitText") or value.get("unitText")
    return clean.pay(low, high, value.get("currency") or quantity.get("currency"), period)
