"""The XML feed of careers.google.com: every open job of one large employer and its brands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, text
from ingestion.sources.markup import local_name, xml_tree
from ingestion.sources.wording import place_of
from jobs.values import JobPosting, Pay, Place

FEED = "https://careers.google.com/jobs/feed.xml"
# "US: $174000 - $252000 (USD) + 15% bonus target": one for each country it may be done in.
_PAY = re.compile(
    r"(?P<where>[A-Z][\w .,'()-]{0,60}?): \D{0,4}(?P<low>\d[\d,.]*)\s*[-–—]\s*"
    r"\D{0,4}(?P<high>\d[\d,.]*)\s*\((?P<currency>[A-Z]{3})\)"
)


@dataclass(frozen=True)
class GoogleFeedSource:
    """Reads the feed, with the pay of each country that stands at the end of a description."""

    about: ClassVar[About] = About(
        label="Google careers feed",
        home="https://careers.google.com/",
        summary="The feed of all open jobs at Google and its companies.",
        complete=True,
        windows=(Window(3600, 4),),
        parameters=(Parameter("url", "Address of the feed", "Only where it is another one.", pattern=r"https?://\S+"),),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()
    url: str = FEED

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        root = xml_tree(payload.read())
        if local_name(root) != "jobs":
            raise InvalidInput("The XML is not this feed: its root is not <jobs>.")
        jobs = [child for child in root if local_name(child) == "job"]
        for position, job in enumerate(jobs, start=1):
            record = payloads.xml_record(job)
            yield Item(position, record) if isinstance(record, dict) else Rejected(position, "The job is empty.")

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from postings_of(item, _draft(item.raw))

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        if not after:
            yield from payloads.whole(self, fetch, Request(self.url or FEED))


def _draft(raw: Mapping[str, Any]) -> Draft:
    said, pays = line(raw.get("remote")).lower(), _pays(text(raw.get("description")))
    places = [_place(row) for row in entries(at(raw, "locations", "location"))]
    return Draft(
        title=raw.get("title"),
        external_id=raw.get("jobid"),
        company=raw.get("employer"),
        html=text(raw.get("description")),
        places=places,
        remote=_yes(raw, "isRemote") or said == "remote",
        hybrid=_yes(raw, "isHybrid") or said == "hybrid",
        employment_type=clean.employment_type(raw.get("jobtype")),
        categories=[name.replace("_", " ").capitalize() for name in names(at(raw, "categories", "category"))],
        posted_at=clean.moment(raw.get("published")),
        expires_at=clean.last_moment(raw.get("expires")),
        url=raw.get("url"),
        pay=(_pay_at(Place(), pays), ()),
        differing={place: {"pay": _pay_at(place, pays)} for place in places},
    )


def _yes(raw: Mapping[str, Any], name: str) -> bool:
    return line(raw.get(name)).lower() in ("yes", "true")


def _place(row: Any) -> Place:
    """A place; without a town, all may stand one element too far on: Austin as the state, "TX, USA" as the country."""
    if not isinstance(row, Mapping):
        return place_of(line(row))
    city, state, country = (line(row.get(name)) for name in ("city", "state", "country"))
    if not city and "," in country:
        city, (state, country) = state, (part.strip() for part in country.split(",", 1))
    code = clean.country_code(country)
    if not code:
        return place_of(", ".join(part for part in (city, state, country) if part))
    return Place(city=city[:120], region=state[:120], country=code)


def _pays(description: str) -> dict[str, Pay]:
    """Pay by country (alpha-2), or under "" where a text names something else than a country."""
    found: dict[str, Pay] = {}
    for match in _PAY.finditer(clean.plain_text(clean.safe_html(description))):
        pay, _repairs = clean.pay(match["low"], match["high"], match["currency"], "YEAR")
        if pay:
            found.setdefault(clean.country_code(match["where"]), pay)
    return found


def _pay_at(place: Place, pays: Mapping[str, Pay]) -> Pay | None:
    """The pay of the place's country; where only one is given and no place contradicts it, that one."""
    if place.country in pays:
        return pays[place.country]
    return next(iter(pays.values())) if len(pays) == 1 and (not place.country or "" in pays) else None
