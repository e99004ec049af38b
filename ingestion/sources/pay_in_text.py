"""The pay that an advertisement names in its text, for services that have no field for it."""

from __future__ import annotations

import re

from ingestion.sources.wording import pay_of
from jobs.values import Pay

_SIGN = r"(?:US\$|CA\$|C\$|A\$|[$£€]|\b(?:USD|CAD|AUD|GBP|EUR|CHF)\b)"
_SIGNS = ("$", "£", "€", "USD", "CAD", "AUD", "GBP", "EUR", "CHF")  # one of them is in all that _SIGN finds
_AMOUNT = rf"(?:{_SIGN}\s?)?\d[\d.,]*\d\s?[kK]?(?:\s?{_SIGN})?"
_RANGE = re.compile(rf"{_AMOUNT}(?:\s?/?\s?(?:per )?(?:year|hour|yr|hr))?\s*(?:-|–|—|to|and|bis)\s*{_AMOUNT}")
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_FROM_TEXT = "pay found in the text"
_ABOUT_PAY = re.compile(
    r"salar|\bpay\b|\bpaid\b|compensation|wage|remuneration|\brate\b|\bOTE\b|gehalt|vergütung", re.IGNORECASE
)
# "a bonus of $5,000 to $10,000" is not what somebody is paid.
_BESIDES_PAY = re.compile(
    r"bonus|sign-on|relocation|stipend|revenue|budget|funding|allowance|reimburs|equity of", re.IGNORECASE
)


def pay_in_text(text: str, *, country: str = "") -> tuple[Pay | None, tuple[str, ...]]:
    """The first range of amounts with a currency in a sentence about pay; None where there is none.

    Only ranges: a single amount in a text is as often a bonus or a turnover. ``country`` says which dollar is meant.
    """
    if not any(sign in text for sign in _SIGNS):
        return None, ()
    for match in _RANGE.finditer(text):
        before = _SENTENCE_END.split(text[max(0, match.start() - 160) : match.start()])[-1]
        after = _SENTENCE_END.split(text[match.end() : match.end() + 40])[0]
        words = _BESIDES_PAY.split(before)[-1]
        if _ABOUT_PAY.search(words) and re.search(_SIGN, match[0]):
            pay, repairs = pay_of(f"{re.sub(r'[0-9]', '', words)} {match[0]} {after}", country=country)
            if pay and pay.minimum != pay.maximum:
                return pay, (*repairs, _FROM_TEXT)
    return None, ()
