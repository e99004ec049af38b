"""Jobs in a feed: RSS 2.0, RSS 1.0, Atom, or one of the XML feeds that job boards exchange."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, payloads
from ingestion.sources.assembling import Draft, line, postings_of
from ingestion.sources.labels import Values, closed_as, draft_of, field_of, places_in, values_of
from ingestion.sources.markup import inner_html, local_name, text_of, xml_tree
from ingestion.sources.webpage import COMPANY
from jobs.values import JobPosting, Place

_ENTRIES = frozenset("item entry job vacancy position offer ad listing jobad joboffer".split())
# Pictures, sound and counters of other vocabularies use names such as title and description too.
_OTHER_VOCABULARIES = re.compile(r"mrss|itunes|/slash/|wellformedweb|syndication/thread", re.IGNORECASE)
_AT = re.compile(r"(?P<title>.+)\s+(?:at|@)\s+(?P<company>\S.{0,99})")
_COLON = re.compile(r"(?P<company>[^:]{1,99}):\s+(?P<title>.+)")
# How a feed puts title and company into one line. "Nurse at Night" alone proves nothing: all its titles must fit, and
# for the second, which fits more by chance, several must and with different companies.
_STYLES = (("at", _AT, 1), ("colon", _COLON, 3))
# Nobody says all of a job in fewer characters; boards that want to be visited cut their texts.
_WHOLE_FROM = 300
_CUT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|read more|weiterlesen)\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class FeedSource:
    """Reads one feed, and finds the company in titles where the feed puts it there."""

    about: ClassVar[About] = About(
        label="Feed (RSS, Atom, XML)",
        home="https://www.rssboard.org/rss-specification",
        summary="A feed of jobs in RSS or Atom, or the XML that boards such as Indeed take.",
        snippets=True,
        windows=(Window(60, 10),),
        parameters=(
            Parameter("url", "Address of the feed", required=True, pattern=r"https?://\S+"),
            COMPANY,
            Parameter("remote", "Workplace", choices=(("", "As each job says"), ("yes", "All jobs are remote"))),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = (".xml", ".rss", ".atom", ".rdf")
    url: str = ""
    company: str = ""
    remote: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        root = xml_tree(payload.read())
        entries = _entries(root)
        records = [_record(entry) | _number(entry) for entry in entries]
        shared = _shared(root, records, self.company) | {"feed_remote": self.remote}
        for position, (entry, record) in enumerate(zip(entries, records, strict=True), start=1):
            yield Item(position, {**record, **shared, "feed_entry": local_name(entry)})

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        values = values_of(_leaves(item.raw))
        if closed := closed_as(values):
            yield Rejected(item.position, f"The posting is not open: {closed}.")
        else:
            yield from postings_of(item, _draft(item.raw, values))

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        if not after:
            yield from payloads.whole(self, fetch, Request(self.url))


# --- Taking a feed apart --------------------------------------------------------------------------------------------
def _entries(root: Any) -> list[Any]:
    """The elements that stand for jobs: the outermost ones, since a job may have a position of its own within."""
    found = [
        element
        for element in root.iter("{*}*")
        if local_name(element) in _ENTRIES
        and element is not root
        and not any(local_name(outer) in _ENTRIES for outer in element.iterancestors() if outer is not root)
    ]
    feeds = {
        "rss",
        "rdf",
        "feed",
        "source",
        "jobs",
        "channel",
        "trovit",
        "listings",
        "vacancies",
        "offers",
        "ads",
        "data",
    }
    if not found and local_name(root) not in feeds:
        raise InvalidInput("The XML is no feed: it has no item, entry or job.")
    return found


def _record(element: Any) -> dict[str, Any]:
    """The fields of an entry by name in lower letters: texts, records, or lists where a name stands several times."""
    record: dict[str, Any] = {}
    for child in element:
        value = _value(child) if isinstance(child.tag, str) and not _OTHER_VOCABULARIES.search(str(child.tag)) else ""
        if value:
            name = local_name(child)
            before = record.get(name, [])
            record[name] = value if not before else [*(before if isinstance(before, list) else [before]), value]
    return record


def _number(entry: Any) -> dict[str, str]:
    """The id that some boards write as an attribute of the entry."""
    return {"id": entry.get("id")} if entry.get("id") else {}


def _value(element: Any) -> Any:
    if element.get("type") == "xhtml":
        return inner_html(element)
    if len(element):
        return _record(element)
    if local_name(element) == "link" and element.get("rel", "alternate") != "alternate":
        return ""
    return (element.text or "").strip() or element.get("href") or element.get("term") or element.get("label") or ""


def _shared(root: Any, records: list[dict[str, Any]], company: str) -> dict[str, str]:
    """What the feed says once for all: how it writes titles, and whose jobs they are."""
    titles = [line(record.get("title")) for record in records]
    style = next((name for name, pattern, least in _STYLES if _all_fit(pattern, titles, least)), "")
    authors = {_author(record) for record in records} - {""}
    said = next((text_of(child) for child in root if field_of(local_name(child)) == "company" and not len(child)), "")
    shared = {"feed_titles": style, "feed_company": company or said}
    return {**shared, "feed_authors": "companies" if len(authors) > 1 else ""}


def _all_fit(pattern: re.Pattern[str], titles: list[str], least: int) -> bool:
    fits = [pattern.fullmatch(title) for title in titles]
    return len(fits) >= least and all(fits) and len({fit["company"] for fit in fits if fit}) >= min(least, 2)


def _author(record: Mapping[str, Any]) -> str:
    author = record.get("author")
    name = line(author.get("name")) if isinstance(author, Mapping) else ""
    return "" if "@" in name else name


# --- Mapping one entry ----------------------------------------------------------------------------------------------
def _draft(raw: Mapping[str, Any], values: Values) -> Draft:
    known = {"workplace": ["yes"]} if raw.get("feed_remote") == "yes" else {}
    draft = draft_of({**values, **known}, _nested_places(raw))
    title, company = _title_and_company(line(draft.title), line(draft.company), raw)
    return replace(draft, title=title, company=company, is_snippet=_is_snippet(raw, draft.html))


def _leaves(record: Mapping[str, Any], outer: str = "") -> Iterator[tuple[str, str]]:
    """(name, text) of all fields, also of those within others; a name within a field stands for that field."""
    for name, value in record.items():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, Mapping):
                if name != "author" and field_of(name) != "place":
                    yield from _leaves(entry, name)
            elif isinstance(entry, str):
                yield _label(name, outer), entry


def _label(name: str, outer: str) -> str:
    """What a field within another stands for: salary/min for salarymin, company/name for company, category/id for itself."""
    if outer and field_of(outer + name):
        return outer + name
    return outer if outer and name in ("name", "label", "value", "text") else name


def _nested_places(record: Mapping[str, Any]) -> list[Place]:
    """The places that an entry gives as elements with parts."""
    found: list[Place] = []
    for name, value in record.items():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, Mapping):
                inner = _nested_places(entry)
                parts = values_of(_leaves(entry, name)) if field_of(name) == "place" and not inner else {}
                found += inner or places_in(parts)
    return found


def _title_and_company(title: str, company: str, raw: Mapping[str, Any]) -> tuple[str, str]:
    if company:
        return re.sub(rf"\s+(?:at|@)\s+{re.escape(company)}$", "", title) or title, company
    pattern = next((pattern for name, pattern, _least in _STYLES if name == raw.get("feed_titles")), None)
    if pattern and (split := pattern.fullmatch(title)):
        return split["title"].strip(), split["company"].strip()
    author = _author(raw) if raw.get("feed_authors") == "companies" else ""
    return title, author or line(raw.get("feed_company"))


def _is_snippet(raw: Mapping[str, Any], html: str) -> bool:
    """Whether the text is only the beginning: feeds for job boards have all of it, feeds for readers a summary."""
    plain = line(re.sub(r"<[^>]*>", " ", html))
    short = len(plain) < _WHOLE_FROM and raw.get("feed_entry") in ("item", "entry") and "encoded" not in raw
    return bool(plain) and (bool(_CUT.search(plain)) or short)
