"""Writes a posting as a schema.org JobPosting object, the form in which other programs take it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from jobs.values import JobPosting, Pay, Place

_EMPLOYMENT_TYPES = {"contract": "CONTRACTOR", "internship": "INTERN"}


def as_json_ld(posting: JobPosting) -> dict[str, Any]:
    """The posting as JSON, without what it does not say.

    What schema.org has no word for has a name with "x-": hybrid work, a description that is cut off, the group of a posting
    with several places, what was mended, the description as plain text. ``JsonLdSource`` reads all of it back.
    """
    row = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": posting.external_id,
        "title": posting.title,
        "hiringOrganization": posting.company and {"@type": "Organization", "name": posting.company},
        "jobLocation": _place(posting.place),
        "jobLocationType": "TELECOMMUTE" if posting.remote else "",
        "employmentType": _EMPLOYMENT_TYPES.get(posting.employment_type, posting.employment_type.upper()),
        "baseSalary": posting.pay and _pay(posting.pay),
        "datePosted": posting.posted_at and posting.posted_at.isoformat(),
        "validThrough": posting.expires_at and posting.expires_at.isoformat(),
        "url": posting.url,
        "occupationalCategory": list(posting.categories),
        "experienceRequirements": posting.level,
        "description": posting.description_html or posting.description,
        "x-hybrid": posting.hybrid,
        "x-snippet": posting.is_snippet,
        "x-group": posting.group_key,
        "x-text": posting.description,
    }
    return {name: value for name, value in row.items() if value} | {"x-repairs": list(posting.repairs)}


def _place(place: Place) -> dict[str, Any] | None:
    address = {
        "addressLocality": place.city,
        "addressRegion": place.region,
        "addressCountry": place.country,
        "postalCode": place.postal_code,
    }
    said = {name: value for name, value in address.items() if value}
    row: dict[str, Any] = (
        {"@type": "Place", "address": {"@type": "PostalAddress", **said}} if said else {"@type": "Place"}
    )
    if place.latitude is not None and place.longitude is not None:
        row["geo"] = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    return row if len(row) > 1 else None


def _pay(pay: Pay) -> dict[str, Any]:
    bounds = {"minValue": _number(pay.minimum), "maxValue": _number(pay.maximum)}
    if pay.minimum == pay.maximum:
        bounds["value"] = bounds["minValue"]
    quantity = {"@type": "QuantitativeValue", **{name: value for name, value in bounds.items() if value is not None}}
    row: dict[str, Any] = {"@type": "MonetaryAmount", "value": {**quantity, "unitText": pay.period}}
    return row | ({"currency": pay.currency} if pay.currency else {}) | ({"x-estimated": True} if pay.estimated else {})


def _number(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == int(amount) else float(amount)
