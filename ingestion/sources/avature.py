"""Careers portals by Avature: a feed of the newest jobs, sitemaps of all, and a page for each job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, BinaryIO, ClassVar
from urllib.parse import urlsplit

from cvmatch.core.fetching import Fetch, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean
from ingestion.sources.assembling import line
from ingestion.sources.crawling import pages_at
from ingestion.sources.labelled_page import labelled, labelled_postings
from ingestion.sources.labels import field_of
from ingestion.sources.markup import html_tree, inner_html, is_html, local_name, text_of, with_class, xml_tree
from ingestion.sources.page_data import job_objects, page_address
from ingestion.sources.sitemap import job_addresses, read_sitemap, unpacked
from ingestion.sources.webpage import COMPANY
from ingestion.sources.wording import workplace_of
from jobs.values import JobPosting

MAX_JOBS = 5000
_NUMBER = re.compile(r"/JobDetail/(?:[^/?#]+/)?(\d+)(?:[/?#]|$)", re.IGNORECASE)
_ADDITIONAL = re.compile(r"\s*additional locations?\s*:?\s*", re.IGNORECASE)
_COMPANY = re.compile(r"\bat (\S.{0,99}?) created \d")
_FIELD = "article__content__view__field"


@dataclass(frozen=True)
class AvatureSource:
    """Reads the pages of one portal, by their JSON-LD where they have it and by their labels for the rest."""

    about: ClassVar[About] = About(
        label="Avature",
        home="https://www.avature.net/",
        summary="All open jobs of a careers portal by Avature.",
        complete=True,
        windows=(Window(1, 2),),
        parameters=(
            Parameter(
                "portal",
                "Address of the portal",
                "With its language, such as https://careers.acme.example/en_US/careers.",
                required=True,
                pattern=r"https?://\S+",
            ),
            COMPANY,
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()
    portal: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The job of a job's page, or the jobs of a feed, which says no more than their title, address and day."""
        content = unpacked(payload.read())
        if is_html(content):
            yield from _page(content, "", self.company)
            return
        root = xml_tree(content)
        if local_name(root) in ("rss", "rdf", "feed"):
            for position, entry in enumerate(root.iter("{*}item", "{*}entry"), start=1):
                yield Item(position, labelled(_entry(entry, self.company), listed=True))
            return
        jobs = [address for address, _changed in read_sitemap(content).pages if _NUMBER.search(address)]
        for position, address in enumerate(jobs, start=1):
            yield Rejected(position, f"The sitemap only names this page: {address[:300]}")

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from labelled_postings(item)

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        found = job_addresses(fetch, f"{self.portal.rstrip('/')}/sitemap.xml", "/JobDetail/", MAX_JOBS)
        jobs = [address for address in found if _NUMBER.search(address) and self._is_ours(address)]
        yield from pages_at(fetch, jobs, after, lambda body, url: _page(body, url, self.company))

    def _is_ours(self, address: str) -> bool:
        """Whether the page is of this portal and language: others list the same jobs again."""
        return urlsplit(address).path.startswith(urlsplit(self.portal).path.rstrip("/"))


# --- Taking pages apart ---------------------------------------------------------------------------------------------
def _page(content: bytes, address: str, company: str) -> Iterator[Item | Rejected]:
    root = html_tree(content)
    title = _title(root)
    jobs = job_objects(root, address)
    details = list(with_class(root, "article--details"))
    if not jobs and not (title and details):
        yield Rejected(1, "The page shows no open job.")
        return
    link = page_address(root, address)
    yield Item(
        1,
        labelled([*_known(title, link, company or _company(root)), *_fields(root, details)], jobs[0] if jobs else None),
    )


def _known(title: str, link: str, company: str) -> Iterator[tuple[str, str]]:
    number = _NUMBER.search(link)
    yield from (("ID", number[1] if number else ""), ("Title", title), ("Link", link), ("Company", company))


def _title(root: Any) -> str:
    headings = (text_of(element) for element in with_class(root, "banner__text__title"))
    said = (line(str(title)) for title in root.xpath("//meta[@property='og:title']/@content"))
    return next(filter(None, [*headings, *said]), "")


def _company(root: Any) -> str:
    """The company of "Welder at Acme created 3-May-2026", where the portal fills it in."""
    said = (
        _COMPANY.search(str(text)) for text in root.xpath("//meta[@name='Description' or @name='description']/@content")
    )
    return next((match[1] for match in said if match), "")


def _fields(root: Any, details: list[Any]) -> Iterator[tuple[str, str]]:
    """(label, text) of the labelled fields, then all that has no label, by section, as the description."""
    parts: list[str] = []
    for article in details:
        heading = text_of(next(with_class(article, "article__header__text__title"), None))
        for field in _shown(article):
            label = text_of(next(with_class(field, f"{_FIELD}__label"), None))
            value = next(with_class(field, f"{_FIELD}__value"), None)
            if field_of(label):
                yield label, text_of(value)
            elif value is not None:
                parts.append(_part(heading, label, value))
                heading = ""
            if not label and value is not None:
                yield from (("Additional locations", place) for place in _additional(value))
    yield "Description", "".join(parts)
    yield "Remote", _workplace(parts)


def _workplace(parts: list[str]) -> str:
    """A line at the beginning of the text that is nothing but "Remote", "Hybrid" or the like."""
    first = clean.plain_text(clean.safe_html("".join(parts)[:5000])).splitlines()[:6]
    return next((words for words in first if len(words) < 20 and workplace_of(words)), "")


def _shown(article: Any) -> Iterator[Any]:
    for field in with_class(article, _FIELD):
        if "visibility--hidden" not in field.get("class").split():
            yield field


def _part(heading: str, label: str, value: Any) -> str:
    above = f"<h3>{escape(heading)}</h3>" if heading else ""
    return (
        f"{above}<p>{escape(label)} {escape(text_of(value))}</p>" if label else f"{above}<div>{inner_html(value)}</div>"
    )


def _additional(value: Any) -> list[str]:
    """The places of a list "Additional Locations", each as town, state, country."""
    lines = [text for text in (" ".join(text.split()) for text in value.itertext()) if text]
    if not lines or not _ADDITIONAL.fullmatch(lines[0]):
        return []
    places = (text.lstrip("*• ").split(" - ") for text in lines[1:] if text.startswith("*"))
    return [", ".join(reversed(parts)) for parts in places]


def _entry(entry: Any, company: str) -> Iterator[tuple[str, str]]:
    """One entry of the feed; its text is the company's own number of the job and no description."""
    texts = {local_name(child): text_of(child) for child in entry}
    link = texts.get("link", "") or texts.get("guid", "")
    yield from _known(texts.get("title", ""), link, company)
    yield "Posted", texts.get("pubdate", "")
