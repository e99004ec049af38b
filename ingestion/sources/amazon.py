"""Amazon's own jobs (https://www.amazon.jobs)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, FetchFailed, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, span, text, workplaces
from jobs.titles import Level
from jobs.values import JobPosting, Pay, Place, employment_type

_HOME = "https://www.amazon.jobs"
_PER_PAGE = 100  # the most it gives
_MOST = 10_000  # what lies behind is not given
_SECTIONS = (
    ("", "description"),
    ("Basic qualifications", "basic_qualifications"),
    ("Preferred qualifications", "preferred_qualifications"),
)
# "USA, CA, Mountain View - 193,300.00 - 261,500.00 USD annually", a line for each place.
_PAY = re.compile(
    r"^([A-Z]{3},.*?) - ([\d,.]+) - ([\d,.]+) ([A-Z]{3}) (annually|monthly|weekly|daily|hourly)$", re.MULTILINE
)
_DEADLINE = re.compile(r"\bApplication deadline:\s*([A-Z][a-z]+ \d{1,2}, \d{4})")


@dataclass(frozen=True)
class AmazonSource:
    """A search of the site page by page, newest first; the cursor is how many were read."""

    about: ClassVar[About] = About(
        label="Amazon",
        home=_HOME,
        summary="The jobs at Amazon and its companies, up to 10,000 of a search.",
        complete=True,
        parameters=(
            Parameter("country", "Country", "Three letters, for example GBR.", pattern="[A-Z]{3}"),
            Parameter("search", "Search", "Only jobs with these words."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    country: str = ""
    search: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        yield from payloads.items_of(payloads.listed(payloads.json_document(payload), "jobs"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        where = _places(row)
        kinds = {place: kind for place, (kind, _town) in where.items()}
        html = wording.sections_html((heading, text(row.get(name))) for heading, name in _SECTIONS)
        said = clean.plain_text(html)
        pays = _pays(said)
        differing = workplaces(kinds)
        for place, (_kind, town) in where.items() if len(where) > 1 else ():
            own = pays.get(town)
            differing[place] = {**differing.get(place, {}), **({"pay": own} if own else {})}
        path = line(row.get("job_path"))
        yield from postings_of(
            item,
            Draft(
                title=row.get("title"),
                external_id=row.get("id_icims") or row.get("id"),
                company=row.get("company_name"),
                html=html,
                places=list(where),
                remote="remote" in map(wording.workplace_of, kinds.values()),
                hybrid="hybrid" in map(wording.workplace_of, kinds.values()),
                employment_type="internship"
                if row.get("is_intern") is True
                else employment_type(line(row.get("job_schedule_type"))),
                level=Level.INTERN if row.get("is_intern") is True else "",
                categories=[
                    name for key in ("job_category", "business_category", "job_family") for name in names(row.get(key))
                ],
                pay=(span(list(pays.values())), ()),
                posted_at=_day(line(row.get("posted_date"))),
                expires_at=_deadline(said),
                url=f"{_HOME}{path}" if path.startswith("/") else row.get("url_next_step"),
                differing=differing,
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        read = int(after or 0)
        while True:
            answer = fetch(self._request(read))
            hits = at(answer.json(), "hits")
            if isinstance(hits, int) and hits >= _MOST:
                raise FetchFailed(
                    f"The search has {_MOST:,} jobs or more, and gives no more of them. Narrow it.", permanent=True
                )
            read += _PER_PAGE
            page = payloads.page_of(self, answer, str(read))
            yield page
            if not page.rows or not isinstance(hits, int) or read >= hits:
                return

    def _request(self, offset: int) -> Request:
        asked = {"normalized_country_code[]": self.country, "base_query": self.search}
        params = {"result_limit": str(_PER_PAGE), "offset": str(offset), "sort": "recent"}
        chosen = {name: value for name, value in asked.items() if value}
        return Request(f"{_HOME}/en/search.json", {**params, **chosen}, headers=payloads.IN_FULL)


def _places(row: Mapping[str, Any]) -> dict[Place, tuple[str, str]]:
    """Each place with its kind of workplace and its town as the lines about pay name it; the places are JSON in texts."""
    locations = [location for location in map(_loaded, entries(row.get("locations"))) if location]
    if locations:
        return {_place(location): (line(at(location, "type")), line(at(location, "city"))) for location in locations}
    where = line(row.get("normalized_location")) or line(row.get("location"))
    return {wording.place_of(where): (line(row.get("location")), "")} if where else {}


def _loaded(value: Any) -> Any:
    if not isinstance(value, str):
        return value if isinstance(value, Mapping) else None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _place(location: Mapping[str, Any]) -> Place:
    """A virtual place is the country or state that people may live in."""
    virtual = line(location.get("type")).upper() == "VIRTUAL"
    return Place(
        city="" if virtual else (line(location.get("normalizedCityName")) or line(location.get("city")))[:120],
        region=(line(location.get("normalizedStateName")) or line(location.get("region")))[:120],
        country=clean.country_code(
            line(location.get("normalizedCountryCode")) or line(location.get("normalizedCountryName"))
        ),
    )


def _pays(said: str) -> dict[str, Pay]:
    """The pay by town, "" where the line names none: the places of one country differ."""
    found = {}
    for where, low, high, currency, period in _PAY.findall(said):
        pay, _repairs = clean.pay(low, high, currency, period)
        if pay is not None:
            found[line(where.split(",", 2)[-1])] = pay
    return found


def _day(said: str) -> datetime | None:
    for form in ("%B %d, %Y", "%b %d, %Y"):
        try:
            return datetime.strptime(said, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _deadline(said: str) -> datetime | None:
    """The end of the last day to apply, where the text begins with it."""
    match = _DEADLINE.search(said)
    last_day = _day(match[1]) if match else None
    return last_day + timedelta(days=1) if last_day else None
