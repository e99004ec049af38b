"""Pages of a CV as pictures, drawn in the sandbox when somebody wants to see one and kept beside the file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.files.storage import default_storage

from cvmatch.core.errors import NotFound, UnreadableDocument
from ingestion.extract.detect import PICTURES
from ingestion.extract.sandbox import draw_page_sandboxed
from ingestion.models import CV

# Formats whose pages look like something of their own; the others are flowing text.
DRAWN = {"pdf", "scan", *PICTURES.values()}
MOST_PAGES = 60


def page_picture(cv: CV, number: int) -> Path:
    """The file of the picture of a page, counted from 1. Raises NotFound where there is none to be had."""
    if cv.format not in DRAWN or not cv.file or not 1 <= number <= MOST_PAGES:
        raise NotFound("There is no picture of this page.")
    kept = _folder(str(cv.file.name)) / f"{number}.jpg"
    if not kept.exists():
        _keep(kept, _draw(cv, number))
    return kept


def pages_of(cv: CV) -> range:
    """The pages on which something was read, as far as they can be drawn."""
    if cv.format not in DRAWN or not cv.file:
        return range(0)
    last = max((evidence.page for evidence in cv.read.evidence.values()), default=1)
    return range(1, min(last, MOST_PAGES) + 1)


def delete_pictures(name: str) -> None:
    """Remove the pictures of a stored file."""
    shutil.rmtree(_folder(name), ignore_errors=True)


def _draw(cv: CV, number: int) -> bytes:
    try:
        with cv.file.open("rb") as file:
            return draw_page_sandboxed(file.read(), page=number, max_bytes=settings.MAX_UPLOAD_BYTES)
    except (OSError, UnreadableDocument) as error:
        raise NotFound("There is no picture of this page.") from error


def _keep(path: Path, picture: bytes) -> None:
    """Two that draw the same page at once write the same file, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(picture)
    os.replace(file.name, path)


def _folder(name: str) -> Path:
    return Path(default_storage.path(f"{name}.pages"))
