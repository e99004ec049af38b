"""Workable, the recruiting of many mid-sized companies (what their careers pages at apply.workable.com are made of)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Answer, Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, degrees, entries, line, names, postings_of, text
from jobs.values import JobPosting, Pay, Place

_HOST = "https://apply.workable.com"
_COMPANY = "account_name"
_SECTIONS = (
    ("", ("full_description", "description")), ("Requirements", ("requirements",)), ("Benefits", ("benefits",)),
)  # fmt: skip


@dataclass(frozen=True)
class WorkableSource:
    """All that one company has open: with all texts in one answer, or a list and one answer for each posting."""

    about: ClassVar[About] = About(
        label="Workable",
        home="https://www.workable.com",
        summary="The careers page of a company that recruits with Workable.",
        complete=True,
        parameters=(
            Parameter(
                "account",
                "Account",
                "The first part of the path of its careers page: acme in apply.workable.com/acme.",
                required=True,
                pattern=r"[A-Za-z0-9-]+",
            ),
            Parameter("company", "Company", "Its name, where the postings do not say it."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    account: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        document = payloads.json_document(payload)
        if isinstance(document, dict) and isinstance(document.get("job"), dict):
            document = document["job"]
        single = isinstance(document, dict) and "title" in document
        name = line(at(document, "name"))
        rows = [document] if single else payloads.listed(document, "jobs", "results")
        yield from payloads.items_of(rows, **({_COMPANY: name} if name else {}))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        # In the widget "state" is the region; in the other answers it is what became of the posting.
        state = "internal" if row.get("isInternal") is True else line(row.get("state")).lower()
        if state in {"draft", "closed", "archived", "internal"}:
            yield Rejected(item.position, f"The posting is not open to everybody: it is {state}.")
            return
        workplace = _workplace(row)
        yield from postings_of(
            item,
            Draft(
                title=row.get("title") or row.get("full_title"),
                external_id=row.get("shortcode") or row.get("id"),
                company=line(row.get(_COMPANY)) or line(at(row.get("company"), "name")) or self.company,
                html=_html(row),
                places=_places(row),
                remote=workplace == "remote",
                hybrid=workplace == "hybrid",
                employment_type=clean.employment_type(row.get("employment_type") or row.get("type")),
                level=wording.level_of(line(row.get("experience"))),
                categories=[
                    *names(row.get("department"), "name"),
                    *names(row.get("function")),
                    *names(row.get("industry")),
                ],
                pay=_pay(row),
                posted_at=next(
                    filter(None, (clean.moment(row.get(k)) for k in ("published_on", "published", "created_at"))), None
                ),
                url=self._address(row),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        """The widget's one answer; where it is empty, the list of the careers page with the cursor it gives."""
        if not after:
            widget = f"{_HOST}/api/v1/widget/accounts/{self.account}"
            page = payloads.page_of(self, fetch(Request(widget, {"details": "true"}, payloads.IN_FULL)))
            if page.rows:
                yield page
                return
        yield from self._listed(fetch, after)

    def _listed(self, fetch: Fetch, token: str) -> Iterator[Page]:
        address = f"{_HOST}/api/v3/accounts/{self.account}/jobs"
        while True:
            answer = fetch(Request(address, payload={"query": "", **({"token": token} if token else {})}))
            token = line(at(answer.json(), "nextPage"))
            rows = payloads.page_of(self, answer).rows
            yield Page(tuple(self._with_texts(fetch, rows)), token)
            if not token or not rows:
                return

    def _with_texts(self, fetch: Fetch, rows: tuple[Item | Rejected, ...]) -> Iterator[Item | Rejected]:
        listed = [row for row in rows if isinstance(row, Item)]
        address = f"{_HOST}/api/v2/accounts/{self.account}/jobs"
        requests = [
            Request(f"{address}/{line(item.raw.get('shortcode'))}", headers=payloads.IN_FULL) for item in listed
        ]
        for item, answer in zip(listed, payloads.details(fetch, requests), strict=True):
            yield _completed(item, answer)
        yield from (row for row in rows if isinstance(row, Rejected))

    def _address(self, row: Mapping[str, Any]) -> str:
        """The posting's page rather than its form."""
        given = [line(row.get(name)) for name in ("url", "application_url", "shortlink")]
        pages = [address for address in given if address and not address.rstrip("/").endswith("/apply")]
        made = f"{_HOST}/{self.account or 'j'}/{'j/' if self.account else ''}{line(row.get('shortcode'))}"
        return next(iter(pages), "") or next(filter(None, given), "") or (made if row.get("shortcode") else "")


def _completed(item: Item, answer: Answer | None) -> Item | Rejected:
    """The listed posting with what its own answer says; closed where it has none any more."""
    if answer is None:
        return Rejected(item.position, "The posting was taken down.")
    detail = answer.json()
    return replace(item, raw={**item.raw, **detail}) if isinstance(detail, dict) else item


def _html(row: Mapping[str, Any]) -> str:
    parts = row.get("details") if isinstance(row.get("details"), Mapping) else row
    sections = [
        (heading, next(filter(None, (text(at(parts, name)) or text(row.get(name)) for name in fields)), ""))
        for heading, fields in _SECTIONS
    ]
    return wording.sections_html(sections)


def _workplace(row: Mapping[str, Any]) -> str:
    location = row.get("location")
    said = [line(row.get("workplace_type")), line(row.get("workplace")), line(at(location, "workplace_type"))]
    anywhere = any(
        value is True for value in (row.get("telecommuting"), row.get("remote"), at(location, "telecommuting"))
    )
    return wording.workplace_of(*said, "remote" if anywhere else "")


def _places(row: Mapping[str, Any]) -> list[Place]:
    """Every place that is shown; the fields of the posting itself name the first of them."""
    given = [place for place in entries(row.get("locations")) if at(place, "hidden") is not True]
    places = [_place(place) for place in given]
    location = row.get("location")
    if any(place != Place() for place in places):
        return places
    return [
        _place(location)
        if isinstance(location, Mapping)
        else _place(row)
        if not location
        else wording.place_of(line(location))
    ]


def _place(given: Any) -> Place:
    if isinstance(given, str):
        return wording.place_of(line(given))
    code = line(at(given, "countryCode")) or line(at(given, "country_code"))
    region = line(at(given, "region")) or line(at(given, "state_code")) or line(at(given, "state"))
    place = Place(
        city=line(at(given, "city"))[:120],
        region=("" if region.lower() == "published" else region)[:120],
        country=clean.country_code(code)
        or clean.country_code(line(at(given, "country")) or line(at(given, "countryName"))),
        postal_code=(line(at(given, "zip_code")) or line(at(given, "zip")))[:20],
        latitude=degrees(at(given, "latitude"), 90),
        longitude=degrees(at(given, "longitude"), 180),
    )
    return place if place != Place() else wording.place_of(line(at(given, "location_str")))


def _pay(row: Mapping[str, Any]) -> tuple[Pay | None, tuple[str, ...]]:
    given = row.get("salary")
    if not isinstance(given, Mapping):
        return wording.pay_of(line(given))
    low, high = at(given, "salary_from"), at(given, "salary_to")
    return clean.pay(low, high, at(given, "salary_currency"), at(given, "salary_period"))
