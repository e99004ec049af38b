"""Job advertisements on web pages that carry schema.org JobPosting data (JSON-LD, microdata or RDFa)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Window
from cvmatch.core.text import content_hash
from ingestion.sources import About, Item, Page, Parameter, Rejected
from ingestion.sources.assembling import web_address
from ingestion.sources.crawling import pages_at
from ingestion.sources.jsonld import read_posting
from ingestion.sources.markup import html_tree
from ingestion.sources.page_data import job_objects, page_address
from jobs.values import JobPosting

# What a considerate visitor asks of a site that names no limit.
POLITE = (Window(1, 2),)
COMPANY = Parameter("company", "Company", "Of advertisements that do not name one.")


@dataclass(frozen=True)
class WebPageSource:
    """Reads single pages, each with one posting or several."""

    about: ClassVar[About] = About(
        label="Web pages",
        home="https://schema.org/JobPosting",
        summary="Pages with a job advertisement each, or several, marked for search engines as a JobPosting.",
        complete=True,
        windows=POLITE,
        parameters=(
            Parameter("urls", "Addresses of the pages", required=True, many=True, pattern=r"https?://\S+"),
            COMPANY,
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = (".html", ".htm")
    urls: tuple[str, ...] = ()
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        yield from rows_of_page(payload.read(), "", self.company)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from read_posting(item.position, item.raw)

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        yield from pages_at(fetch, self.urls, after, lambda body, url: rows_of_page(body, url, self.company))


def rows_of_page(content: bytes, address: str = "", company: str = "") -> Iterator[Item | Rejected]:
    """The JobPosting objects of a page, with the page's address and company where they name none."""
    root = html_tree(content)
    objects = job_objects(root, address)
    address = page_address(root, address)
    for position, row in enumerate(objects, start=1):
        yield Item(position, _completed(row, _own_address(row, address, alone=len(objects) == 1), company))
    if not objects:
        yield Rejected(1, "The page carries no JobPosting data.")


def _completed(row: dict[str, Any], address: str, company: str) -> dict[str, Any]:
    employer = row.get("hiringOrganization")
    named = employer.get("name") if isinstance(employer, dict) else employer
    return {
        **row,
        "url": web_address(row.get("url")) or address,
        "hiringOrganization": employer if named or not company else {"name": company},
    }


def _own_address(row: dict[str, Any], address: str, *, alone: bool) -> str:
    """Where a posting is found: of several on one page each needs an address of its own, since that is its identity."""
    return address if alone or not address else f"{address}#{content_hash(json.dumps(row, sort_keys=True))[:12]}"
