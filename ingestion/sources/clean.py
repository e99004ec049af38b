"""Repairs the dirty fields of postings: HTML, dates, countries, pay, employment types."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import nh3
import pycountry
from lxml import html as lxml_html

from cvmatch.core.text import squeeze
from jobs import values as job_values
from jobs.values import PERIODS_PER_YEAR, Pay

_TAGS = {"p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "h2", "h3", "h4", "a", "div", "table", "tr", "td", "th"}
_BLOCKS = {"p", "div", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "br"}
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/][^>]*>|&lt;[a-zA-Z/]")
_NUMBER = re.compile(r"\d+(?:[.,\s'’]\d{3})*(?:[.,]\d{1,2})?")


def safe_html(text: str) -> str:
    """The text as HTML that is safe to show: known tags only, no attributes but link targets."""
    if not _LOOKS_LIKE_HTML.search(text):
        return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    if "&lt;" in text and "<" not in text:  # some boards escape the whole description once more
        text = html.unescape(text)
    return nh3.clean(text, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})


def plain_text(safe: str) -> str:
    """Safe HTML as text: a line for each paragraph, heading and list item ("- …")."""
    if not safe.strip():
        return ""
    root = lxml_html.fragment_fromstring(safe, create_parent="div")
    pieces: list[str] = []
    for event, element in _walk(root):
        _add(pieces, event, element)
    lines = (squeeze(line) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line and line != "-")


def _walk(root: Any) -> Any:
    from lxml import etree

    return etree.iterwalk(root, events=("start", "end"))


def _add(pieces: list[str], event: str, element: Any) -> None:
    block = element.tag in _BLOCKS
    if event == "start":
        pieces.append("\n- " if element.tag == "li" else "\n" if block else "")
        pieces.append((element.text or "").replace("\n", " " if not block else "\n"))
    else:
        pieces.append("\n" if block or element.tag == "li" else " " if element.tag in {"td", "th"} else "")
        pieces.append(element.tail or "")


def moment(value: object) -> datetime | None:
    """A date or time in ISO 8601, RFC 822 or as seconds since 1970, in UTC; None when it says nothing usable."""
    readers = (_from_seconds,) if isinstance(value, int | float) else (datetime.fromisoformat, parsedate_to_datetime)
    for read in readers:
        try:
            parsed = read(str(value or "").strip())
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError, OSError):
            continue
    return None


def _from_seconds(text: str) -> datetime:
    """Seconds since 1970, or milliseconds where seconds would be thousands of years."""
    number = float(text)
    if number <= 0:
        raise ValueError("not a moment that a posting could mean")
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)


def last_moment(value: object) -> datetime | None:
    """When something ends: a day without a time of day ends with that day."""
    ends = moment(value)
    whole_day = re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", str(value))
    return ends + timedelta(days=1) if ends and whole_day else ends


@lru_cache(maxsize=2000)
def country_code(text: str) -> str:
    """ISO 3166-1 alpha-2 of a country's name or code; empty when it is not known."""
    name = squeeze(text).strip(".")
    if not name:
        return ""
    name = {"UK": "GB", "U.K": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB"}.get(name.upper(), name)
    try:
        return str(pycountry.countries.lookup(name).alpha_2)
    except LookupError:
        return ""


def amount(value: object) -> Decimal | None:
    """A sum of money from a number or from text such as "£42,500" or "42.500 €"; None for nothing or nonsense."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        return _positive(str(value))
    match = _NUMBER.search(str(value))
    if match is None:
        return None
    digits = re.sub(r"[\s'’]", "", match[0])
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    return _positive(digits)


def _positive(text: str) -> Decimal | None:
    try:
        number = Decimal(text).quantize(Decimal("0.01"))
        return number if 0 < number < 10**8 else None
    except InvalidOperation:  # also what comparing NaN gives
        return None


def pay(minimum: object, maximum: object, currency: object, period: object) -> tuple[Pay | None, tuple[str, ...]]:
    """Pay with its repairs: bounds the wrong way round are swapped, an unknown period counts as a year."""
    low, high = amount(minimum), amount(maximum)
    if low is None and high is None:
        return None, ()
    repairs = []
    if low is not None and high is not None and low > high:
        low, high = high, low
        repairs.append("salary bounds swapped")
    unit = str(period or "YEAR").strip().upper().removesuffix("LY")
    unit = {"ANNUAL": "YEAR", "ANNUM": "YEAR", "DAI": "DAY"}.get(unit, unit)
    if unit not in PERIODS_PER_YEAR:
        repairs.append("salary period unknown")
        unit = "YEAR"
    code = str(currency or "").strip().upper()
    return Pay(low, high, code if re.fullmatch(r"[A-Z]{3}", code) else "", unit), tuple(repairs)


def employment_type(value: object) -> str:
    """One of full_time, part_time, contract, temporary, internship, volunteer, per_diem; empty when not said."""
    first = value[0] if isinstance(value, list) and value else value
    return job_values.employment_type(str(first or ""))
