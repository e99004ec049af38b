"""The demo corpus: fictional jobs and CVs that ship with the project, so that a fresh installation has something to show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

JOBS = Path(__file__).parent / "jobs.jsonl"
CVS = Path(__file__).parent / "cvs"

# The day the dates in jobs.jsonl are counted from: a posting dated three days before it is always three days old.
BASE_DAY = date(2026, 1, 5)

_DATES = ("datePosted", "validThrough")


def load_jobs(now: datetime) -> Iterator[dict[str, Any]]:
    """The demo postings as schema.org JobPosting rows, with their dates moved so that they are fresh at ``now``."""
    with JOBS.open(encoding="utf-8") as lines:
        for line in lines:
            yield fresh(json.loads(line), now)


def fresh(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A posting whose dates are counted from BASE_DAY, as it would be ``now``."""
    return _shifted(row, now.date() - BASE_DAY)


def cv_files() -> list[Path]:
    """The demo CVs in a fixed order: PDF, DOCX and TXT."""
    return sorted(path for path in CVS.iterdir() if path.suffix in (".pdf", ".docx", ".txt"))


def _shifted(row: dict[str, Any], shift: timedelta) -> dict[str, Any]:
    return row | {key: (date.fromisoformat(row[key]) + shift).isoformat() for key in _DATES if key in row}
