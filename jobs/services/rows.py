"""A posting as the line that is copied into the database: every value in the form and length that its column takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from cvmatch.core.places import fold, locate
from cvmatch.core.text import content_hash
from jobs.values import JobPosting, Pay, Place, employment_type

# Bumped when reading requirements changes, so that a re-import re-reads texts that did not change.
READER_VERSION = "2"
IDENTITY_CHARS = 200
URL_CHARS = 1000


class JobColumns(NamedTuple):
    """The columns of a posting in the order in which they are copied; lists are JSON text."""

    external_id: str
    title: str
    company: str
    description: str
    description_html: str
    url: str
    city: str
    city_key: str
    region: str
    country: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    remote: bool
    hybrid: bool
    employment_type: str
    level: str
    categories: str
    is_snippet: bool
    group_key: str
    salary_min: Decimal | None
    salary_max: Decimal | None
    salary_currency: str
    salary_period: str
    salary_estimated: bool
    salary_year_min: Decimal | None
    salary_year_max: Decimal | None
    posted_at: datetime | None
    expires_at: datetime | None
    repairs: str
    row_hash: str
    content_hash: str


_ROW_HASH = JobColumns._fields.index("row_hash")


class JobRow(NamedTuple):
    """A posting ready to be stored: ``line`` has its ``JobColumns`` as a line of COPY, without what ends a line.

    Rows come from other processes in large numbers: what is text already is not taken apart and put together there.
    ``item_hash`` has 32 digits of base 16; ``raw`` is the item as JSON in ASCII, or empty where nothing is to be kept;
    ``repairs`` is a list as JSON.
    """

    position: int
    item_hash: str | None
    raw: str
    external_id: str
    expires_at: datetime | None
    repairs: str
    row_hash: str
    line: bytes


def job_row(posting: JobPosting, *, position: int = 0, item_hash: str | None = None, raw: str | None = None) -> JobRow:
    """The row of a posting; texts that are too long are cut. ``raw`` saves encoding ``posting.raw`` once more."""
    columns = _columns(posting)
    texts = [value if value is None or type(value) is str else str(value) for value in columns]
    texts[_ROW_HASH] = row_hash = content_hash(READER_VERSION, *["None" if value is None else value for value in texts])
    return JobRow(
        position,
        item_hash,
        raw if raw is not None else json.dumps(posting.raw, default=str) if posting.raw else "",
        columns.external_id,
        columns.expires_at,
        columns.repairs,
        row_hash,
        _line(texts),
    )


def copy_line(values: Iterable[object]) -> bytes:
    """The values as a line in the text format of COPY, in UTF-8 and without the line feed."""
    return _line([None if value is None else str(value) for value in values])


def _line(texts: Iterable[str | None]) -> bytes:
    # Escaped all at once, which is several times as fast; these two bytes are in no UTF-8.
    line = b"\xff".join([b"\xfe" if text is None else text.encode() for text in texts])
    line = line.replace(b"\\", rb"\\").replace(b"\n", rb"\n").replace(b"\r", rb"\r").replace(b"\t", rb"\t")
    return line.replace(b"\xff", b"\t").replace(b"\xfe", rb"\N")


def _columns(posting: JobPosting) -> JobColumns:
    title, description = _text(posting.title, 300), _text(posting.description)
    return JobColumns(
        external_id=_identity(posting),
        title=title,
        company=_text(posting.company, 200),
        description=description,
        description_html=_text(posting.description_html),
        url=_text(posting.url) if len(posting.url) <= URL_CHARS else "",
        **_place_columns(posting.place),
        remote=posting.remote,
        hybrid=posting.hybrid,
        employment_type=employment_type(posting.employment_type),
        level=str(posting.level),
        categories=json.dumps(list(posting.categories)) if posting.categories else "[]",
        is_snippet=posting.is_snippet,
        group_key=_text(posting.group_key, IDENTITY_CHARS),
        **pay_columns(posting.pay),
        posted_at=posting.posted_at,
        expires_at=posting.expires_at,
        repairs=json.dumps(list(posting.repairs)) if posting.repairs else "[]",
        row_hash="",  # of all others, with nothing in its own place
        content_hash=content_hash(title, description),
    )


def _text(text: str, length: int | None = None) -> str:
    """As PostgreSQL can keep it: no NUL, no half of a surrogate pair, no longer than the column."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text[:length]


def _identity(posting: JobPosting) -> str:
    """The id that the source gives; where it gives none or a far too long one, a hash that stays the same."""
    given = _text(posting.external_id)
    if 0 < len(given) <= IDENTITY_CHARS:
        return given
    return content_hash(given, *(() if given else (posting.title, posting.company, posting.description)))


@lru_cache(maxsize=5000)
def _place_columns(place: Place) -> Mapping[str, Any]:
    """The place with coordinates, those of its town where the posting gives none, so that a radius finds it."""
    latitude, longitude = place.latitude, place.longitude
    if latitude is None or longitude is None:
        town = locate(place.city, place.country)
        latitude, longitude = (town.latitude, town.longitude) if town else (None, None)
    return {
        "city": _text(place.city, 120),
        "city_key": _text(fold(place.city), 120),
        "region": _text(place.region, 120),
        "country": _text(place.country, 2),
        "postal_code": _text(place.postal_code, 20),
        "latitude": latitude,
        "longitude": longitude,
    }


def pay_columns(pay: Pay | None) -> dict[str, Any]:
    """Pay as given and by the year."""
    known = pay or Pay()
    return {
        "salary_min": known.minimum,
        "salary_max": known.maximum,
        "salary_currency": known.currency,
        "salary_period": known.period if pay else "",
        "salary_estimated": known.estimated,
        "salary_year_min": known.per_year(known.minimum),
        "salary_year_max": known.per_year(known.maximum),
    }
