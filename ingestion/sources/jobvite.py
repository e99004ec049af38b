"""Careers sites by Jobvite: a list of jobs, and a page for each job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Fetch, Request, Window
from cvmatch.core.text import squeeze
from ingestion.sources import About, Item, Page, Parameter, Rejected
from ingestion.sources.assembling import line
from ingestion.sources.crawling import pages_at, understood
from ingestion.sources.labelled_page import labelled, labelled_postings
from ingestion.sources.markup import absolute, html_tree, inner_html, text_of, with_class
from ingestion.sources.page_data import job_objects, page_address
from ingestion.sources.payloads import IN_FULL
from ingestion.sources.webpage import COMPANY
from ingestion.sources.wording import places_of
from jobs.values import JobPosting, employment_type

HOME = "https://jobs.jobvite.com"
MAX_LISTS = 60
_NUMBER = re.compile(r"/job/(o\w{4,20})(?:[/?#]|$)")
_COMPANY = (re.compile(r"(.+?) is (?:looking for|hiring)\b"), re.compile(r"(.+?) Careers(?: - |$)"))
_COUNT = re.compile(r"\d+ locations?", re.IGNORECASE)


@dataclass(frozen=True)
class JobviteSource:
    """Reads the pages of one company, by their JSON-LD where they have it and by their layout for the rest."""

    about: ClassVar[About] = About(
        label="Jobvite",
        home="https://www.jobvite.com/",
        summary="All open jobs of a careers site by Jobvite.",
        complete=True,
        windows=(Window(1, 2),),
        parameters=(
            Parameter(
                "site",
                "Name of the site",
                "What stands behind jobs.jobvite.com/ in its address.",
                required=True,
                pattern=r"[\w-]{1,80}",
            ),
            COMPANY,
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()
    site: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The job of a job's page, or the jobs of a list, which says no more than their title and place."""
        yield from _rows(payload.read(), HOME, self.company)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from labelled_postings(item)

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        yield from pages_at(fetch, self._addresses(fetch), after, lambda body, url: _rows(body, url, self.company))

    def _addresses(self, fetch: Fetch) -> list[str]:
        """The pages of all jobs, from the list and the pages behind it: further ones, and of one category each."""
        start = f"{HOME}/{self.site}/jobs"
        waiting, seen, jobs = [start], set[str](), list[str]()
        while waiting and len(seen) < MAX_LISTS:
            address = waiting.pop(0)
            seen.add(address)
            listed = understood(fetch(Request(address, headers=IN_FULL)), _lists)
            links = [absolute(address, str(link)) for link in listed.xpath("//a/@href")]
            jobs += [link.partition("?")[0] for link in links if _NUMBER.search(link) and "/apply" not in link]
            more = (link for link in links if link.startswith(f"{HOME}/{self.site}/search"))
            waiting += [link for link in dict.fromkeys(more) if link not in seen and link not in waiting]
        return list(dict.fromkeys(jobs))


# --- Taking pages apart ---------------------------------------------------------------------------------------------
def _rows(content: bytes, address: str, company: str) -> Iterator[Item | Rejected]:
    root = html_tree(content)
    company = company or _company(root)
    header = text_of(next(with_class(root, "jv-header"), None))
    jobs = job_objects(root, address)
    described = next(with_class(root, "jv-job-detail-description"), None)
    if described is None and not jobs:
        yield from _list(root, address, company)
        return
    job = jobs[0] if jobs else {}
    link = _own_link(root, page_address(root, address) or line(job.get("url")))
    yield Item(
        1, labelled([*_known(header, link, company), *_meta(root), ("Description", _description(described))], job)
    )


def _lists(content: bytes) -> Any:
    """A page with lists of jobs. Raises InvalidInput for a page of something else."""
    root = html_tree(content)
    if not any("jv-" in name for name in root.xpath("//@class")):
        raise InvalidInput("It is no page of a careers site.")
    return root


def _list(root: Any, address: str, company: str) -> Iterator[Item | Rejected]:
    """The rows of a list in both of its layouts: list items, and the rows of a table."""
    links = [
        link for link in root.iter("a") if _NUMBER.search(link.get("href") or "") and "/apply" not in link.get("href")
    ]
    for position, link in enumerate(links, start=1):
        row = next((outer for outer in link.iterancestors("li", "tr")), link)
        title = text_of(next(with_class(row, "jv-job-list-name"), None)) or text_of(link)
        where = next(with_class(row, "jv-job-list-location"), None)
        parts = [text_of(part) for part in (where if where is not None else [])] or [text_of(where)]
        target = absolute(address, link.get("href")).partition("?")[0]
        yield Item(position, labelled([*_known(title, target, company), *_named(parts)], listed=True))
    if not links:
        yield Rejected(1, "The page shows no open job.")


def _known(title: str, link: str, company: str) -> Iterator[tuple[str, str]]:
    number = _NUMBER.search(link)
    yield from (("ID", number[1] if number else ""), ("Title", title), ("Link", link), ("Company", company))


def _meta(root: Any) -> Iterator[tuple[str, str]]:
    """The line under the title: the category, then each place, with separators between them."""
    line_of = next(with_class(root, "jv-job-detail-meta"), None)
    if line_of is None:
        return
    parts, current = [], line_of.text or ""
    for child in line_of:
        if "jv-inline-separator" in (child.get("class") or ""):
            parts.append(current)
            current = ""
        else:
            current += text_of(child)
        current += child.tail or ""
    yield from _named([squeeze(part) for part in [*parts, current]])


def _named(parts: list[str]) -> Iterator[tuple[str, str]]:
    """What the parts of such a line are: the first is the category unless it is the only one and a place."""
    said = [part for part in parts if part and not _COUNT.fullmatch(part)]
    for number, part in enumerate(said):
        if re.match(r"req(?:uisition)?\b", part, re.IGNORECASE):
            continue  # an internal number; the address has the public one
        alone = len(said) == 1 and any(place.country or place.region for place in places_of(part))
        if number and employment_type(part):
            yield "Job type", part
        else:
            yield ("Location" if number or alone else "Category"), part


def _description(described: Any) -> str:
    """The text without the heading "Description" and the pictures that companies put above it."""
    if described is None:
        return ""
    first = described.find("h3")
    if first is not None and text_of(first).rstrip(":").lower() in ("description", "job description"):
        first.drop_tree()
    return inner_html(described)


def _company(root: Any) -> str:
    titles = [
        *(str(title) for title in root.xpath("//meta[@property='og:title']/@content")),
        text_of(root.find(".//title")),
    ]
    return next((match[1] for pattern in _COMPANY for title in titles if (match := pattern.match(title))), "")


def _own_link(root: Any, address: str) -> str:
    """The page's address; a recorded page says it in the address of its form."""
    if _NUMBER.search(address):
        return address.partition("?")[0]
    applying = next((str(link) for link in root.xpath("//a[contains(@class, 'jv-button-apply')]/@href")), "")
    return absolute(HOME, applying).partition("/apply")[0] if applying else address
