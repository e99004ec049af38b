"""The monthly thread "Who is hiring?" of Hacker News, where a posting is a comment that begins "Company | Role | Place"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Fetch, FetchFailed, Request
from ingestion.sources import About, Item, Page, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, line, postings_of, text
from ingestion.sources.wording.gazetteer import is_continent, is_town
from jobs.values import JobPosting, Pay, Place, employment_type

_SEARCH = "https://hn.algolia.com/api/v1/search_by_date"
_THREAD = "https://hn.algolia.com/api/v1/items"
_COMMENT = "https://news.ycombinator.com/item?id="
_HIRING = re.compile(r"who is hiring", re.IGNORECASE)
# What stands between the parts; dashes and dots only where there are no bars, since names and titles have them too.
_BARS, _DASHES = re.compile(r"\s*[|¦｜]\s*"), re.compile(r"\s+[-–—•·/]+\s+")
_LONGEST_HEADER = 200
_EMPLOYMENT = re.compile(
    r"\b(?:full[ -]?time|part[ -]?time|contract(?:or|ors|ing)?|freelance|intern(?:ships?)?|permanent|temporary|FTE?|PT)\b",
    re.IGNORECASE,
)
_WORKPLACE = re.compile(
    r"\b(?:remote|on-?site|in[ -]?(?:office|person)|hybrid|wfh|work from home|distributed)\b", re.IGNORECASE
)
_ASIDE = re.compile(
    r"https?://|www\.|^[\w-]+\.[a-z]{2,}(?:/\S*)?$|\bvisas?\b|^\W*$|^(?:\W*\bequity\b\W*)$", re.IGNORECASE
)
_RAISED = re.compile(r"\bseries [a-f]\b|\brais(?:ed|ing)\b|\bfund(?:ed|ing)\b|\brevenue\b|\b[am]rr\b", re.IGNORECASE)
_MONEY = re.compile(r"[$€£₹¥₩]|\d\s?k\b|\b(?:USD|EUR|GBP|CHF|CAD|AUD)\b", re.IGNORECASE)
_OCCUPATION = re.compile(
    r"engineer|develop|programm|manager|management|design|scientist|analyst|architect|director|\blead\b|head of|devops|\bsre\b|"
    r"sales|marketing|recruit|research|administrat|consult|founder|\bc[teof]o\b|full[- ]?stack|back[- ]?end|front[- ]?end|"
    r"\bml\b|\bqa\b|support|specialist|writer|editor|teacher|nurse|\broles?\b|\bpositions?\b|multiple|various|operator|technician",
    re.IGNORECASE,
)
_BEHIND_COMPANY = re.compile(
    r"\s*[(\[](?:https?://|www\.|YC\b|[\w-]+\.[a-z]{2,}\b)[^)\]]*[)\]]|\s*https?://\S+", re.IGNORECASE
)
# More than anybody is paid in these currencies: what the company has raised.
_MOST_PER_YEAR = 2_000_000
_LARGE_CURRENCIES = {"USD", "EUR", "GBP", "CHF", "CAD", "AUD"}
# As they are written in these threads.
_PLACES = {"NYC": "New York, NY", "SF": "San Francisco, CA", "SFO": "San Francisco, CA", "DC": "Washington, DC"}
_SHORT_PLACE = re.compile(rf"\b(?:{'|'.join(_PLACES)})\b(?!,)")


@dataclass(frozen=True)
class HackerNewsSource:
    """The newest thread in one answer."""

    about: ClassVar[About] = About(
        label="Hacker News: Who is hiring?",
        home="https://news.ycombinator.com",
        summary="The comments of this month's thread, mainly on jobs in software.",
        attribution="Posted on Hacker News",
        complete=True,
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The comments of a thread, those that a search found, or a single one; answers to comments are no postings."""
        document = payloads.json_document(payload)
        if at(document, "type") == "comment":
            yield from payloads.items_of([document])
            return
        title = line(at(document, "title"))
        if title and not _HIRING.search(title):
            raise InvalidInput(f'The thread "{title[:100]}" is not one of those who are hiring.')
        shared = {"thread_created_at": document.get("created_at_i")} if isinstance(document, dict) and title else {}
        yield from payloads.items_of(payloads.listed(document, "children", "hits"), **shared)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        html = text(row.get("text")) or text(row.get("comment_text"))
        header = _header(html)
        if not html and row.get("title"):
            yield Rejected(item.position, "This is a thread and not a posting in one.")
        elif not html or row.get("deleted") is True or row.get("dead") is True:
            yield Rejected(item.position, "There is no comment, or it was deleted.")
        elif len(header) < 2 or not header[0]:
            yield Rejected(item.position, "The comment does not begin with a line of company | position | place.")
        else:
            yield from postings_of(item, _draft(row, html, header))

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        asked = {"tags": "story,author_whoishiring", "hitsPerPage": "20"}
        found = fetch(Request(_SEARCH, asked, headers=payloads.IN_FULL)).json()
        hits = at(found, "hits")
        threads = [hit for hit in (hits if isinstance(hits, list) else []) if _HIRING.search(line(at(hit, "title")))]
        if not threads:
            raise FetchFailed("The search of Hacker News knows no thread of who is hiring.")
        yield from payloads.whole(self, fetch, Request(f"{_THREAD}/{line(at(threads[0], 'objectID'))}"))


