"""Postings of careers pages that say their facts beside labels, with JobPosting data for the rest where they carry it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ingestion.sources import Item, Rejected
from ingestion.sources.assembling import line, postings_of
from ingestion.sources.clean import employment_type
from ingestion.sources.jsonld import read_posting
from ingestion.sources.labels import Values, closed_as, draft_of, places_in, values_of, workplace_in
from ingestion.sources.pay_in_text import pay_in_text
from jobs.values import JobPosting, Place


def labelled(
    fields: Iterable[tuple[str, str]], job: Mapping[str, Any] | None = None, *, listed: bool = False
) -> dict[str, Any]:
    """The raw of an item: (label, text) of a page, its JobPosting object, and whether it is only a line of a list."""
    pairs = [[label, text] for label, text in fields if text]
    return {"fields": pairs, **({"job": dict(job)} if job else {}), **({"listed": True} if listed else {})}


def labelled_postings(item: Item) -> Iterator[JobPosting | Rejected]:
    """The postings of an item made by ``labelled``."""
    values = values_of(_pairs(item.raw.get("fields")))
    job = item.raw.get("job")
    if closed := closed_as(values):
        yield Rejected(item.position, f"The posting is not open: {closed}.")
    elif isinstance(job, Mapping):
        for row in read_posting(item.position, _completed(job, values)):
            yield row if isinstance(row, Rejected) else _with_text_pay(replace(row, raw=item.raw))
    else:
        draft = draft_of(values)
        yield from postings_of(item, replace(draft, is_snippet=bool(item.raw.get("listed")) and bool(draft.html)))


def _pairs(fields: Any) -> list[tuple[str, str]]:
    pairs = fields if isinstance(fields, list) else []
    return [
        (line(pair[0]), pair[1])
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], str)
    ]


def _completed(job: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """The JobPosting with what the labels say better: the service's own number, places as it keeps them, the workplace."""
    places = places_in(values)
    better: dict[str, Any] = {}
    if number := next(iter(values.get("id", ())), ""):
        better["identifier"] = number
    if places:
        better["jobLocation"] = [_location(place) for place in places]
    workplace = workplace_in(values)
    if workplace in ("remote", "hybrid"):
        better |= {"jobLocationType": "TELECOMMUTE"} if workplace == "remote" else {"x-hybrid": True}
    if not employment_type(job.get("employmentType")):
        better["employmentType"] = next(filter(employment_type, values.get("type", ())), "")
    missing = {
        "hiringOrganization": next(iter(values.get("company", ())), ""),
        "occupationalCategory": next(iter(values.get("category", ())), ""),
        "url": next(iter(values.get("url", ())), ""),
    }
    return {**job, **better, **{name: text for name, text in missing.items() if text and not job.get(name)}}


def _location(place: Place) -> dict[str, Any]:
    address = {"addressLocality": place.city, "addressRegion": place.region, "addressCountry": place.country}
    return {"@type": "Place", "address": {**address, "postalCode": place.postal_code}}


def _with_text_pay(posting: JobPosting) -> JobPosting:
    if posting.pay:
        return posting
    pay, repairs = pay_in_text(posting.description, country=posting.place.country)
    return replace(posting, pay=pay, repairs=(*posting.repairs, *repairs))
