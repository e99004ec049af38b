"""Writes CVs that people have confirmed, with what they say, as truth to measure the parser by."""

from __future__ import annotations

import json
import os
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ingestion.models import Confirmation


class Command(BaseCommand):
    help = (
        "Write the files of all confirmed CVs to DIR/files and what was confirmed of each to DIR/truth, as "
        "evaluate_parsing_quality reads them. This is personal data in the clear: the folder and its files are readable by "
        "their owner only; keep them no longer than the measurement takes. A CV whose confirmation was taken back is not "
        "written, and one that was deleted here stays in an earlier export until somebody deletes it there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", help="a folder that is not there yet, or empty")

    def handle(self, *args: Any, **options: Any) -> None:
        files, truth = _folders(Path(options["folder"]))
        confirmed = Confirmation.objects.select_related("cv").defer("cv__text", "cv__matched_text", "cv__search")
        count = sum(self._write(confirmation, files, truth) for confirmation in confirmed.order_by("cv_id"))
        self.stdout.write(f"{count} confirmed CVs written. They are personal data: delete them once they are measured.")

    def _write(self, confirmation: Confirmation, files: Path, truth: Path) -> bool:
        cv, resume = confirmation.cv, confirmation.resume_json
        try:
            with cv.file.open("rb") as file:
                content = bytes(file.read())
        except (OSError, ValueError):
            self.stderr.write(f"CV {cv.pk}: its file is not there, left out")
            return False
        meta = {"format": resume.get("meta", {}).get("format", ""), "layout": "corrected"}
        _write_private(files / f"cv-{cv.pk}{_suffix(cv.filename)}", content)
        text = json.dumps({**resume, "meta": meta}, ensure_ascii=False, indent=1)
        _write_private(truth / f"cv-{cv.pk}.json", text.encode())
        return True


def _folders(folder: Path) -> tuple[Path, Path]:
    """Two new folders in one that only its owner can open."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty. Name a new folder, so that nothing old stays among the truth.")
        folder.chmod(0o700)
        made = folder / "files", folder / "truth"
        for path in made:
            path.mkdir(mode=0o700)
    except OSError as error:
        raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
    return made


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _suffix(filename: str) -> str:
    """What the uploaded name ended with, where that is an ending; the reader goes by content, and by it for plain text."""
    found = re.search(r"\.[A-Za-z0-9]{1,5}$", filename)
    return found[0].lower() if found else ""