def _header(html: str) -> list[str]:
    """The parts of the first line, the company first."""
    first = next(iter(clean.plain_text(clean.safe_html(html)).split("\n")), "")
    parts = [part for part in _BARS.split(first) if part]
    if len(parts) < 2 and len(first) <= _LONGEST_HEADER:
        parts = [part for part in _DASHES.split(first) if part]
        parts = parts if len(parts) > 2 else []
    return [_BEHIND_COMPANY.sub("", parts[0]).strip(" -–—:,"), *parts[1:]] if parts else []


def _draft(row: Mapping[str, Any], html: str, header: list[str]) -> Draft:
    company, *parts = header
    rest = [part for part in parts if not (_ASIDE.search(part) or _RAISED.search(part)) or _OCCUPATION.search(part)]
    pay, paid = _pay(rest)
    rest = [part for part in rest if part != paid]
    title = _title(rest)
    others = [part for part in rest if part != title]
    workplace = wording.workplace_of(" ".join(part for part in others if _WORKPLACE.search(part)))
    kinds = [match[0] for part in others for match in _EMPLOYMENT.finditer(part)]
    number = line(row.get("id")) or line(row.get("objectID"))
    when = (row.get(name) for name in ("created_at", "created_at_i", "time", "thread_created_at"))
    return Draft(
        title=title or "Several positions",
        external_id=number,
        company=company,
        html=html,
        places=[place for part in others for place in _places(part)],
        remote=workplace == "remote",
        hybrid=workplace == "hybrid",
        employment_type=next(filter(None, map(_employment_type, kinds)), ""),
        pay=pay,
        pay_is_told=True,
        posted_at=next(filter(None, map(clean.moment, when)), None),
        url=f"{_COMMENT}{number}" if number else "",
        repairs=() if title else ("title unknown",),
    )


def _title(parts: list[str]) -> str:
    """What names an occupation, or else the first part that is neither a place nor says how one works."""
    named = next((part for part in parts if _OCCUPATION.search(part)), "")
    plain = (
        part for part in parts if not _WORKPLACE.search(part) and not _EMPLOYMENT.search(part) and not _places(part)
    )
    return named or next(plain, "")


def _places(part: str) -> list[Place]:
    """The places of a part that names one for certain: anything may be the name of some town."""
    written_out = _SHORT_PLACE.sub(lambda short: _PLACES[short[0]], _EMPLOYMENT.sub("", part))
    found = wording.places_of(written_out)
    return [place for place in found if place.country or is_continent(place.region) or is_town(place.city)]


def _pay(parts: list[str]) -> tuple[tuple[Pay | None, tuple[str, ...]], str]:
    """The pay and the part that says it."""
    for part in filter(_MONEY.search, parts):
        pay, repairs = wording.pay_of(part)
        most = pay and pay.per_year(pay.maximum or pay.minimum)
        if pay and most and (most < _MOST_PER_YEAR or pay.currency not in _LARGE_CURRENCIES):
            return (pay, repairs), part
    return (None, ()), ""


def _employment_type(word: str) -> str:
    return {"FT": "full_time", "FTE": "full_time", "PT": "part_time"}.get(word.upper()) or employment_type(word)
