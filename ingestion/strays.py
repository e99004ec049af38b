"""Removes stored files that no CV has: left by a process that was killed between storing a file and its row."""

from __future__ import annotations

import time
from pathlib import Path

from django.core.files.storage import default_storage

from ingestion.erasures import remove_file
from ingestion.models import CV

# A file that is younger may be one whose row is just being stored.
OLD_S = 24 * 3600
_CHUNK = 1000


def sweep_strays(*, limit: int) -> int:
    """Remove up to ``limit`` files, and pictures of pages, that belong to no CV; returns how many."""
    root = Path(default_storage.path("cvs"))
    before = time.time() - OLD_S
    old = [path for path in root.glob("??/*") if path.stat().st_mtime < before] if root.is_dir() else []
    strays: list[str] = []
    for first in range(0, len(old), _CHUNK):
        names = {_stored_name(path) for path in old[first : first + _CHUNK]}
        strays += sorted(names - set(CV.objects.filter(file__in=names).values_list("file", flat=True)))
    for name in strays[:limit]:
        remove_file(name)
    return len(strays[:limit])


def _stored_name(path: Path) -> str:
    """The name of the stored file that this is, or that its pictures are of."""
    return f"cvs/{path.parent.name}/{path.name.removesuffix('.pages')}"
