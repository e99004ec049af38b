"""What is done outside of the database once rows of people are gone: files are removed, and a ledger is written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from cvmatch.core.models import User
from ingestion.models import CV, Candidate, Erasure
from ingestion.page_pictures import delete_pictures

# In VAR_DIR, and beside backups: one erasure a line, as JSON.
LEDGER = "erasures.jsonl"
MOST = 1000
_KINDS = {CV: Erasure.Kind.CV, Candidate: Erasure.Kind.CANDIDATE, User: Erasure.Kind.USER}


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: which row, told apart from others of its number by ``mark``, and when it was erased."""

    id: str
    kind: str
    row: int
    mark: str
    at: str


def note_erased(row: CV | Candidate | User) -> None:
    """This row has just been deleted; called in that transaction. What is left to do is done once it is through."""
    erasure = Erasure.objects.create(
        kind=_KINDS[type(row)],
        row_id=row.pk,
        mark=mark_of(row),
        file=str(row.file.name or "") if isinstance(row, CV) else "",
    )
    forget_log(type(row), [row.pk])
    # Robust: what cannot be removed now is tried again by the stage, and is no reason to fail what was asked for.
    transaction.on_commit(lambda: settle(only=[erasure.pk]), robust=True)


def forget_log(model: type[Model], ids: Sequence[int]) -> None:
    """The admin's log keeps the names of what was changed there, also after it is gone."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    entries.filter(object_id__in=[str(pk) for pk in ids]).delete()


def mark_of(row: CV | Candidate | User) -> str:
    """Of the row's number and the moment it was made: says which row it was, and nothing about the person."""
    made_at = (
        row.uploaded_at if isinstance(row, CV) else row.created_at if isinstance(row, Candidate) else row.date_joined
    )
    return hashlib.sha256(f"{_KINDS[type(row)]}:{row.pk}:{made_at.astimezone(UTC).isoformat()}".encode()).hexdigest()


def settle(*, limit: int = MOST, only: Collection[UUID] | None = None) -> int:
    """Do what is left of erasures; returns of how many. Killed in between, the next call does all of it again."""
    with transaction.atomic():
        rows = Erasure.objects.filter(settled_at=None).order_by("at").select_for_update(skip_locked=True)
        open_ = list((rows if only is None else rows.filter(pk__in=only))[:limit])
        if not open_:
            return 0
        for row in open_:
            remove_file(row.file)
        _append(settings.VAR_DIR / LEDGER, map(_entry, open_))
        Erasure.objects.filter(pk__in=[row.pk for row in open_]).update(file="", settled_at=timezone.now())
    return len(open_)


def remove_file(name: str) -> None:
    """Remove a stored file with the pictures of its pages, unless another CV has it: uploads once shared their files."""
    if name and not CV.objects.filter(file=name).exists():
        default_storage.delete(name)
        delete_pictures(name)


def read_ledger(path: Path) -> dict[str, Entry]:
    """Every erasure that the file names, by its id; none where there is no file. A line that was cut off is left out."""
    found = {}
    with suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, TypeError):
                entry = Entry(**json.loads(line))
                found[entry.id] = entry
    return found


def write_ledger(path: Path) -> int:
    """Put all erasures that are known here into the file, beside those that it has; returns how many it did not have."""
    known = read_ledger(path)
    missing = [entry for entry in map(_entry, Erasure.objects.order_by("at").iterator()) if entry.id not in known]
    _append(path, missing)
    return len(missing)


def take_over(entries: Iterable[Entry]) -> None:
    """Keep erasures of before a restore, so that the next ledger has them too."""
    rows = [
        Erasure(id=UUID(entry.id), kind=entry.kind, row_id=entry.row, mark=entry.mark, settled_at=timezone.now())
        for entry in entries
    ]
    Erasure.objects.bulk_create(rows, ignore_conflicts=True)


def _entry(row: Erasure) -> Entry:
    return Entry(str(row.pk), row.kind, row.row_id, row.mark, _said(row.at))


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _append(path: Path, entries: Iterable[Entry]) -> None:
    """Each line begins with a line break: one that was cut off by a crash spoils no other. On the disk before this returns."""
    content = "".join(f"\n{json.dumps(asdict(entry))}\n" for entry in entries)
    if not content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    ledger = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        os.write(ledger, content.encode())
        os.fsync(ledger)
    finally:
        os.close(ledger)
