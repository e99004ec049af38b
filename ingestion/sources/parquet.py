"""Jobs in a Parquet file, as data warehouses export them: the columns of a CSV file, or those of schema.org."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from shutil import copyfileobj
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.errors import InvalidInput
from ingestion.sources import About, Item, Rejected
from ingestion.sources.csv_file import column, posting_row
from ingestion.sources.jsonld import read_posting
from jobs.values import JobPosting

# Rows in memory at once; with descriptions some MB.
BATCH_ROWS = 256
# A file above this size waits on disk while it is read.
_IN_MEMORY_BYTES = 32 * 1024 * 1024
_MAX_DEPTH = 6
# Fields of a JobPosting that are objects, and the names of columns that may hold them whole.
_NESTED = {
    "jobLocation": {"joblocation", "job_location", "location"},
    "baseSalary": {"basesalary", "base_salary", "salary"},
}


@dataclass(frozen=True)
class ParquetSource:
    """Reads the rows in batches; a column ``title`` is all that is needed, nested columns are JobPosting's own objects."""

    about: ClassVar[About] = About(
        label="Parquet", home="https://parquet.apache.org/", summary="A table as data warehouses export it."
    )
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
            copyfileobj(
                payload, file
            )  # the index of the file stands at its end, and an archive cannot be read from there
            for position, row in enumerate(_rows(file), start=1):
                yield Item(position, row)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        for row in read_posting(item.position, _posting(item.raw)):
            yield replace(row, raw=item.raw) if isinstance(row, JobPosting) else row


def _rows(file: Any) -> Iterator[dict[str, Any]]:
    """The rows as JSON objects. Raises InvalidInput for what is no sound Parquet file, also when that shows midway."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise InvalidInput("Parquet files need the package pyarrow, which is not installed.") from error
    try:
        # Without look-ahead and threads: 50,000 rows take 95 MB that way and 155 MB by default.
        table = ParquetFile(file, pre_buffer=False)
        _check_columns(table.schema_arrow.names)
        for batch in table.iter_batches(BATCH_ROWS, use_threads=False):
            yield from (_json_object(row) for row in batch.to_pylist())
    except (ArrowException, OSError, UnicodeDecodeError, OverflowError) as error:
        raise InvalidInput("The file is not Parquet, or it is damaged.") from error


def _check_columns(names: list[str]) -> None:
    if not {column(name) for name in names} & {"title", "job_title", "name"}:
        raise InvalidInput("The file has no column named title.")


def _posting(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The row as a JobPosting object: flat columns as in a CSV file, nested and other ones by schema.org's names."""
    said = {name: value for name, value in raw.items() if value is not None}
    nested = {column(name) for name, value in said.items() if isinstance(value, dict | list)}
    row = posting_row({column(name): value for name, value in said.items() if column(name) not in nested})
    for field, names in _NESTED.items():
        if nested & names:
            del row[field]
    return {**said, **row}


def _json_object(row: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): _json(value, depth=1) for name, value in row.items()}


def _json(value: Any, depth: int) -> Any:
    """The value as JSON has it: moments as ISO 8601, sums as numbers in text, bytes as text, nested as far as is sensible."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return {str(k): _json(v, depth + 1) for k, v in value.items()} if depth < _MAX_DEPTH else None
    if isinstance(value, list):
        return [_json(entry, depth + 1) for entry in value] if depth < _MAX_DEPTH else None
    if isinstance(value, float) and not math.isfinite(value):
        return None  # how warehouses write a missing number
    return value if isinstance(value, str | int | float | bool) else None
