"""Reads CVs again that an older parser has read."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ingestion.services import read_again


class Command(BaseCommand):
    help = (
        "Put CVs that another version of the parser has read back to be read, behind all uploads. Until then, and where "
        "reading fails, the reading they have stays in use; corrections hold over the new one too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that the parser of today has read")
        parser.add_argument("--failed", action="store_true", help="also files that could not be read")
        parser.add_argument(
            "--limit", type=int, default=1_000_000, metavar="N", help="N of them, the newest versions first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = read_again(limit=max(options["limit"], 0), everything=options["all"], failed=options["failed"])
        self.stdout.write(f"{count} CVs will be read again by the stage parse_cvs.")
