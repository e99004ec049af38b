"""Pay in free words ("£60K - £75K", "45.000 € – 52.000 € pro Jahr") as amounts, currency and period."""

from __future__ import annotations

import re
from decimal import Decimal

from ingestion.sources import clean
from jobs.values import Pay

_SIGNS = {
    "$": "USD", "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "SG$": "SGD", "S$": "SGD",
    "HK$": "HKD", "MX$": "MXN", "NT$": "TWD", "R$": "BRL", "£": "GBP", "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "₹": "INR",
    "RS": "INR", "¥": "JPY", "CN¥": "CNY", "₩": "KRW", "₪": "ILS", "₺": "TRY", "₴": "UAH", "₽": "RUB", "₱": "PHP", "₦": "NGN",
    "฿": "THB", "₫": "VND", "KČ": "CZK", "ZŁ": "PLN", "ZL": "PLN", "FT": "HUF", "LEI": "RON", "FR": "CHF",
}  # fmt: skip
# Currencies that postings name by code; all of ISO 4217 would read "all", "top" and "try" as money.
_CODES = (
    "USD EUR GBP CAD AUD NZD CHF SEK NOK DKK PLN CZK HUF RON BGN INR JPY CNY KRW SGD HKD TWD ILS TRY UAH BRL MXN COP CLP ARS ZAR "
    "NGN KES EGP AED SAR QAR PHP THB VND IDR MYR PKR RUB"
).split()
# The currency of "$" where the source says in which country the job is.
_DOLLARS = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"}
_SCALES = {"K": 1000, "TSD": 1000, "M": 1_000_000, "LPA": 100_000, "LAKH": 100_000, "LAKHS": 100_000}
# Nobody is paid less than this for a year, and hardly anybody more for an hour.
HOURLY_BELOW = 250
_YEARLY_FROM = 1000

_CODE = "|".join(_CODES)
_DOLLAR = r"(?:\b(?:US|CA|AU|NZ|SG|HK|MX|NT|CN|[CASR])\s?)?[$¥]"
_SIGN = rf"(?:\b(?:{_CODE})\s?)?(?:{_DOLLAR}|[£€₹₩₪₺₴₽₱₦฿₫])|\b(?:{_CODE}|KČ|RS|FR)\b\.?"
_BEHIND = rf"(?:{_SIGN}|\b(?:ZŁ|ZL|FT|LEI|EUROS?)\b)(?!\s?\d)(?:\s?\b(?:{_CODE})\b)?"
_DIGITS = r"(?:\d{1,3}(?:[.,\s'’]\d{2,3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)(?![\d])"
_PER = r"\s*(?:/|PER\b|AN?\b|P\.)\s?[A-Z]+\b\.?"


def _amount(number: int) -> str:
    scale = rf"(?:\s?(?P<scale{number}>{'|'.join(_SCALES)})\b\.?)?"
    return rf"(?P<before{number}>{_SIGN})?\s?(?<![\d.,])(?P<digits{number}>{_DIGITS}){scale}(?:\s?(?P<behind{number}>{_BEHIND}))?"


_TO = r"\s*(?:[-–—~]|TO\b|BIS\b|UND\b|AND\b|À|\.{2,3}|…)\s*(?:UP TO\s*|BIS ZU\s*)?"
_RANGE = re.compile(rf"{_amount(1)}(?:(?:{_PER})?{_TO}{_amount(2)})?(?P<more>\+)?")
_NO_AMOUNT = re.compile(
    r"\s*(?:%|PERCENT\b|-?(?:HOUR|HR|H|STD|STUNDE|DAY|TAG|WEEK|WOCHE|MONTH|MONAT|YEAR|YR|JAHR)(?:S|E|N|EN)?\b)"
)
_EACH = re.compile(_PER)
_UP_TO = re.compile(r"(?:UP TO|MAX(?:IMUM)?\.?|BIS(?: ZU)?|JUSQU'À|HASTA|UNDER|BELOW)[\s:]*$")
_FROM = re.compile(r"(?:FROM|MIN(?:IMUM)?\.?|AB|À PARTIR DE|DESDE|STARTING(?: AT| FROM)?|OVER|ABOVE|AT LEAST)[\s:]*$")
_PERIODS = (
    ("HOUR", r"HOUR|\bHR\b|/\s?H\b|STUNDE|\bSTD\b|HEURE|\bHORA\b|\bPH\b|P\.H"),
    ("DAY", r"\bDAY|DAILY|\bTAG\b|\bTÄGLICH|\bJOUR\b|\bDÍA\b|\bPD\b|/\s?D\b"),
    ("WEEK", r"WEEK|WOCHE|SEMAINE|SEMANA|/\s?W\b|\bPW\b"),
    ("MONTH", r"MONTH|MONAT|\bMOIS\b|\bMES\b|/\s?MO?\b|\bPCM\b|\bP\.?M\b|MENSUEL|MENSUAL"),
    ("YEAR", r"YEAR|ANNU|JAHR|(?:PAR|/)\s?AN\b|\bAÑO\b|\bYR\b|\bP\.?\s?A\b|/\s?Y\b|LPA"),
)
_PERIOD_PATTERNS = tuple((name, re.compile(words)) for name, words in _PERIODS)


