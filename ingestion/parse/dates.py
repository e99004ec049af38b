"""Dates and date ranges as people write them in nine languages; the words are in data/words/dates.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from ingestion.parse.pieces import Piece
from ingestion.parse.wordlists import either, fold, read_words
from ingestion.values import Span

_WORDS = read_words("dates")
_MONTHS = {fold(word): number for number in range(1, 13) for word in _WORDS[str(number)]}
_NAMES = either(word for number in range(1, 13) for word in _WORDS[str(number)])
_PRESENT = either(_WORDS["present"])
_JOINERS = either(_WORDS["between"])
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DASH = r"[-–—−‒~➔→⇒>]"
_TOKEN = re.compile(
    rf"""(?:(?<![\w/.@])|(?<=\b(?:19|20)\d\d/))(?:
      (?P<iso_year>{_YEAR})[-/.](?P<iso_month>0[1-9]|1[0-2])(?:[-/.](?:[0-2]\d|3[01]))?(?![\d/])
    | (?:[0-3]?\d(?P<sign>[/.-])(?={_MONTH}\s?(?P=sign)))?(?P<num_month>{_MONTH})\s?[/.-]\s?(?P<num_year>{_YEAR})
    | (?:[0-3]?\d(?:\.|st|nd|rd|th|er|[ºª°])?\s*(?:de\s+|d[’'])?)?(?P<name>{_NAMES})\b(?:\.?,?\s*|[/-])
      (?:[0-3]?\d(?:st|nd|rd|th)?,\s+)?(?:(?:de|del|of)\s+)?(?:(?P<name_year>{_YEAR})|['’]?(?P<short_year>(?<=['’/-])\d\d)\b)
    | (?:{either(_WORDS["season"])})\s+(?P<term_year>{_YEAR})(?:\s?[/–-]\s?(?P<term_end>\d\d(?:\d\d)?)(?![\d/.-]))?
    | (?:(?:Q|T)[1-4]|[1-4](?:Q|T)|[1-4]\.\s?(?:Quartal|Semester))[\s/-]*(?P<year_of_part>{_YEAR})
    | (?P<year>{_YEAR})(?=\D|$)
    | (?P<short_month>0[1-9]|1[0-2])[/.](?P<short_after>\d\d)(?![\d/.])
    | (?<={_YEAR}[-–/])(?P<end_year>\d\d)(?![\d/.-])
    | (?P<bare_number>{_MONTH})(?=\s*[-–—]\s*{_MONTH}\s?[/.]\s?{_YEAR})
    | (?P<bare>{_NAMES})\b\.?(?=\s*(?:[-–—/]|{_JOINERS})\s*(?:{_NAMES})\b)
    | (?P<present>{_PRESENT})
    )(?:(?:\s?(?:r\.|roku)|(?=\W|$))(?![\w@])|(?<=\d)(?-i:(?=[A-ZÀ-Þ][a-zß-ÿ])))""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN = re.compile(rf"\s*(?:{_DASH}|/)*\s*(?:(?<!\w)(?:{_JOINERS}))?\s*", re.IGNORECASE)
_OPEN_END = re.compile(r"\s*[-–—➔→]\s*(?=$|[\t\n)\]|,])")
_SINCE = re.compile(rf"(?<!\w)(?:{either(_WORDS['since'])})\s*$", re.IGNORECASE)
_FROM = re.compile(rf"(?<!\w)(?:{either(_WORDS['from'])})\s*$", re.IGNORECASE)
_UNTIL = re.compile(rf"(?<!\w)(?:{either(_WORDS['until'])})\s*$", re.IGNORECASE)
_YEARS, _MONTHS_LONG = either(_WORDS["years"]), either(_WORDS["months"])
_DURATION = re.compile(
    rf"\s*[·(,|]?\s*\b\d{{1,2}}\+?\s*(?:{_YEARS})\b(?:\s*,?\s*(?:and\s+|und\s+|et\s+|y\s+|e\s+|i\s+)?\d{{1,2}}\s*\w{{2,8}}\b)?\)?"
    rf"|\s*[·(,|]?\s*\b\d{{1,2}}\s*(?:{_MONTHS_LONG})\b\)?",
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
    return _MONTHS.get(fold(name.rstrip(".")), 0)


def find_periods(piece: Piece) -> list[Period]:
    """Every date or range in the piece, from left to right."""
    return list(_periods(piece))


@lru_cache(maxsize=2048)  # one line is asked for its dates many times
def _periods(piece: Piece) -> tuple[Period, ...]:
    if not any(sign.isdigit() for sign in piece.text):
        return ()
    tokens = list(_TOKEN.finditer(piece.text))
    periods: list[Period] = []
    i = 0
    while i < len(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if tokens[i]["present"]:
            i += 1
        elif following is not None and _makes_a_range(piece, tokens[i], following):
            periods.append(_range(piece, tokens[i], following))
            i += 2
        else:
            periods += _single(piece, tokens[i])
            i += 1
    return tuple(periods)


def _makes_a_range(piece: Piece, first: re.Match[str], second: re.Match[str]) -> bool:
    """Something that joins stands between them; "until now" joins by itself, and short forms need a partner alike."""
    between = piece.text[first.end() : second.start()]
    if not _BETWEEN.fullmatch(between):
        return False
    if not between.strip():
        if between == " " and _rises(first, second):
            return True
        return (bool(second["present"]) and " " in second[0]) or (second["end_year"] is not None)
    return not first["short_month"] or bool(second["short_month"] or second["present"])


def _rises(first: re.Match[str], second: re.Match[str]) -> bool:
    """``January 2012 March 2019``: two dates of one form with nothing but a space between them, the later one second."""
    if second["present"]:
        return bool(first["name"] and first["name_year"])
    forms = ("iso_year", "num_year", "name_year", "year")
    return any(first[form] and second[form] for form in forms) and _value(first) < _value(second)


def _moment(piece: Piece, token: re.Match[str], year: str = "", *, is_end: bool = False) -> Moment:
    span = Span(piece.start + token.start(), piece.start + token.end())
    return Moment(_value(token, year, is_end=is_end), span)


def _value(token: re.Match[str], year: str = "", *, is_end: bool = False) -> str:
    if token["iso_year"]:
        return f"{token['iso_year']}-{token['iso_month']}"
    if token["num_year"]:
        return f"{token['num_year']}-{int(token['num_month']):02}"
    if token["name"]:
        return f"{token['name_year'] or _in_full(token['short_year'])}-{_month(token['name']):02}"
    if token["short_month"]:
        return f"{_in_full(token['short_after'])}-{token['short_month']}"
    if token["end_year"]:
        return year[:2] + token["end_year"]
    if token["bare"] or token["bare_number"]:
        return f"{year}-{_month(token['bare']) if token['bare'] else int(token['bare_number']):02}"
    if token["term_year"]:
        end = token["term_end"] or ""
        return (token["term_year"][: 4 - len(end)] + end) if is_end and end else token["term_year"]
    return token["year_of_part"] or token["year"]


def _in_full(short: str) -> str:
    return ("20" if int(short) < 50 else "19") + short


def _range(piece: Piece, first: re.Match[str], second: re.Match[str]) -> Period:
    lead = _FROM.search(piece.text, 0, first.start()) or _SINCE.search(piece.text, 0, first.start())
    span = _with_duration(piece, lead.start() if lead else first.start(), second.end())
    if second["present"]:
        return Period(_moment(piece, first), None, span, is_range=True, is_current=True)
    end = _moment(piece, second, _value(first)[:4], is_end=True)
    return Period(_moment(piece, first, end.value[:4]), end, span, is_range=True)


def _single(piece: Piece, token: re.Match[str]) -> list[Period]:
    since = _SINCE.search(piece.text, 0, token.start())
    after = _OPEN_END.match(piece.text, token.end())
    is_open = bool(since or after)
    if token["bare"] or token["bare_number"] or (token["short_month"] and not is_open):
        return []
    lead = since or _UNTIL.search(piece.text, 0, token.start())
    span = _with_duration(piece, lead.start() if lead else token.start(), after.end() if after else token.end())
    if token["term_end"]:
        return [Period(_moment(piece, token), _moment(piece, token, is_end=True), span, is_range=True)]
    return [Period(_moment(piece, token), None, span, is_range=is_open, is_current=is_open)]


def _with_duration(piece: Piece, start: int, end: int) -> Span:
    """The span also covers what only repeats the range, such as ``(2 years 3 months)``, and brackets around it."""
    duration = _DURATION.match(piece.text, end)
    end = duration.end() if duration else end
    before, after = piece.text[:start].rstrip(" "), piece.text[end:].lstrip(" ")
    if before.endswith(("(", "[")) and after.startswith((")", "]")):
        start, end = len(before) - 1, len(piece.text) - len(after) + 1
    return Span(piece.start + start, piece.start + end)


def is_duration(text: str) -> bool:
    """Whether the text is nothing but a length of time."""
    return bool(_DURATION.fullmatch(text.strip()))
