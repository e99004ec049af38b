"""Jobs in a CSV file with a header line, as spreadsheets and applicant tracking systems export them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from cvmatch.core.errors import InvalidInput
from ingestion.sources import Rejected
from ingestion.sources.jsonld import read_posting
from jobs.values import JobPosting

# A column's name in lower case without spaces → the field of schema.org JobPosting it fills.
_COLUMNS = {
    "id": "identifier",
    "external_id": "identifier",
    "identifier": "identifier",
    "reference": "identifier",
    "title": "title",
    "job_title": "title",
    "company": "hiringOrganization",
    "employer": "hiringOrganization",
    "description": "description",
    "text": "description",
    "employment_type": "employmentType",
    "type": "employmentType",
    "posted": "datePosted",
    "posted_at": "datePosted",
    "date_posted": "datePosted",
    "expires": "validThrough",
    "expires_at": "validThrough",
    "valid_through": "validThrough",
    "url": "url",
    "link": "url",
}
_TRUE = {"1", "true", "yes", "y", "ja", "oui", "si", "sí"}


@dataclass(frozen=True)
class CsvSource:
    """Reads comma, semicolon or tab separated rows; a column ``title`` is all that is needed."""

    suffixes: tuple[str, ...] = (".csv", ".tsv")

    def read(self, payload: BinaryIO) -> Iterator[JobPosting | Rejected]:
        text = _decode(payload.read())
        header, _, _ = text.partition("\n")
        delimiter = max(",;\t", key=header.count)
        rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
        names = [_column(name) for name in rows.fieldnames or []]
        if not {"title", "job_title"} & set(names):
            raise InvalidInput("The file has no column named title in its first line.")
        for position, row in enumerate(_rows(rows), start=2):
            if isinstance(row, Rejected):
                yield row
            else:
                yield from read_posting(position, _posting_row(row))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what spreadsheets on Windows write


def _rows(reader: csv.DictReader[str]) -> Iterator[Mapping[str, Any] | Rejected]:
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(reader.line_num, f"The line is not valid CSV: {error}.")


def _column(name: str | None) -> str:
    return (name or "").strip().lower().replace(" ", "_")


def _posting_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The row as a JobPosting object; cells beyond the header (key None) are left out."""
    cells = {_column(name): value for name, value in row.items() if name is not None and value}
    posting: dict[str, Any] = {_COLUMNS[name]: value for name, value in cells.items() if name in _COLUMNS}
    address = {"addressLocality": cells.get("city") or cells.get("location"), "addressRegion": cells.get("region")}
    address |= {"addressCountry": cells.get("country"), "postalCode": cells.get("postal_code")}
    geo = {"latitude": cells.get("latitude"), "longitude": cells.get("longitude")}
    posting["jobLocation"] = {"address": address, "geo": geo}
    if str(cells.get("remote", "")).strip().lower() in _TRUE:
        posting["jobLocationType"] = "TELECOMMUTE"
    quantity = {"minValue": cells.get("salary_min"), "maxValue": cells.get("salary_max")}
    quantity["unitText"] = cells.get("salary_period")
    posting["baseSalary"] = {"currency": cells.get("salary_currency") or cells.get("currency"), "value": quantity}
    return posting
