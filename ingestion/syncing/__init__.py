"""How postings come in: files and pushes once, connected sources again and again."""

from __future__ import annotations

from ingestion.syncing.connecting import (
    Preview,
    change_source,
    check_parameters,
    connect_source,
    delete_old_runs,
    fetcher_of,
    kind_of,
    mapper_of,
    pause,
    preview,
    request_sync,
    resume,
    start_due,
)
from ingestion.syncing.importing import import_items, import_rows
from ingestion.syncing.running import Outcome, confirm, finish, sync

__all__ = [
    "Outcome",
    "Preview",
    "change_source",
    "check_parameters",
    "confirm",
    "connect_source",
    "delete_old_runs",
    "fetcher_of",
    "finish",
    "import_items",
    "import_rows",
    "kind_of",
    "mapper_of",
    "pause",
    "preview",
    "request_sync",
    "resume",
    "start_due",
    "sync",
]
