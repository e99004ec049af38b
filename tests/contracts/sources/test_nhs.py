"""Real advertisements of a health service, as JobPosting objects and as lines: nothing of them is lost."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from ingestion.sources import Rejected, read
from ingestion.sources.jsonld import JsonLdSource
from jobs.values import JobPosting
from tests.contracts.sources.scripted import SHARED

LINES = SHARED.parent / "jobs/nhs-2000.jsonl.gz"
TYPES = {"FULL_TIME": "full_time", "TEMPORARY": "temporary", "VOLUNTEER": "volunteer", "OTHER": ""}


def documents() -> list[Path]:
    found = sorted((SHARED / "jsonld_nhs").glob("*.json"))
    return found or pytest.skip("../shared has no jsonld_nhs")


def pairs_of_documents() -> Iterator[tuple[dict[str, Any], JobPosting]]:
    for path in documents():
        content = path.read_bytes()
        (posting,) = read(JsonLdSource(), io.BytesIO(content))
        assert isinstance(posting, JobPosting), path
        yield json.loads(content), posting


def pairs_of_lines() -> Iterator[tuple[dict[str, Any], JobPosting]]:
    if not LINES.exists():
        pytest.skip(f"../shared has no {LINES.name}")
    content = gzip.decompress(LINES.read_bytes())
    rows = list(read(JsonLdSource(), io.BytesIO(content)))
    assert not [row for row in rows if isinstance(row, Rejected)]
    said = [json.loads(row) for row in content.splitlines() if row.strip()]
    for given, row in zip(said, rows, strict=True):
        assert isinstance(row, JobPosting)
        yield given, row


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)


def one_line(text: str) -> str:
    return " ".join(unescape(text).split())


def letters(html: str) -> str:
    """The letters and digits of a text or of HTML. Words are not compared: elements within a line leave no space."""
    return "".join(re.findall(r"\w", unescape(re.sub(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", "", html))))


def compare_pay(posting: JobPosting, value: dict[str, Any], currency: str) -> None:
    low, high = (Decimal(value.get(name) or 0) or None for name in ("minValue", "maxValue"))
    if low or high:
        assert posting.pay is not None
        assert (posting.pay.minimum, posting.pay.maximum) == (low, high)
        assert (posting.pay.currency, posting.pay.period) == (currency, value["unitText"])
    else:
        assert posting.pay is None  # "Competitive", "Band 5", and once a telephone number


def test_every_document_is_mapped_without_loss() -> None:
    count = 0
    for given, posting in pairs_of_documents():
        place, address = posting.place, given["jobLocation"]["address"]
        assert posting.title == one_line(given["title"])
        assert posting.company == one_line(given["hiringOrganization"]["name"])
        assert (place.city, place.postal_code, place.country) == (
            one_line(address["addressLocality"]),
            one_line(address["postalCode"]),
            address["addressCountry"],
        )
        geo = given["jobLocation"]["geo"]
        assert (place.latitude, place.longitude) == (float(geo["latitude"]), float(geo["longitude"]))
        compare_pay(posting, given["baseSalary"]["value"], given["baseSalary"]["currency"])
        assert posting.posted_at == moment(given["datePosted"])
        assert posting.expires_at == moment(given["validThrough"])
        assert (posting.url, posting.external_id) == (given["url"], given["url"])
        assert posting.employment_type == TYPES[given["employmentType"]]
        assert posting.categories == (given["industry"],)
        assert letters(posting.description) == letters(unescape(given["description"]))
        assert posting.raw == given
        count += 1
    assert count >= 115


def test_every_line_is_mapped_without_loss() -> None:
    count = 0
    for given, posting in pairs_of_lines():
        place, address = posting.place, given["location"]
        assert (posting.external_id, posting.title) == (given["id"], one_line(given["title"]))
        assert posting.company == one_line(given["company"])
        town = one_line(address.get("addressLocality", ""))[:120]  # as much as a place has room for
        assert place.city == ("" if town == "Home Based" else town)
        assert posting.remote == (town == "Home Based")
        assert (place.postal_code, place.country) == (
            one_line(address.get("postalCode", "")),
            address["addressCountry"],
        )
        compare_pay(posting, given["salary"], "")
        assert posting.posted_at == moment(given["date_posted"])
        assert posting.expires_at == moment(given["valid_through"])
        assert posting.employment_type == TYPES[given["employment_type"]]
        assert posting.categories == (given["industry"],)
        assert letters(posting.description) == letters(given["description"])
        count += 1
    assert count == 2000
