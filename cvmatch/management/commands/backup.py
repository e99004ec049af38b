"""Writes database, uploaded files and key into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cvmatch.backup import BackupError, make_backup


class Command(BaseCommand):
    help = "Backs up the database, the uploaded files and the key of the installation into one file, while everything runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what to write; in a folder, a file named after the time")

    def handle(self, *, file: Path, **options: Any) -> None:
        target = file / f"cvmatch-{timezone.now():%Y%m%d-%H%M%S}.tar" if file.is_dir() else file
        try:
            manifest = make_backup(target.absolute())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{target}: {target.stat().st_size:,} bytes, {manifest.files} files, rows {dict(manifest.rows)}"
        )
