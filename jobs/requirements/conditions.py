"""Reads the conditions of a job where its text says them: kind of employment, where the work is done, and pay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from jobs.requirements.segments import Part, Segment
from jobs.requirements.values import EmploymentSaid, PaySaid, WorkplaceSaid
from jobs.values import PERIODS_PER_YEAR

_INTERN_TITLE = re.compile(
    r"\b(?:intern(?:ship)?|praktik(?:um|ant\w*)|stagiaire|stage de|becari[oa]|prácticas|werkstudent\w*|"
    r"(?:student|industrial) placement)\b",
    re.IGNORECASE,
)
# Of several that a text says, the first here counts; full and part time side by side are no answer.
_EMPLOYMENT = tuple(
    (kind, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for kind, words in (
        (
            "internship",
            r"(?:this|our|paid|summer|\w+[- ](?:month|week)s?) internship\b|internship (?:position|programme|program)\b|"
            r"(?:pflicht)?praktikum\b|stage de \d|contrato de prácticas",
        ),
        ("contract", r"(?:inside|outside) ir35|freelance (?:basis|contract|role|position)|day rate contract|contract role\b"),
        (
            "part_time",
            r"part[- ]time\b(?! (?:study|student|degree|mba|course))|teilzeit|temps partiel|media jornada|tiempo parcial",
        ),
        (
            "full_time",
            r"full[- ]time\b(?! (?:study|student|degree|education|course))|vollzeit|temps (?:plein|complet)|"
            r"jornada completa|tiempo completo",
        ),
        (
            "temporary",
            r"fixed[- ]term\b|temporary (?:contract|position|role|post)|maternity cover|befristet|CDD\b|contrato temporal",
        ),
    )
)  # fmt: skip
_BOTH_TIMES = frozenset({"part_time", "full_time"})

# Of several that a text says, the first here counts: days at home make a remote sentence a hybrid one.
_WORKPLACES = tuple(
    (place, re.compile(words, re.IGNORECASE))
    for place, words in (
        (
            "hybrid",
            r"\bhybrid[- ](?:work\w*|role|position|model|office|remote|set-?up|arrangement)|\bhybrid\b(?=\W*$)|"
            r"\b(?:one|two|three|four|\d)(?: days?)?(?: (?:a|per|each) week)? (?:in (?:the|our) office|from home|remote\w*|"
            r"on[- ]site)|\bteilweise (?:im )?home ?office",
        ),
        (
            "on_site",
            r"\b(?:not|no) (?:a )?remote\b|\bremote work(?:ing)? is not\b|\b(?:fully|100 ?%|only) on[- ]site\b|"
            r"\bon[- ]site (?:role|position|only|job|work\b)|\boffice[- ]based\b|\bkein home ?office\b|\btravail sur site\b",
        ),
        (
            "remote",
            r"\b(?:fully|100 ?%|completely|entirely) remote\b|\bremote[- ]first\b|\bremote(?:ly)? (?:role|position|job|work\w*|"
            r"within|from|across|in)\b|\bwork(?:ing)? (?:remotely|from home|from anywhere)\b|\bhome[- ]based (?:role|job)\b|"
            r"\b(?:100 ?%|komplett|vollständig) (?:im )?home ?office\b|\b(?:100 ?% )?télétravail\b|\bteletrabajo\b|"
            r"^\W*remote\W*$|\blocation:? remote\b",
        ),
    )
)

_CURRENCIES = {"£": "GBP", "€": "EUR", "$": "USD", "euro": "EUR", "euros": "EUR"}
_SIGN = r"(?P<{0}>[£€$]|(?:EUR|GBP|USD|CHF|euros?)\b)"
_AMOUNT = r"(?P<{0}>\d{{1,3}}(?:[.,' ]\d{{3}})+(?:[.,]\d{{2}})?|\d+(?:[.,]\d{{1,2}})?)\s?(?P<{0}_k>k\b)?"
_ANY_SIGN = re.compile(_SIGN.format("sign"), re.IGNORECASE)
_PAY = re.compile(
    rf"(?:{_SIGN.format('sign1')}\s?|(?<![\w.,]))" + _AMOUNT.format("low") + rf"(?:\s?{_SIGN.format('sign2')})?"
    rf"(?:\s?(?:-|–|—|to|bis|à|a|and|und)\s?(?:{_SIGN.format('sign3')}\s?)?"
    + _AMOUNT.format("high")
    + rf"(?:\s?{_SIGN.format('sign4')})?)?"
    r"(?:\s?(?:gross|brutto|bruts?|brutos?)\b)?"
    r"\s?(?:(?:per|an?|/|pro|im|par|por|al|p\.)\s?(?P<period>annum|year|month|week|day|hour|jahr|monat|woche|tag|stunde|an|"
    r"mois|jour|heure|año|mes|día|hora|a\.|h\b|hr\b|yr\b)|"
    r"(?P<adverb>annually|yearly|monthly|hourly|daily|weekly|jährlich|monatlich))?",
    re.IGNORECASE,
)
_PERIODS = {
    "YEAR": "annum year jahr an año a. yr annually yearly jährlich",
    "MONTH": "month monat mois mes monthly monatlich",
    "WEEK": "week woche weekly",
    "DAY": "day tag jour día daily",
    "HOUR": "hour stunde heure hora h hr hourly",
}
_PERIOD_OF = {word: period for period, words in _PERIODS.items() for word in words.split()}
_PAY_CUE = re.compile(
    r"\b(?:salary|salaries|pay\b|paid|remuneration|compensation|earn(?:ings)?|wage|rate\b|gehalt|vergütung|verdienst|lohn|"
    r"rémunération|salaire|salario|retribución|sueldo)",
    re.IGNORECASE,
)
# What is paid on top, or by others, is not the pay.
_NOT_PAY = re.compile(
    r"\b(?:bonus|budget|turnover|revenue|allowance|voucher|referral|funding|sponsorship|fee\b|pension|umsatz|expenses|"
    r"relocation|discount|insurance|million|\d ?m\b|billion)",
    re.IGNORECASE,
)
_LEAST_PER_YEAR, _MOST_PER_YEAR = 6_000, 900_000


def employment(title: str, segments: Iterable[Segment]) -> EmploymentSaid | None:
    """The kind of employment; without a place in the text where only the title says it. None where two are said."""
    if _INTERN_TITLE.search(title):
        return EmploymentSaid("internship")
    found: dict[str, EmploymentSaid] = {}
    for segment in segments:
        if segment.part is not Part.ABOUT:
            for kind, words in _EMPLOYMENT:
                match = words.search(segment.text)
                if match:
                    start, end = segment.start + match.start(), segment.start + match.end()
                    found.setdefault(kind, EmploymentSaid(kind, start, end))
    if found.keys() >= _BOTH_TIMES:
        found = {kind: said for kind, said in found.items() if kind not in _BOTH_TIMES}
    return next((found[kind] for kind, _ in _EMPLOYMENT if kind in found), None)


def workplace(segments: Iterable[Segment]) -> WorkplaceSaid | None:
    """Remote, hybrid or on site, as the text says first; None where it does not."""
    for segment in segments:
        if segment.part in (Part.ABOUT, Part.NICE):
            continue
        for place, words in _WORKPLACES:
            match = words.search(segment.text)
            if match:
                return WorkplaceSaid(place, segment.start + match.start(), segment.start + match.end())
    return None


def pay(segments: Iterable[Segment]) -> PaySaid | None:
    """The first amount of money that is said to be the pay, and that somebody could live on."""
    return next((said for segment in segments if segment.part is not Part.ABOUT for said in _pays(segment)), None)


def _pays(segment: Segment) -> Iterator[PaySaid]:
    if not _ANY_SIGN.search(segment.text):
        return
    for match in _PAY.finditer(segment.text):
        around = segment.text[max(0, match.start() - 60) : match.end() + 25]
        period = _PERIOD_OF.get((match["period"] or match["adverb"] or "").lower(), "")
        sign = next((match[name] for name in ("sign1", "sign2", "sign3", "sign4") if match[name]), "").lower()
        if not sign or _NOT_PAY.search(around) or not (period or _PAY_CUE.search(segment.text[: match.start()])):
            continue
        low, high = _amounts(match)
        period = period or _likely_period(low)
        if _is_plausible(low, high, period):
            start, end = segment.start + match.start(), segment.start + len(segment.text[: match.end()].rstrip())
            yield PaySaid(str(low), str(high or low), _CURRENCIES.get(sign, sign.upper()), period, start, end)


def _amounts(match: re.Match[str]) -> tuple[Decimal, Decimal | None]:
    """Both bounds; the k of "30-40k" counts for both."""
    high = _number(match["high"], bool(match["high_k"])) if match["high"] else None
    low = _number(match["low"], bool(match["low_k"]))
    return (low * 1000 if match["high_k"] and low < 1000 else low), high


def _number(text: str, thousands: bool) -> Decimal:
    """1.234,56 and 1,234.56 alike: the last sign before one or two digits parts the cents."""
    whole, cents = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", text.replace(" ", "").replace("'", "")).groups()  # type: ignore[union-attr]
    number = Decimal(re.sub(r"[.,]", "", whole) + (f".{cents}" if cents else ""))
    return number * 1000 if thousands else number


def _likely_period(amount: Decimal) -> str:
    """Where none is said: nobody gives an hour's pay in thousands."""
    if amount >= _LEAST_PER_YEAR * 2:
        return "YEAR"
    return "MONTH" if amount >= 800 else "HOUR"


def _is_plausible(low: Decimal, high: Decimal | None, period: str) -> bool:
    times = PERIODS_PER_YEAR[period]
    return _LEAST_PER_YEAR <= low * times <= _MOST_PER_YEAR and (high is None or low <= high <= 4 * low)
