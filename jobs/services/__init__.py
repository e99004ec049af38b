"""The only writers of postings: store what sources send, read it, close it, delete it."""

from __future__ import annotations

from jobs.services.closing import close_jobs, open_job
from jobs.services.lifecycle import (
    SHOWN_FOR,
    Snapshot,
    compare_snapshot,
    delete_expired,
    expire_due,
    expire_gone,
    expire_missed,
    hide_expired,
    mark_missed,
    see_all,
)
from jobs.services.reading import read_requirements_again, store_reading
from jobs.services.rows import READER_VERSION, JobRow, job_row
from jobs.services.storing import Seen, known_items, lock_source, see_items, store_rows, upsert_jobs

__all__ = [
    "READER_VERSION",
    "SHOWN_FOR",
    "JobRow",
    "Seen",
    "Snapshot",
    "close_jobs",
    "compare_snapshot",
    "delete_expired",
    "expire_due",
    "expire_gone",
    "expire_missed",
    "hide_expired",
    "job_row",
    "known_items",
    "lock_source",
    "mark_missed",
    "open_job",
    "read_requirements_again",
    "see_all",
    "see_items",
    "store_reading",
    "store_rows",
    "upsert_jobs",
]
