"""Recruitee, the recruiting of European companies (offers of a company, https://docs.recruitee.com)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, in_country, line, names, postings_of, text
from jobs.values import JobPosting, Place, employment_type


@dataclass(frozen=True)
class RecruiteeSource:
    """The published offers of one company in one answer."""

    about: ClassVar[About] = About(
        label="Recruitee",
        home="https://recruitee.com",
        summary="The careers page of a company that recruits with Recruitee (Tellent).",
        complete=True,
        parameters=(
            Parameter(
                "account",
                "Account",
                "The first part of the address of the careers page: acme in acme.recruitee.com.",
                required=True,
                pattern=r"[A-Za-z0-9-]+",
            ),
            Parameter("company", "Company", "Its name, where the offers do not say it."),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    account: str = ""
    company: str = ""

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        document = payloads.json_document(payload)
        single = at(document, "offer")
        yield from payloads.items_of([single] if single else payloads.listed(document, "offers"))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        status = line(row.get("status"))
        if status not in {"", "published"}:
            yield Rejected(item.position, f"The offer is not open: it is {status}.")
            return
        yield from postings_of(item, self._draft(row))

    def _draft(self, row: Mapping[str, Any]) -> Draft:
        pay = row.get("salary")
        said = _said_workplace(row)
        return Draft(
            title=_translated(row, "title"),
            external_id=row.get("id") or row.get("slug"),
            company=line(row.get("company_name")) or self.company,
            html=wording.sections_html([("", _translated(row, "description")), ("", _translated(row, "requirements"))]),
            places=_places(row),
            remote="remote" in said,
            hybrid="hybrid" in said,
            employment_type=employment_type(line(row.get("employment_type_code"))),
            level=wording.level_of(line(row.get("experience_code"))),
            categories=[
                *names(row.get("department")),
                *names(_words(row.get("category_code"))),
                *names(row.get("tags")),
            ],
            pay=clean.pay(at(pay, "min"), at(pay, "max"), at(pay, "currency"), at(pay, "period")),
            posted_at=_moment(row.get("published_at")) or _moment(row.get("created_at")),
            expires_at=_moment(row.get("close_at")),
            url=row.get("careers_url") or row.get("careers_apply_url"),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        yield from payloads.whole(self, fetch, Request(f"https://{self.account}.recruitee.com/api/offers/"))


def _translated(row: Mapping[str, Any], name: str) -> str:
    """The text itself, or its first translation where the offer is kept in translations only."""
    languages = row.get("translations")
    versions = languages.values() if isinstance(languages, Mapping) else ()
    return next(filter(None, (text(at(version, name)) for version in (row, *versions))), "")


def _said_workplace(row: Mapping[str, Any]) -> set[str]:
    """The kinds that are ticked; older offers have none of the three and a place called Remote."""
    ticked = {kind for kind in ("remote", "hybrid") if row.get(kind) is True}
    if ticked or row.get("on_site") is True:
        return ticked
    return {wording.workplace_of(line(row.get("location")), *names(row.get("locations"), "name"))}


def _places(row: Mapping[str, Any]) -> list[Place]:
    """The places of the list; older offers have the first of them only, or all in words."""
    places = [place for place in map(_place, entries(row.get("locations"))) if place != Place()]
    first = _place(row)
    if places or first.city:
        return places or [first]
    return [in_country(place, first.country) for place in wording.places_of(line(row.get("location")))] or [first]


def _place(location: Any) -> Place:
    return Place(
        city=line(at(location, "city"))[:120],
        region=line(at(location, "state") or at(location, "state_name"))[:120],
        country=clean.country_code(line(at(location, "country_code")) or line(at(location, "country"))),
        postal_code=line(at(location, "postal_code"))[:20],
    )


def _words(code: Any) -> str:
    return line(code).replace("_", " ")


def _moment(value: Any) -> datetime | None:
    """Recruitee's own form of a moment, "2026-10-05 08:00:00 UTC", or ISO 8601."""
    return clean.moment(line(value).removesuffix(" UTC"))
