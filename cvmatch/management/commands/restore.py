"""Puts a backup into an empty installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.backup import BackupError, restore_backup


class Command(BaseCommand):
    help = "Restores a file that `backup` wrote into an empty database and an empty folder of uploads, and checks it."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            manifest = restore_backup(file.absolute())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored what was kept at {manifest.made_at}: {manifest.files} files, rows {dict(manifest.rows)}"
        )
        self.stdout.write("Now start bin/up, or run `manage.py prepare`, with the code of that time or newer.")
