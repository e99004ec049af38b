"""Lever, the recruiting of many technology companies (postings API, https://github.com/lever/postings-api)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, text
from jobs.values import JobPosting, Pay, Place

PAGE_SIZE = 100


@dataclass(frozen=True)
class LeverSource:
    """All that one company has open, in pages."""

    about: ClassVar[About] = About(
        label="Lever",
        home="https://www.lever.co",
        summary="The postings of a company that recruits with Lever.",
        complete=True,
        windows=(Window(1, 2),),
        parameters=(
            Parameter(
                "site",
                "Site",
                "The first part of the path of its postings: acme in jobs.lever.co/acme.",
                required=True,
                pattern=r"[A-Za-z0-9_.-]+",
            ),
            Parameter("company", "Company", "Its name; the postings do not say it."),
            Parameter(
                "region",
                "Region",
                "Where Lever keeps the company: its postings are at jobs.lever.co or at jobs.eu.lever.co.",
                choices=(("global", "jobs.lever.co"), ("eu", "jobs.eu.lever.co")),
            ),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    site: str = ""
    company: str = ""
    region: str = "global"

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        document = payloads.json_document(payload)
        single = isinstance(document, dict) and "text" in document
        yield from payloads.items_of([document] if single else payloads.listed(document, "postings", "data"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        categories = row.get("categories")
        state = line(row.get("state"))
        if state not in {"", "published"}:
            yield Rejected(item.position, f"The posting is not open: it is {state}.")
            return
        places = _places(row)
        named = [line(at(categories, "location")), *names(at(categories, "allLocations"))]
        workplace = wording.workplace_of(line(row.get("workplaceType")), *named)
        commitment = line(at(categories, "commitment"))
        yield from postings_of(
            item,
            Draft(
                title=row.get("text"),
                external_id=row.get("id"),
                company=self.company,
                html=_html(row),
                places=places,
                remote=workplace == "remote",
                hybrid=workplace == "hybrid",
                employment_type=clean.employment_type(commitment),
                level=wording.level_of(line(at(categories, "level"))),
                categories=[line(at(categories, "department")), line(at(categories, "team")), *names(row.get("tags"))],
                pay=_pay(row, places),
                posted_at=clean.moment(row.get("createdAt")),
                url=row.get("hostedUrl") or at(row.get("urls"), "show") or row.get("applyUrl"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        """Page by page until one is not full; the cursor is the number of postings before the next page."""
        host = "api.eu.lever.co" if self.region == "eu" else "api.lever.co"
        skip = int(after or 0)
        while True:
            params = {"mode": "json", "limit": str(PAGE_SIZE), "skip": str(skip)}
            answer = fetch(Request(f"https://{host}/v0/postings/{self.site}", params, payloads.IN_FULL))
            skip += PAGE_SIZE
            page = payloads.page_of(self, answer, str(skip))
            yield page
            if len(page.rows) < PAGE_SIZE:
                return


def _html(row: Mapping[str, Any]) -> str:
    """Every section in the order of the page: opening, body, lists, pay, closing words."""
    content = row.get("content")  # how the API with a key says the same
    whole = _first(row, "description", "descriptionPlain") or text(at(content, "descriptionHtml"))
    beginning = [whole] if whole else [_first(row, name, f"{name}Plain") for name in ("opening", "descriptionBody")]
    lists = [*entries(row.get("lists")), *entries(at(content, "lists"))]
    endings = [
        _first(row, "salaryDescription", "salaryDescriptionPlain", "salaryDescriptionHtml"),
        _first(row, "additional", "additionalPlain") or text(at(content, "closingHtml")),
    ]
    return wording.sections_html(
        [
            *(("", part) for part in beginning),
            *((unescape(line(at(part, "text"))), text(at(part, "content"))) for part in lists),
            *(("", part) for part in endings),
        ]
    )


def _first(row: Mapping[str, Any], *fields: str) -> str:
    return next(filter(None, (text(row.get(name)) for name in fields)), "")


def _places(row: Mapping[str, Any]) -> list[Place]:
    """Every place that is named; the country of the posting holds for those that do not name one."""
    categories = row.get("categories")
    first = line(at(categories, "location"))
    country = clean.country_code(line(row.get("country")))
    wordings = list(dict.fromkeys([*([first] if first else []), *names(at(categories, "allLocations"))]))
    places = [place for words in wordings for place in _in_country(words, country, only=len(wordings) == 1)]
    return places or [Place(country=country)]


def _in_country(words: str, country: str, *, only: bool) -> list[Place]:
    """Of several places only those surely in the posting's country are put there: it is the country of the first."""
    places = wording.places_of(words)
    if len(places) != 1 or places[0].country or not country:
        return places
    return [wording.place_of(words, country=country)] if only or wording.is_town(places[0].city, country) else places


def _pay(row: Mapping[str, Any], places: list[Place]) -> tuple[Pay | None, tuple[str, ...]]:
    given = row.get("salaryRange")
    pay = clean.pay(at(given, "min"), at(given, "max"), at(given, "currency"), at(given, "interval"))
    if pay[0] is not None:
        return pay
    return wording.pay_of(_first(row, "salaryDescriptionPlain"), country=places[0].country if places else "")