def pay_of(text: str, *, country: str = "") -> tuple[Pay | None, tuple[str, ...]]:
    """The first amount or range of a text about pay, and what was mended; None where it names no amount.

    ``country`` (ISO 3166-1 alpha-2) decides which dollar "$" is. Of numbers without a currency only those count that
    are large enough for pay. A period that is not said is a year, or an hour for amounts that can only be that.
    """
    wording = " ".join(text[:2000].upper().split())
    found = _money(wording)
    if found is None:
        return None, ()
    low, high = _bounds(wording, found)
    repairs: tuple[str, ...] = ()
    # What is said behind the amount counts first: "annual pay: $18 per hour".
    period = _period(wording[found.start() :]) or _period(wording)
    if not period and (high or low or 0) < HOURLY_BELOW:
        period, repairs = "HOUR", ("salary period guessed",)
    pay, mended = clean.pay(low, high, _currency(found, country), period or "YEAR")
    return pay, (*repairs, *mended) if pay else ()


def _money(wording: str) -> re.Match[str] | None:
    """The first amount with a currency, or else the first number that can be pay."""
    found = list(_RANGE.finditer(wording))
    with_currency = next((match for match in found if _currency(match)), None)
    if with_currency or re.search(r"\b0\d{3}", wording):  # without a currency, that is a telephone number
        return with_currency
    return next((match for match in found if _may_be_pay(wording, match)), None)


def _may_be_pay(wording: str, match: re.Match[str]) -> bool:
    if _NO_AMOUNT.match(wording, match.end()) or match["digits1"] == "401":  # 37.5 hours; the pension plan 401(k)
        return False
    _low, high = _amounts(match)
    said = _EACH.match(wording, match.end())
    return high >= _YEARLY_FROM or bool(said and _period(said[0]))


def _bounds(wording: str, match: re.Match[str]) -> tuple[Decimal | None, Decimal | None]:
    low, high = _amounts(match)
    before = wording[: match.start()]
    if match["digits2"]:
        return low, high
    if _UP_TO.search(before):
        return None, high
    return (low, None) if match["more"] or _FROM.search(before) else (low, high)


def _amounts(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    """Both ends; twice the same where there is one. In "60 - 75K" the thousands are said once for both."""
    low = _value(match["digits1"], match["scale1"])
    if not match["digits2"]:
        return low, low
    high = _value(match["digits2"], match["scale2"])
    if match["scale2"] and not match["scale1"] and low < _YEARLY_FROM:
        low *= _SCALES[match["scale2"]]
    return low, high


def _value(digits: str, scale: str | None) -> Decimal:
    plain = re.sub(r"[\s'’]", "", digits)
    if scale and re.fullmatch(r"\d+[.,]\d+", plain):  # "41.760K" has a fraction
        return Decimal(plain.replace(",", ".")) * _SCALES[scale]
    whole, _mark, fraction = plain.replace(",", ".").rpartition(".")
    if not whole or len(fraction) > 2:
        whole, fraction = whole + fraction, "0"
    return Decimal(f"{whole.replace('.', '')}.{fraction}") * _SCALES.get(scale or "", 1)


def _currency(match: re.Match[str], country: str = "") -> str:
    signs = [match[name] for name in ("before1", "behind1", "before2", "behind2") if match[name]]
    code = next((code for sign in signs for code in re.findall(_CODE, sign)), "")
    if code or not signs:
        return code
    sign = signs[0].replace(" ", "").rstrip(".")
    return _DOLLARS.get(country, "USD") if sign == "$" else _SIGNS.get(sign, _SIGNS.get(sign[-1], ""))


def _period(wording: str) -> str:
    """The period that is named first."""
    found = [(match.start(), name) for name, pattern in _PERIOD_PATTERNS if (match := pattern.search(wording))]
    return min(found)[1] if found else ""
