"""Personio, the recruiting of European companies (XML feed of a company, https://developer.personio.de)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, text, workplaces
from jobs.values import JobPosting, employment_type

_MARKUP = frozenset({"value"})
# What says more than the weekly hours; the rest ("permanent") says less.
_TYPES = {"intern": "internship", "trainee": "internship", "freelance": "contract", "temporary": "temporary"}
_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt", "sv", "fi", "pl")


@dataclass(frozen=True)
class PersonioSource:
    """The open positions of one company in one answer."""

    about: ClassVar[About] = About(
        label="Personio",
        home="https://www.personio.com",
        summary="The careers page of a company that recruits with Personio.",
        complete=True,
        parameters=(
            Parameter(
                "account",
                "Account",
                "The first part of the address of the careers page: acme in acme.jobs.personio.de.",
                required=True,
                pattern=r"[A-Za-z0-9-]+",
            ),
            Parameter("company", "Company", "Its name, for positions that name no company of the group."),
            Parameter("domain", "Domain", choices=(("de", "jobs.personio.de"), ("com", "jobs.personio.com"))),
            Parameter("language", "Language", "Of the texts.", choices=tuple((code, code) for code in _LANGUAGES)),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    account: str = ""
    company: str = ""
    domain: str = "de"
    language: str = "en"

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        feed = payloads.xml_document(payload, "workzag-jobs")
        positions = [payloads.xml_record(position, _MARKUP) for position in feed.iter("position")]
        yield from payloads.items_of(positions)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        offices = [*names(row.get("office")), *names(at(row, "additionalOffices", "office"))]
        where = {wording.place_of(office): office for office in offices}
        kinds = set(map(wording.workplace_of, offices))
        number, pay = line(row.get("id")), row.get("salaryInformation")
        yield from postings_of(
            item,
            Draft(
                title=row.get("name"),
                external_id=number,
                company=line(row.get("subcompany")) or self.company,
                html=wording.sections_html(_sections(row)),
                places=list(where),
                remote="remote" in kinds,
                hybrid="hybrid" in kinds,
                employment_type=_employment_type(line(row.get("employmentType")), line(row.get("schedule"))),
                level=wording.level_of(line(row.get("seniority"))),
                categories=[
                    *names(row.get("department")),
                    *names(row.get("recruitingCategory")),
                    *names(row.get("occupationCategory")),
                    *names(row.get("occupation")),
                ],
                pay=clean.pay(at(pay, "min"), at(pay, "max"), at(pay, "currencyCode"), at(pay, "type")),
                posted_at=clean.moment(row.get("createdAt")),
                url=f"https://{self.account}.jobs.personio.{self.domain}/job/{number}"
                if self.account and number
                else "",
                differing=workplaces(where),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        address = f"https://{self.account}.jobs.personio.{self.domain}/xml"
        yield from payloads.whole(self, fetch, Request(address, {"language": self.language}))


def _sections(row: Any) -> list[tuple[str, str]]:
    blocks = entries(at(row.get("jobDescriptions"), "jobDescription"))
    return [(line(at(block, "name")), text(at(block, "value"))) for block in blocks]


def _employment_type(kind: str, schedule: str) -> str:
    return _TYPES.get(kind) or employment_type(schedule) or employment_type(kind)
