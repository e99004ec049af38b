"""Workday, the recruiting of large companies (careers site of a company: a list, and one answer for each posting)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar
from urllib.parse import urlsplit

from cvmatch.core.fetching import Fetch, FetchFailed, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, in_country, line, names, postings_of, text, workplaces
from jobs.values import JobPosting, Place, employment_type

_PER_PAGE = 20  # the most it gives
_MOST = 2000  # what lies behind is not given
_SITE = re.compile(r"https://([\w-]+)\.(wd\d+)\.myworkdayjobs\.com/(?:[a-z]{2}-[A-Z]{2}/)?([\w-]+)/?$")
_SHARED_SITE = re.compile(r"https://(wd\d+)\.myworkdaysite\.com/(?:[a-z]{2}-[A-Z]{2}/)?recruiting/([\w-]+)/([\w-]+)/?$")


@dataclass(frozen=True)
class WorkdaySource:
    """The open postings of one careers site, 20 a page; the cursor is how many were read."""

    about: ClassVar[About] = About(
        label="Workday",
        home="https://www.workday.com",
        summary="The careers site of a company that recruits with Workday, up to 2,000 postings of a search.",
        complete=True,
        parameters=(
            Parameter(
                "site",
                "Careers site",
                "Its address, for example https://acme.wd3.myworkdayjobs.com/en-US/Careers.",
                required=True,
                pattern=r"https://[\w-]+\.(?:wd\d+\.myworkdayjobs|myworkdaysite)\.com/.+",
            ),
            Parameter("company", "Company", "Its name, where the postings name only a part of it."),
            Parameter("search", "Search", "Only postings with these words."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    site: str = ""
    company: str = ""
    search: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The rows of a list, or the one posting of a detail."""
        document = payloads.json_document(payload)
        single = isinstance(document, dict) and "jobPostingInfo" in document
        for row in payloads.items_of([document] if single else payloads.listed(document, "jobPostings")):
            path = line(row.raw.get("externalPath")) if isinstance(row, Item) else ""
            if isinstance(row, Item) and path and not re.match(r"/[^/]", path):
                yield Rejected(row.position, "The posting's address leads away from the careers site.")
            else:
                yield row

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        info = row["jobPostingInfo"] if isinstance(row.get("jobPostingInfo"), Mapping) else {}
        if info.get("posted") is False:
            yield Rejected(item.position, "The posting is not open: it is not posted.")
            return
        url = line(info.get("externalUrl")) or self._url(line(row.get("externalPath")))
        where = _where(row, info)
        said = wording.workplace_of(line(info.get("remoteType") or row.get("remoteType")))
        kinds = {said} if said else set(map(wording.workplace_of, where.values()))
        yield from postings_of(
            item,
            Draft(
                title=info.get("title") or row.get("title"),
                external_id=_number(row, info, url),
                company=self.company or line(at(row.get("hiringOrganization"), "name")),
                html=text(info.get("jobDescription")),
                places=list(where),
                remote="remote" in kinds,
                hybrid="hybrid" in kinds,
                employment_type=employment_type(line(info.get("timeType") or row.get("timeType"))),
                pay_is_told=True,
                posted_at=clean.moment(info.get("startDate")),
                expires_at=clean.last_moment(info.get("endDate")),
                url=url,
                differing={} if said else workplaces(where),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        # How many there are is said with the first page only, and behind the last one the first comes again.
        first = fetch(self._listing(0))
        for offset in range(int(after or 0), _total(first.json()), _PER_PAGE):
            listed = payloads.page_of(self, fetch(self._listing(offset)) if offset else first).rows
            yield Page(tuple(payloads.completed(fetch, listed, self._detail)), str(offset + _PER_PAGE))

    def _detail(self, row: Mapping[str, Any]) -> Request | None:
        path = line(row.get("externalPath"))
        return Request(f"{self._api()}{path}", headers=payloads.IN_FULL) if path else None

    def _listing(self, offset: int) -> Request:
        asked = {"appliedFacets": {}, "limit": _PER_PAGE, "offset": offset, "searchText": self.search}
        return Request(f"{self._api()}/jobs", payload=asked)

    def _api(self) -> str:
        if match := _SITE.match(self.site):
            return f"https://{match[1]}.{match[2]}.myworkdayjobs.com/wday/cxs/{match[1]}/{match[3]}"
        if match := _SHARED_SITE.match(self.site):
            return f"https://{match[1]}.myworkdaysite.com/wday/cxs/{match[2]}/{match[3]}"
        raise FetchFailed("The address of the careers site is none of Workday's.", permanent=True)

    def _url(self, path: str) -> str:
        return f"{self.site.rstrip('/')}{path}" if self.site and path else ""


def _total(document: Any) -> int:
    total = at(document, "total")
    if not isinstance(total, int):
        raise FetchFailed("Workday did not say how many postings there are.")
    if total >= _MOST:
        raise FetchFailed(
            f"The careers site has {_MOST:,} postings or more, and gives no more of them. Narrow it by a search.",
            permanent=True,
        )
    return total


def _number(row: Mapping[str, Any], info: Mapping[str, Any], url: str) -> str:
    """The end of its address, "R2-1": one requisition ("R2") may be posted more than once."""
    path = line(row.get("externalPath")) or urlsplit(url).path
    name = path.rstrip("/").rpartition("/")[2]
    return name.rpartition("_")[2] if "_" in name else line(info.get("jobReqId")) or path or line(info.get("id"))


def _where(row: Mapping[str, Any], info: Mapping[str, Any]) -> dict[Place, str]:
    """Each place with the words it comes from: "2 Locations" in a list is none."""
    code = clean.country_code(
        line(at(info, "country", "alpha2Code"))
        or line(at(info, "country", "descriptor"))
        or line(at(info, "jobRequisitionLocation", "country", "descriptor"))
    )
    said = [*names(info.get("location")), *names(info.get("additionalLocations"))]
    if not said and not re.match(r"\d+ ", line(row.get("locationsText"))):
        said = names(row.get("locationsText"))
    return {in_country(wording.place_of(words), code): words for words in said}
