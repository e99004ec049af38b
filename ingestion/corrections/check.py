"""Whether what somebody typed can stand in a field; what is wrong is said with what would be right."""

from __future__ import annotations

import re
from datetime import date

import phonenumbers

from cvmatch.core.errors import InvalidInput
from ingestion.corrections.schema import COUNTRY, DATE, EMAIL, LIST, PHONE, TEXT, URL
from ingestion.integrity import with_concerns
from ingestion.values import Document, Line

LONGEST = {TEXT: 5000, LIST: 1000, URL: 500, EMAIL: 254, PHONE: 40}
LONGEST_LINE = 200
_EARLIEST, _AHEAD = 1900, 10  # years
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(?:\.[^@\s,;<>()\".]+)+")
_URL = re.compile(
    r"(?:https?://)?[^\s/:@?#.<>\"]+(?:\.[^\s/:@?#.<>\"]+)+(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE
)
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def checked(text: str, kind: str, *, name: str) -> str:
    """The text as it will be kept; empty stays empty. Raises InvalidInput, with the field in ``details``."""
    shown = _tidy(text, kind)
    longest = LONGEST.get(kind, LONGEST_LINE)
    if len(shown) > longest:
        raise _wrong(name, f"This is too long: {len(shown)} characters; {longest} is the most.")
    message = _RULES.get(kind, _words)(shown) if shown else ""
    if message:
        raise _wrong(name, message)
    return shown.upper() if kind == COUNTRY else shown


def check_period(start: str, end: str, *, name: str) -> None:
    """Raises InvalidInput for a time that ends before it begins; years without a month are compared as years."""
    length = min(len(start), len(end))
    if length and end[:length] < start[:length]:
        raise _wrong(name, f"The end, {end}, is before the beginning, {start}.")


def _wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(message, details={"field": name})


def _tidy(text: str, kind: str) -> str:
    plain = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\t", " "))
    if kind == TEXT:
        return "\n".join(line.rstrip() for line in plain.strip().split("\n"))
    return " ".join(plain.split())


def _words(text: str) -> str:
    """What would be kept out of matching if a file said it is not taken by hand either."""
    document = Document(text, (Line(text, 0),), "txt")
    reason = next((concern.reason for concern in with_concerns(document).concerns), "")
    return f"This cannot be kept: {reason}. Write what you have done, in your own words." if reason else ""


def _date(text: str) -> str:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text)
    if match is None or (match[2] and not 1 <= int(match[2]) <= 12):
        return "Write a year, or a year and a month: 2019 or 2019-03. Leave the end empty for a current position."
    if not _EARLIEST <= int(match[1]) <= date.today().year + _AHEAD:
        return f"The year {match[1]} cannot be right."
    return ""


def _email(text: str) -> str:
    return "" if _EMAIL.fullmatch(text) else "This is no e-mail address; one looks like name@example.com."


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    plausible = 6 <= len(digits) <= 15 and re.fullmatch(r"[+\d(][\d\s()./-]*", text)
    if not plausible:
        return "This is no phone number; one looks like +49 30 901820."
    if text.startswith("+"):
        try:
            known = phonenumbers.is_possible_number(phonenumbers.parse(text))
        except phonenumbers.NumberParseException:
            known = False
        return "" if known else "No such phone number can exist: look at the country code and the number of digits."
    return ""


def _url(text: str) -> str:
    return "" if _URL.fullmatch(text) else "This is no web address; one looks like https://example.com/me."


def _country(text: str) -> str:
    known = text.upper() in phonenumbers.SUPPORTED_REGIONS
    return "" if known else "Write the country in two letters, as in DE, FR or GB."


_RULES = {DATE: _date, EMAIL: _email, PHONE: _phone, URL: _url, COUNTRY: _country}
