"""Careers portals by iCIMS: a list of jobs in pages, and a page for each job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected
from ingestion.sources.assembling import line
from ingestion.sources.crawling import pages_at, understood
from ingestion.sources.labelled_page import labelled, labelled_postings
from ingestion.sources.markup import absolute, html_tree, inner_html, text_of, with_class
from ingestion.sources.page_data import job_objects, page_address
from ingestion.sources.payloads import IN_FULL
from ingestion.sources.webpage import COMPANY
from jobs.values import JobPosting

MAX_PAGES = 200
_PAGE_OF = re.compile(r"Page\s+\d+\s+of\s+(\d+)", re.IGNORECASE)
_NUMBER = re.compile(r"/jobs/(\d+)/")
_COMPANY = re.compile(r"(?:Job Listings|Careers|Jobs) at (\S[^|]{0,99}?)(?: \||$)")
_GONE = re.compile(
    r"could not be found|no longer (?:available|accepting|active)|has been (?:closed|filled)", re.IGNORECASE
)


@dataclass(frozen=True)
class IcimsSource:
    """Reads the pages of one portal, by their JSON-LD where they have it and by their labels for the rest."""

    about: ClassVar[About] = About(
        label="iCIMS",
        home="https://www.icims.com/",
        summary="All open jobs of a careers portal by iCIMS.",
        complete=True,
        windows=(Window(1, 2),),
        parameters=(
            Parameter(
                "portal",
                "Name of the portal",
                "The beginning of its address: careers-acme in careers-acme.icims.com.",
                required=True,
                pattern=r"[A-Za-z0-9-]{1,63}",
            ),
            COMPANY,
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()
    portal: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The job of a job's page, or the jobs of a page of the list, of which the list has only the beginning."""
        yield from _rows(payload.read(), "", self.company)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from labelled_postings(item)

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        """One page for each job, in the order of the list; the cursor is the page of the list and the job's address."""
        begins, _, last = after.partition(" ")
        for number in range(int(begins or 0), MAX_PAGES):
            params = {"pr": str(number), "in_iframe": "1"}
            listed = understood(fetch(Request(f"{self._home}/jobs/search", params, IN_FULL)), _list)
            for page in pages_at(fetch, self._jobs(listed), last, self._rows):
                yield Page(page.rows, cursor=f"{number} {page.cursor}")
            last, said = "", _PAGE_OF.search(text_of(listed))
            if not said or number + 1 >= int(said[1]):
                return

    def _jobs(self, listed: Any) -> list[str]:
        """The addresses of the jobs on a page of the list, as they are shown within another page, without its frame."""
        links = (str(link) for link in listed.xpath("//a[contains(@class, 'iCIMS_Anchor')]/@href"))
        found = (absolute(self._home, link).partition("?")[0] for link in links if _NUMBER.search(link))
        return [f"{address}?in_iframe=1" for address in dict.fromkeys(found) if address]

    def _rows(self, content: bytes, address: str) -> Iterator[Item | Rejected]:
        return _rows(content, address.partition("?")[0], self.company)

    @property
    def _home(self) -> str:
        return f"https://{self.portal}.icims.com"


# --- Taking pages apart ---------------------------------------------------------------------------------------------
def _rows(content: bytes, address: str, company: str) -> Iterator[Item | Rejected]:
    root = html_tree(content)
    company = company or _company(root)
    cards = list(with_class(root, "iCIMS_JobCardItem"))
    if cards:
        for position, card in enumerate(cards, start=1):
            yield Item(position, labelled(_card(card, company), listed=True))
        return
    heading = text_of(next(with_class(root, "iCIMS_Header"), None))
    jobs = job_objects(root, address)
    if not jobs and (not heading or _GONE.search(heading)):
        yield Rejected(1, f"The page shows no open job{f': {heading[:120]}' if heading else ''}".rstrip(".") + ".")
        return
    job = jobs[0] if jobs else {}
    address = page_address(root, address) or line(job.get("url"))
    yield Item(1, labelled([*_known(heading, address, company), *_fields(root), *_sections(root)], job))


def _known(title: str, link: str, company: str) -> Iterator[tuple[str, str]]:
    """What is surer than the labels, so that it stands first. The number in the address is the job's in all places."""
    number = _NUMBER.search(link)
    yield from (("ID", number[1] if number else ""), ("Title", title), ("Link", link), ("Company", company))


def _list(content: bytes) -> Any:
    """A page of the list. Raises InvalidInput for a page of something else, such as an announcement of maintenance."""
    root = html_tree(content)
    if not any("iCIMS_" in name for name in root.xpath("//@class")):
        raise InvalidInput("It is no page of a portal.")
    return root


def _company(root: Any) -> str:
    """The company of "Job Listings at Acme" and "Welder in Leeds | Careers at Acme"."""
    found = _COMPANY.search(text_of(root.find(".//title")))
    return found[1] if found else ""


def _card(card: Any, company: str) -> Iterator[tuple[str, str]]:
    link = next((str(found) for found in card.xpath(".//a[contains(@class, 'iCIMS_Anchor')]/@href")), "").partition(
        "?"
    )[0]
    title = next((text for name in ("h3", "h2", "h4") if (text := text_of(card.find(f".//{name}")))), "")
    yield from _known(title, link, company)
    yield from _fields(card)
    yield "Description", text_of(next(with_class(card, "description"), None))


def _fields(root: Any) -> Iterator[tuple[str, str]]:
    """What stands beside the labels, in both forms that portals have: label and text in turn, or a list of terms."""
    for label in [*with_class(root, "field-label"), *root.iter("dt")]:
        value = label.getnext()
        if value is not None and text_of(label) != "Title":
            moment = next((str(title) for title in value.xpath("./@title | .//@title")), "")  # of "2 days ago"
            yield text_of(label), moment if text_of(value).endswith(" ago") else text_of(value)


def _sections(root: Any) -> Iterator[tuple[str, str]]:
    """The texts of a job's page, each under its heading, as one description."""
    parts = []
    for block in with_class(root, "iCIMS_InfoMsg_Job"):
        heading = next((e for e in block.itersiblings(preceding=True) if e.tag in ("h2", "h3")), None)
        parts.append((f"<h3>{escape(text_of(heading))}</h3>" if heading is not None else "") + inner_html(block))
    yield "Description", "".join(parts)
