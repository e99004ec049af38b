"""JSON Lines of schema.org JobPosting objects (https://schema.org/JobPosting)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.text import content_hash, squeeze
from ingestion.sources import About, Item, Rejected, clean
from jobs.values import JobPosting, Pay, Place

# Names that exporters use instead of schema.org's own.
_ALIASES = {
    "id": "identifier",
    "company": "hiringOrganization",
    "location": "jobLocation",
    "salary": "baseSalary",
    "date": "datePosted",
    "link": "url",
}


# Far beyond any advertisement; what PostgreSQL's text search takes is the bound behind it.
MAX_DESCRIPTION_CHARS = 200_000


@dataclass(frozen=True)
class JsonLdSource:
    """Reads one JobPosting per line, forgiving the shapes that real exporters give its fields."""

    about: ClassVar[About] = About(label="JSON Lines", summary="A file with one schema.org JobPosting a line.")
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json")

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        for position, line in enumerate(payload, start=1):
            if line.strip():
                yield _item(position, line)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from read_posting(item.position, item.raw)


def _item(position: int, line: bytes) -> Item | Rejected:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Rejected(position, "The line is not JSON.")
    return Item(position, row) if isinstance(row, dict) else Rejected(position, "The line is JSON, but not an object.")


def read_posting(position: int, raw: Mapping[str, Any]) -> Iterator[JobPosting | Rejected]:
    """The postings of one JobPosting object, one for each place it names, or the reason against it."""
    row = _with_schema_names(raw)
    title = squeeze(_text(row.get("title") or row.get("name")))[:300]
    if not title:
        yield Rejected(position, "The posting has no title.")
        return
    yield from in_each_place(replace(_posting(title, row), raw=raw), _places(row.get("jobLocation")))


def in_each_place(posting: JobPosting, places: Sequence[Place]) -> Iterator[JobPosting]:
    """The posting once for each different place, all of one group; as it is where there is none."""
    different = list(dict.fromkeys(place for place in places if place != Place()))
    group_key = posting.external_id if len(different) > 1 else ""
    for number, place in enumerate(different or [posting.place], start=1):
        external_id = posting.external_id if number == 1 else f"{posting.external_id}#{number}"
        yield replace(posting, place=place, external_id=external_id, group_key=group_key)


def _posting(title: str, row: Mapping[str, Any]) -> JobPosting:
    safe = clean.safe_html(_text(row.get("description"))[:MAX_DESCRIPTION_CHARS])
    text = clean.plain_text(safe)
    pay, repairs = _pay(row.get("baseSalary"))
    company = squeeze(_text(_first_of(row.get("hiringOrganization"), "name")))[:200]
    return JobPosting(
        external_id=_identity(row, title, company, text),
        title=title,
        description=text,
        company=company,
        description_html=safe,
        remote=_text(row.get("jobLocationType")).upper() == "TELECOMMUTE",
        employment_type=clean.employment_type(row.get("employmentType")),
        pay=pay,
        posted_at=clean.moment(row.get("datePosted")),
        expires_at=clean.last_moment(row.get("validThrough")),
        url=_web_address(_text(row.get("url"))),
        repairs=(*repairs, *(() if company else ("company unknown",)), *(() if text else ("no description",))),
    )


def _with_schema_names(row: Mapping[str, Any]) -> dict[str, Any]:
    """``date_posted`` → ``datePosted``; aliases never replace a field that is there under its own name."""
    camel = {re.sub(r"_([a-z])", lambda m: m[1].upper(), str(key)): value for key, value in row.items()}
    return {**{_ALIASES.get(key, key): value for key, value in camel.items()}, **camel}


def _identity(row: Mapping[str, Any], title: str, company: str, text: str) -> str:
    given = _text(_first_of(row.get("identifier"), "value", "@id")) or _text(row.get("@id") or row.get("url"))
    # Without an id of its own, the same text is the same posting.
    return given if 0 < len(given) <= 190 else content_hash(given, title, company, text if not given else "")


def _first_of(value: Any, *keys: str) -> Any:
    """The value itself, or the first of the keys that an object (or the first object of a list) has."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        return next((value[key] for key in keys if value.get(key)), None)
    return value


def _text(value: Any) -> str:
    """Text and numbers as text that PostgreSQL can keep: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()


def _places(value: Any) -> list[Place]:
    entries = value if isinstance(value, list) else [value]
    return [_place(entry) for entry in entries]


def _place(value: Any) -> Place:
    if isinstance(value, str):
        return Place(city=squeeze(value)[:120])
    if not isinstance(value, Mapping):
        return Place()
    address = value.get("address", value)
    if isinstance(address, str):
        address = {"addressLocality": address}
    if not isinstance(address, Mapping):
        return Place()
    given = value.get("geo")
    geo = given if isinstance(given, Mapping) else {}
    return Place(
        city=squeeze(_text(address.get("addressLocality")))[:120],
        region=squeeze(_text(_first_of(address.get("addressRegion"), "name")))[:120],
        country=clean.country_code(_text(_first_of(address.get("addressCountry"), "name", "identifier"))),
        postal_code=_text(address.get("postalCode"))[:20],
        latitude=_degrees(geo.get("latitude"), 90),
        longitude=_degrees(geo.get("longitude"), 180),
    )


def _degrees(value: Any, limit: int) -> float | None:
    try:
        degrees = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return degrees if -limit <= degrees <= limit else None


def _pay(value: Any) -> tuple[Pay | None, tuple[str, ...]]:
    """MonetaryAmount, QuantitativeValue or a bare number, as they are met in practice."""
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, Mapping):
        return clean.pay(value, value, "", "YEAR")
    inner = value.get("value")
    quantity = inner if isinstance(inner, Mapping) else value
    exact = quantity.get("value")
    exact = exact if isinstance(exact, int | float) else None
    low, high = quantity.get("minValue", exact), quantity.get("maxValue", exact)
    return clean.pay(low, high, value.get("currency"), quantity.get("unitText") or value.get("unitText"))


def _web_address(text: str) -> str:
    return text if re.match(r"https?://", text) and len(text) <= 1000 else ""
