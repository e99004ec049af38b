"""Builds indexes of vectors anew that many of their vectors have left, whatever their size."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.index_health import keep_healthy, states


class Command(BaseCommand):
    help = (
        "Analyse the tables of vectors, and build those indexes anew that more than a share of their vectors have left. "
        "People can search meanwhile. The stage of the same name does so every week for indexes of up to 100,000 rows; "
        "larger ones take minutes to hours, and need this command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--share", type=float, default=settings.REINDEX_SHARE, metavar="S", help="that share (default %(default)s)"
        )

    def handle(self, *args: Any, share: float, **options: Any) -> None:
        kept = keep_healthy(share=share)
        if not kept.is_alone:
            raise CommandError("Another process is building indexes. Try again when it has ended.")
        for state in states():
            told = (
                "built anew" if state.name in kept.rebuilt else f"{state.removed_share:.0%} removed since it was built"
            )
            self.stdout.write(f"{state.name}: {state.rows:,} rows, {told}")
        if kept.left:
            raise CommandError(f"PostgreSQL's time limit was too short for {', '.join(kept.left)}.")
