"""Writes database, uploaded files and key into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cvmatch.backup import NAMED, BackupError, delete_old_backups, make_backup
from ingestion.erasures import LEDGER, write_ledger


class Command(BaseCommand):
    help = (
        "Backs up the database, the uploaded files and the key of the installation into one file, while everything runs; "
        f"beside it {LEDGER} says what was erased, and in a folder older backups are removed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what to write; in a folder, a file named after the time")
        parser.add_argument(
            "--keep-days",
            type=int,
            default=settings.BACKUP_DAYS,
            help="in a folder, remove backups that are older; 0 keeps all (CVMATCH_BACKUP_DAYS)",
        )

    def handle(self, *, file: Path, keep_days: int, **options: Any) -> None:
        target = (file / timezone.now().strftime(NAMED) if file.is_dir() else file).absolute()
        try:
            manifest = make_backup(target)
            write_ledger(target.parent / LEDGER)
            old = delete_old_backups(target, days=keep_days) if file.is_dir() and keep_days else []
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{target}: {target.stat().st_size:,} bytes, {manifest.files} files, rows {dict(manifest.rows)}"
        )
        for path in old:
            self.stdout.write(f"Removed {path.name}, which is older than {keep_days} days.")
