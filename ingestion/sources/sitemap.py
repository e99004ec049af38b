"""Every job advertisement of a site: its sitemaps name the pages, the pages carry schema.org JobPosting data."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Fetch, FetchFailed, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean
from ingestion.sources.crawling import may_read, pages_at, site_of, understood
from ingestion.sources.jsonld import read_posting
from ingestion.sources.markup import MAX_XML_BYTES, local_name, text_of, xml_tree
from ingestion.sources.payloads import IN_FULL
from ingestion.sources.robots import Robots
from ingestion.sources.webpage import COMPANY, POLITE, rows_of_page
from jobs.values import JobPosting

MAX_SITEMAPS = 50
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b|^\s*https?://\S+\s")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Sitemap:
    """One sitemap: pages with when they last changed (None where it does not say), and further sitemaps."""

    pages: tuple[tuple[str, datetime | None], ...] = ()
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class SitemapSource:
    """Reads what a site's sitemaps lead to, newest pages first, and nothing that its robots.txt forbids."""

    about: ClassVar[About] = About(
        label="Site with a sitemap",
        home="https://www.sitemaps.org/",
        summary="All pages of a site that carry a JobPosting, found by its sitemap.",
        complete=True,
        windows=POLITE,
        parameters=(
            Parameter("url", "Address of the sitemap or of the site", required=True, pattern=r"https?://\S+"),
            Parameter("contains", "Only addresses that contain", "A part of the address of every job, such as /jobs/."),
            Parameter("limit", "At most so many pages", "The newest; 1,000 if empty.", pattern=r"\d{1,5}"),
            COMPANY,
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()
    url: str = ""
    contains: str = ""
    limit: int | str = 1000
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The postings of a recorded page; a recorded sitemap has none, it only says where they are."""
        content = unpacked(payload.read())
        if not _SITEMAP.search(content[:4096]):
            yield from rows_of_page(content, "", self.company)
            return
        for position, (address, _changed) in enumerate(read_sitemap(content).pages, start=1):
            yield Rejected(position, f"The sitemap only names this page: {address[:300]}")

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from read_posting(item.position, item.raw)

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        addresses = job_addresses(fetch, self.url, self.contains, int(self.limit or 1000))
        yield from pages_at(fetch, addresses, after, lambda body, url: rows_of_page(body, url, self.company))


def job_addresses(fetch: Fetch, start: str, contains: str, limit: int) -> list[str]:
    """The pages that a site's sitemaps name and its robots.txt allows, newest first, each once.

    ``start`` is a sitemap, or a site whose robots.txt or /sitemap.xml leads on. Raises FetchFailed.
    """
    rules: dict[str, Robots] = {}
    found: dict[str, datetime | None] = {}
    first, seen = _first_sitemaps(fetch, start, rules), set[str]()
    waiting = list(first)
    while waiting and len(seen) < MAX_SITEMAPS:
        address = waiting.pop(0)
        if address in seen or not may_read(fetch, address, rules):
            continue
        seen.add(address)
        sitemap = _sitemap(fetch, address, may_be_gone=address not in first)
        waiting += sitemap.sitemaps
        found |= {page: changed for page, changed in sitemap.pages if contains in page}
    newest = sorted(found, key=lambda page: found[page] or _LONG_AGO, reverse=True)
    return [page for page in newest if may_read(fetch, page, rules)][:limit]


def _sitemap(fetch: Fetch, address: str, *, may_be_gone: bool) -> Sitemap:
    """The sitemap at an address; an empty one for a sitemap that an index still names and that is no more."""
    try:
        answer = fetch(Request(address, headers=IN_FULL))
    except FetchFailed as error:
        if may_be_gone and error.permanent:
            return Sitemap()
        raise
    return understood(answer, lambda body: read_sitemap(unpacked(body)))


def _first_sitemaps(fetch: Fetch, start: str, rules: dict[str, Robots]) -> list[str]:
    site = site_of(start)
    if not site or start.removeprefix(site) not in ("", "/"):
        return [start]
    may_read(fetch, start, rules)
    return list(rules[site].sitemaps) or [f"{site}/sitemap.xml"]


def read_sitemap(content: bytes) -> Sitemap:
    """A sitemap, an index of sitemaps or a list of addresses in lines. Raises InvalidInput."""
    if content.lstrip()[:4] == b"http":
        return Sitemap(
            tuple((line.strip(), None) for line in content.decode("utf-8", "replace").splitlines() if line.strip())
        )
    root = xml_tree(content)
    entries = [(address, clean.moment(_child(entry, "lastmod"))) for entry in root if (address := _child(entry, "loc"))]
    if local_name(root) == "sitemapindex":
        return Sitemap(sitemaps=tuple(address for address, _changed in entries))
    if local_name(root) != "urlset":
        raise InvalidInput("The XML is no sitemap.")
    return Sitemap(tuple(entries))


def unpacked(content: bytes) -> bytes:
    """The content, unpacked where it is gzip and not larger than XML may be. Raises InvalidInput."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, MAX_XML_BYTES)
    except zlib.error as error:
        raise InvalidInput("The archive is damaged.") from error
    if not unpacker.eof:
        raise InvalidInput("The archive is damaged or too large.")
    return plain


def _child(entry: Any, name: str) -> str:
    return next((text_of(child) for child in entry if local_name(child) == name), "")
