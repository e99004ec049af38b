"""Dates and date ranges as people write them in nine languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from ingestion.parse.pieces import Piece
from ingestion.values import Span

_MONTH_WORDS = (
    "jan january januar jänner janvier enero ene gennaio gen janeiro januari stycznia styczeń sty ianuarie ian janv",
    "feb february februar février fév févr febrero febbraio fevereiro fev februari lutego luty lut februarie",
    "mar march märz mrz mars marzo março maart mrt marca marzec martie maerz",
    "apr april avril avr abril abr aprile kwietnia kwiecień kwi aprilie",
    "may mai mayo maggio mag maio mei maja maj",
    "jun june juni juin junio giugno giu junho czerwca czerwiec cze iunie iun",
    "jul july juli juillet juil julio luglio lug julho lipca lipiec lip iulie iul",
    "aug august août aout agosto ago augustus sierpnia sierpień sie",
    "sep sept september septembre septiembre settembre set setembro września wrzesień wrz septembrie",
    "oct october oktober okt octobre octubre ottobre ott outubro out października październik paź octombrie",
    "nov november novembre noviembre novembro listopada listopad lis noiembrie noi",
    "dec december dezember dez décembre déc diciembre dic dicembre dezembro grudnia grudzień gru decembrie",
)
_PRESENT_WORDS = (
    "present|current|currently|now|today|ongoing|to date|till date|until now|till now|heute|jetzt|aktuell|laufend|dato|"
    "présent|aujourd['’]hui|actuel|en cours|actualidad|presente|actual|actualmente|hoy|oggi|attuale|in corso|atual|hoje|"
    "heden|nu|obecnie|teraz|nadal|prezent|în prezent|in prezent|curent"
)


def _fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


_MONTHS = {_fold(word): number for number, row in enumerate(_MONTH_WORDS, 1) for word in row.split()}
_PRESENT = _PRESENT_WORDS.replace(" ", r"\s")
_NAMES = "|".join(sorted({w for row in _MONTH_WORDS for w in row.split()}, key=len, reverse=True))
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_TOKEN = re.compile(
    rf"""(?<![\w/.@])(?:
      (?P<iso_year>{_YEAR})[-/.](?P<iso_month>0[1-9]|1[0-2])(?:[-/.](?:[0-2]\d|3[01]))?(?![\d/])
    | (?:[0-3]?\d[/.-])?(?P<num_month>0?[1-9]|1[0-2])\s?[/.-]\s?(?P<num_year>{_YEAR})
    | (?:[0-3]?\d(?:\.|st|nd|rd|th)?\s+(?:de\s+)?)?(?P<name>{_NAMES})\b\.?,?\s*(?:[0-3]?\d(?:st|nd|rd|th)?,\s+)?
      (?:(?:de|del|of)\s+)?(?:(?P<name_year>{_YEAR})|['’](?P<short_year>\d\d)\b)
    | (?:(?:spring|summer|autumn|fall|winter|frühjahr|sommer|herbst|été|hiver)\s+)?(?P<year>{_YEAR})
    | (?P<short_month>0[1-9]|1[0-2])/(?P<short_after>\d\d)(?=\s*[-–—]\s*(?:(?:0[1-9]|1[0-2])/\d\d\b|{_PRESENT}))
    | (?<=\d\d/\d\d\s[-–—]\s)(?P<end_month>0[1-9]|1[0-2])/(?P<end_short>\d\d)
    | (?<={_YEAR}[-–/])(?P<end_year>\d\d)(?![\d/.-])
    | (?P<bare>{_NAMES})\b\.?(?=\s*(?:-|–|—|to|bis|a)\s*(?:{_NAMES})\b)
    | (?P<present>{_PRESENT})
    )(?![\w@])""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN = re.compile(
    r"\s*(?:[-–—−‒~➔→⇒>/]+|to|until|till|through|bis|à|au|jusqu['’]à|hasta|al|a|até|ao|fino a|tot|t/m|do|până la|pana la)\s*",
    re.IGNORECASE,
)
_OPEN_END = re.compile(r"\s*[-–—➔→]\s*(?=$|[\t\n)|,])")
_SINCE = re.compile(r"(?:since|from|seit|ab|depuis|desde|dal|da|sinds|vanaf|od|din)\s*$", re.IGNORECASE)
_DURATION = re.compile(
    r"\s*[·(,|]?\s*\b\d{1,2}\+?\s*(?:years?|yrs?|yr|jahre?|ans?|años?|anni|anos)\b(?:\s*,?\s*(?:and\s+)?\d{1,2}\s*\w{2,8}\b)?\)?"
    r"|\s*[·(,|]?\s*\b\d{1,2}\s*(?:months?|mos?|monate?|mois|meses|mesi)\b\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as ``YYYY-MM`` or ``YYYY``, with its place."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Period:
    """A range, or a single date when ``is_range`` is false; a current one has no end."""

    start: Moment
    end: Moment | None
    span: Span
    is_range: bool
    is_current: bool = False


@cache
def _month(name: str) -> int:
    return _MONTHS.get(_fold(name.rstrip(".")), 0)


def find_periods(piece: Piece) -> list[Period]:
    """Every date or range in the piece, from left to right."""
    tokens = list(_TOKEN.finditer(piece.text))
    periods: list[Period] = []
    i = 0
    while i < len(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        joined = following is not None and _BETWEEN.fullmatch(piece.text, tokens[i].end(), following.start())
        if tokens[i]["present"]:
            i += 1
        elif joined and following is not None:
            periods.append(_range(piece, tokens[i], following))
            i += 2
        else:
            periods += _single(piece, tokens[i])
            i += 1
    return periods


def _moment(piece: Piece, token: re.Match[str], year: str = "") -> Moment:
    span = Span(piece.start + token.start(), piece.start + token.end())
    return Moment(_value(token, year), span)


def _value(token: re.Match[str], year: str = "") -> str:
    if token["iso_year"]:
        return f"{token['iso_year']}-{token['iso_month']}"
    if token["num_year"]:
        return f"{token['num_year']}-{int(token['num_month']):02}"
    if token["name"]:
        short = token["short_year"]
        full = token["name_year"] or ("20" if int(short) < 50 else "19") + short
        return f"{full}-{_month(token['name']):02}"
    if token["short_month"] or token["end_month"]:
        short = token["short_after"] or token["end_short"]
        return f"{'20' if int(short) < 50 else '19'}{short}-{token['short_month'] or token['end_month']}"
    if token["end_year"]:
        return year[:2] + token["end_year"]
    return f"{year}-{_month(token['bare']):02}" if token["bare"] else token["year"]


def _range(piece: Piece, first: re.Match[str], second: re.Match[str]) -> Period:
    span = _with_duration(piece, first.start(), second.end())
    if second["present"]:
        return Period(_moment(piece, first), None, span, is_range=True, is_current=True)
    end = _moment(piece, second, _value(first)[:4])
    return Period(_moment(piece, first, end.value[:4]), end, span, is_range=True)


def _single(piece: Piece, token: re.Match[str]) -> list[Period]:
    if token["bare"]:
        return []
    since = _SINCE.search(piece.text, 0, token.start())
    after = _OPEN_END.match(piece.text, token.end())
    begin = since.start() if since else token.start()
    span = _with_duration(piece, begin, after.end() if after else token.end())
    is_open = bool(since or after)
    return [Period(_moment(piece, token), None, span, is_range=is_open, is_current=is_open)]


def _with_duration(piece: Piece, start: int, end: int) -> Span:
    """The span also covers what only repeats the range, such as ``(2 years 3 months)``, and brackets around it."""
    duration = _DURATION.match(piece.text, end)
    end = duration.end() if duration else end
    if piece.text[start - 1 : start] in ("(", "[") and piece.text[end : end + 1] in (")", "]"):
        start, end = start - 1, end + 1
    return Span(piece.start + start, piece.start + end)


def is_duration(text: str) -> bool:
    """Whether the text is nothing but a length of time."""
    return bool(_DURATION.fullmatch(text.strip()))
