"""Job descriptions in the job schema of JSON Resume (https://jsonresume.org/job-description-schema)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from ingestion.sources import About, Item, Rejected, clean
from ingestion.sources.assembling import Draft, at, entries, line, names, postings_of, text
from ingestion.sources.labels import day_of
from ingestion.sources.wording import level_of, pay_of, place_of, sections_html
from jobs.values import JobPosting, Place


@dataclass(frozen=True)
class JsonResumeJobSource:
    """Reads one job, a list of jobs, or one job a line."""

    about: ClassVar[About] = About(
        label="JSON Resume job",
        home="https://jsonresume.org/job-description-schema",
        summary="A file with a job description, or several, in the form that goes with JSON Resume.",
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        for position, row in enumerate(_rows(payload.read()), start=1):
            yield Item(position, row) if isinstance(row, dict) else Rejected(position, "The row is not an object.")

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from postings_of(item, _draft(item.raw))


def _rows(content: bytes) -> list[Any]:
    try:
        whole = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is not JSON.") from error
    try:
        document = json.loads(whole)
    except (ValueError, RecursionError):
        return [_row(row) for row in whole.splitlines() if row.strip()]
    rows = document.get("jobs", [document]) if isinstance(document, dict) else document
    return rows if isinstance(rows, list) else [rows]


def _row(text_line: str) -> Any:
    try:
        return json.loads(text_line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The file is not JSON.") from error


def _draft(raw: Mapping[str, Any]) -> Draft:
    workplace = line(raw.get("remote")).lower()
    salary = raw.get("salary")
    return Draft(
        title=raw.get("title"),
        external_id=at(raw, "meta", "canonical") or raw.get("id"),
        company=raw.get("company") if not isinstance(raw.get("company"), Mapping) else at(raw, "company", "name"),
        html=_description(raw),
        places=[_place(raw.get("location"))],
        remote=workplace in ("full", "remote", "yes", "true"),
        hybrid=workplace in ("hybrid", "partial"),
        employment_type=clean.employment_type(raw.get("type")),
        level=level_of(line(raw.get("experience"))),
        pay=clean.pay(salary, salary, "", "YEAR") if line(salary).isdecimal() else pay_of(line(salary)),
        posted_at=day_of(line(raw.get("date"))) or clean.moment(at(raw, "meta", "lastModified")),
        url=at(raw, "meta", "canonical"),
    )


def _place(location: Any) -> Place:
    if not isinstance(location, Mapping):
        return place_of(line(location))
    return Place(
        city=line(location.get("city"))[:120],
        region=line(location.get("region"))[:120],
        country=clean.country_code(line(location.get("countryCode"))),
        postal_code=line(location.get("postalCode"))[:20],
    )


def _description(raw: Mapping[str, Any]) -> str:
    """The description and the lists that the schema keeps apart from it."""
    return sections_html(
        [
            ("", text(raw.get("description"))),
            ("Responsibilities", _list(names(raw.get("responsibilities")))),
            ("Qualifications", _list(names(raw.get("qualifications")))),
            ("Skills", _list([skill for row in entries(raw.get("skills")) if (skill := _skill(row))])),
        ]
    )


def _list(points: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(point)}</li>' for point in points)}</ul>" if points else ""


def _skill(row: Any) -> str:
    """ "Web Development (Master): HTML, CSS": what a skill asks for on one line."""
    if not isinstance(row, Mapping):
        return line(row)
    level, words = line(row.get("level")), ", ".join(names(row.get("keywords")))
    return line(row.get("name")) + (f" ({level})" if level else "") + (f": {words}" if words else "")
