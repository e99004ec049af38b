"""Adzuna, a search engine for jobs in nineteen countries (https://developer.adzuna.com)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Answer, Credential, Fetch, Request, Window
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, degrees, entries, line, postings_of, text
from ingestion.sources.moving_list import MovingList, View
from jobs.values import JobPosting, Pay, Place

PAGE_SIZE = 50
_DAY = 86_400

# Country → its name, and the currency in which Adzuna gives its pay without saying so.
_COUNTRIES = {
    "at": ("Austria", "EUR"), "au": ("Australia", "AUD"), "be": ("Belgium", "EUR"), "br": ("Brazil", "BRL"),
    "ca": ("Canada", "CAD"), "ch": ("Switzerland", "CHF"), "de": ("Germany", "EUR"), "es": ("Spain", "EUR"),
    "fr": ("France", "EUR"), "gb": ("United Kingdom", "GBP"), "in": ("India", "INR"), "it": ("Italy", "EUR"),
    "mx": ("Mexico", "MXN"), "nl": ("Netherlands", "EUR"), "nz": ("New Zealand", "NZD"), "pl": ("Poland", "PLN"),
    "sg": ("Singapore", "SGD"), "us": ("United States", "USD"), "za": ("South Africa", "ZAR"),
}  # fmt: skip


@dataclass(frozen=True)
class AdzunaSource:
    """One search in one country, page by page, with as many keys as there are."""

    about: ClassVar[About] = About(
        label="Adzuna",
        home="https://www.adzuna.com",
        summary="A search over the postings of many boards in one country; gives the beginning of each description.",
        attribution="Jobs by Adzuna",
        snippets=True,
        windows=(Window(60, 25), Window(_DAY, 250), Window(7 * _DAY, 1000), Window(30 * _DAY, 2500)),
        parameters=(
            Parameter(
                "country",
                "Country",
                required=True,
                choices=tuple((code, name) for code, (name, _) in _COUNTRIES.items()),
            ),
            Parameter(
                "keys",
                "Keys",
                "Each as app_id:app_key. Several are used in turn, each under its own limits.",
                required=True,
                secret=True,
                many=True,
                pattern=r"[^:\s]+:[^:\s]+",
            ),
            Parameter("what", "What", "Words that the posting must have."),
            Parameter("where", "Where", "A town, region or postal code."),
            Parameter("category", "Category", "As Adzuna tags it, for example it-jobs.", pattern=r"[a-z-]+"),
            Parameter("max_days_old", "Not older than (days)", pattern=r"\d{1,3}"),
            Parameter(
                "sort_by",
                "Order",
                "Newest first finds what is new also when the limits end a run.",
                choices=(("date", "Newest first"), ("relevance", "Best first"), ("salary", "Highest pay first")),
            ),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    country: str = "gb"
    keys: tuple[str, ...] = ()
    what: str = ""
    where: str = ""
    category: str = ""
    max_days_old: str = ""
    sort_by: str = "date"

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        yield from payloads.items_of(payloads.listed(payloads.json_document(payload), "results"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        place = _place(row)
        yield from postings_of(
            item,
            Draft(
                title=_without_marks(row.get("title")),
                external_id=row.get("id"),
                company=at(row.get("company"), "display_name"),
                html=text(row.get("description")),
                places=[place],
                employment_type=_employment_type(row),
                categories=[line(at(row.get("category"), "label")) or line(at(row.get("category"), "tag"))],
                is_snippet=True,
                pay=_pay(row, place.country or self.country.upper()),
                posted_at=clean.moment(row.get("created")),
                url=row.get("redirect_url"),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        """The pages in order up to the last one by the service's count, or to an empty one; see :class:`MovingList`."""
        yield from MovingList(fetch, self._request, self._view, PAGE_SIZE).pages(after)

    def _view(self, number: int, answer: Answer) -> View:
        rows = payloads.page_of(self, answer).rows
        names = tuple(line(row.raw.get("id")) if isinstance(row, Item) else "" for row in rows)
        return View(number, _count(answer.json()), rows, names)

    def _request(self, page: int) -> Request:
        asked = {"what": self.what, "where": self.where, "category": self.category, "max_days_old": self.max_days_old}
        params = {name: value for name, value in asked.items() if value}
        params |= {"results_per_page": str(PAGE_SIZE), "sort_by": self.sort_by, "content-type": "application/json"}
        url = f"https://api.adzuna.com/v1/api/jobs/{self.country}/search/{page}"
        return Request(url, params, payloads.IN_FULL, credentials=tuple(map(_credential, self.keys)))


def _credential(key: str) -> Credential:
    app_id, _, app_key = key.partition(":")
    return Credential(name=app_id, params={"app_id": app_id, "app_key": app_key})


def _count(document: Any) -> int:
    count = at(document, "count")
    return count if isinstance(count, int) else 0


def _without_marks(value: Any) -> str:
    """Titles come with the words that were looked for in bold."""
    return clean.plain_text(clean.safe_html(text(value)))


def _place(row: Mapping[str, Any]) -> Place:
    """From the areas that hold it, largest first: country, region, county, town."""
    location = row.get("location")
    areas = [line(area) for area in entries(at(location, "area")) if line(area)]
    said = Place() if areas else wording.place_of(line(at(location, "display_name")))
    country = clean.country_code(areas[0]) if areas else said.country
    inner = areas[1:] if country else areas
    region, city = (inner or [said.region])[0], inner[-1] if len(inner) > 1 else said.city
    if len(inner) == 1 and wording.is_town(region, country):
        city, region = region, ""
    return Place(
        city=city[:120],
        region=region[:120],
        country=country,
        latitude=degrees(row.get("latitude"), 90),
        longitude=degrees(row.get("longitude"), 180),
    )


def _employment_type(row: Mapping[str, Any]) -> str:
    """A contract is named before its hours; a permanent position is full-time unless its hours are said."""
    kind, hours = clean.employment_type(row.get("contract_type")), clean.employment_type(row.get("contract_time"))
    return kind if kind == "contract" else hours or kind


def _pay(row: Mapping[str, Any], country: str) -> tuple[Pay | None, tuple[str, ...]]:
    """Pay by the year in the country's currency; Adzuna predicts it where the posting does not say it."""
    currency = _COUNTRIES.get(country.lower(), ("", ""))[1]
    pay, repairs = clean.pay(row.get("salary_min"), row.get("salary_max"), currency, "YEAR")
    predicted = line(row.get("salary_is_predicted")) == "1" or row.get("salary_is_predicted") is True
    return (replace(pay, estimated=predicted) if pay else None), repairs
