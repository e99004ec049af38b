"""Puts a backup into an empty installation, and erases again what was erased since it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.backup import BackupError, restore_backup
from cvmatch.my_data.erasing import erase_again
from ingestion.erasures import LEDGER, read_ledger


class Command(BaseCommand):
    help = (
        "Restores a file that `backup` wrote into an empty database and an empty folder of uploads, checks it, and erases "
        f"again what {LEDGER}, beside the file or in CVMATCH_VAR_DIR, says has been erased since."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote")
        parser.add_argument("--erasures", type=Path, help=f"another ledger than {LEDGER} beside the file")
        parser.add_argument(
            "--keep-erased",
            action="store_true",
            help="bring back what was erased since, where it was erased by mistake",
        )

    def handle(self, *, file: Path, erasures: Path | None, keep_erased: bool, **options: Any) -> None:
        source = file.absolute()
        known = read_ledger(settings.VAR_DIR / LEDGER) | read_ledger(erasures or source.parent / LEDGER)
        try:
            manifest = restore_backup(source)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored what was kept at {manifest.made_at}: {manifest.files} files, rows {dict(manifest.rows)}"
        )
        if known and not keep_erased:
            call_command("migrate", interactive=False, verbosity=0)  # the backup may be of older code than this
            count = erase_again(list(known.values()))
            self.stdout.write(f"Erased again: {count} rows of people that {len(known)} erasures name.")
        elif not known:
            self.stdout.write(f"No {LEDGER} was found: who was erased since the backup is there again.")
        self.stdout.write("Now start bin/up, or run `manage.py prepare`, with the code of that time or newer.")
