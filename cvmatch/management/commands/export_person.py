"""Writes everything that is kept about one person into a ZIP archive, for somebody who asks outside of the pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.errors import NotFound
from cvmatch.management.people import add_person_arguments, find_person, get_user
from cvmatch.my_data.download import stream_archive
from ingestion.models import CVView
from ingestion.viewings import note_views


class Command(BaseCommand):
    help = "Writes all that is kept about a person into a ZIP archive; the person sees that it was done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write; it holds personal data in the clear")
        add_person_arguments(parser)

    def handle(self, *, file: Path, user: str | None, candidate: int | None, by: str, **options: Any) -> None:
        try:
            person, admin = find_person(user=user, candidate=candidate), get_user(by)
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as archive:
                for piece in stream_archive(person):
                    archive.write(piece)
        except (NotFound, OSError) as error:
            raise CommandError(str(error)) from error
        if person.candidate is not None:
            cv_ids = list(person.candidate.cvs.values_list("pk", flat=True))
            note_views(user=admin, cv_ids=cv_ids, how=CVView.How.ARCHIVE)
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes")
