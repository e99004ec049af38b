"""Jobs in a CSV file with a header line, as spreadsheets and applicant tracking systems export them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from ingestion.sources import About, Item, Rejected
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
if TYPE_CHECKING:
    from _csv import Reader

_TRUE = {"1", "true", "yes", "y", "ja", "oui", "si", "sí"}


@dataclass(frozen=True)
class CsvSource:
    """Reads comma, semicolon or tab separated rows; a column ``title`` is all that is needed."""

    about: ClassVar[About] = About(label="CSV", summary="A table with a header line, as spreadsheets export it.")
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv")

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        text = _decode(payload.read())
        header = next(iter(text.splitlines()), "")
        delimiter = max(",;\t", key=header.count)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        columns = [column(name) for name in _header(lines)]
        if not {"title", "job_title"} & set(columns):
            raise InvalidInput("The file has no column named title in its first line.")
        for position, cells in _rows(lines):
            if isinstance(cells, Rejected):
                yield cells
            elif cells:
                yield Item(position, dict(zip(columns, cells, strict=False)))

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from (replace(row, raw=item.raw) if isinstance(row, JobPosting) else row for row in _read(item))


def _read(item: Item) -> Iterator[JobPosting | Rejected]:
    return read_posting(item.position, posting_row(item.raw))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what spreadsheets on Windows write


def _header(lines: Reader) -> list[str]:
    try:
        return next(lines, [])
    except csv.Error as error:
        raise InvalidInput(f"The first line is not valid CSV: {error}.") from error


def _rows(lines: Reader) -> Iterator[tuple[int, list[str] | Rejected]]:
    """Each row with the line it begins on; quoted cells may go over several lines."""
    while True:
        position = lines.line_num + 1
        try:
            yield position, next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield position, Rejected(position, f"The line is not valid CSV: {error}.")


def column(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def posting_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row by names of columns (lower case, underscores) as a JobPosting object; empty cells say nothing."""
    cells = {name: value for name, value in row.items() if value or value == 0}
    posting: dict[str, Any] = {_COLUMNS[name]: value for name, value in cells.items() if name in _COLUMNS}
    posting["jobLocation"] = _location(cells)
    posting["baseSalary"] = _salary(cells)
    if str(cells.get("remote", "")).strip().lower() in _TRUE:
        posting["jobLocationType"] = "TELECOMMUTE"
    return posting


def _location(cells: Mapping[str, Any]) -> Any:
    """A place in parts, or the words for it where that is all there is."""
    address = {"addressLocality": cells.get("city"), "addressRegion": cells.get("region")}
    address |= {"addressCountry": cells.get("country"), "postalCode": cells.get("postal_code")}
    if "location" in cells and not any(address.values()):
        return cells["location"]
    address["addressLocality"] = cells.get("city") or cells.get("location")
    return {"address": address, "geo": {"latitude": cells.get("latitude"), "longitude": cells.get("longitude")}}


def _salary(cells: Mapping[str, Any]) -> Any:
    quantity = {"minValue": cells.get("salary_min"), "maxValue": cells.get("salary_max")}
    if "salary" in cells and not any(quantity.values()):
        return cells["salary"]
    currency = cells.get("salary_currency") or cells.get("currency")
    return {"currency": currency, "value": {**quantity, "unitText": cells.get("salary_period")}}
