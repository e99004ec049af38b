"""Measures rankers on labelled collections and keeps the figures for the page under operations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from cvmatch.core.errors import CvmatchError
from matching.evaluation import OURS, as_rows, find_collections, measure, read_collection
from matching.measuring import MEASURES
from matching.models import EvaluationRun
from matching.rankers import RANKERS
from matching.services import store_evaluation

OWN = settings.PROJECT_DIR / "benchmarks" / "evaluation"


class Command(BaseCommand):
    help = "Rank labelled collections by several rankers, print how good each is, and keep the figures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sets", type=Path, default=OWN, help="folder of collections (default: two small ones of our own)"
        )
        parser.add_argument("--only", default="", metavar="NAME", help="one collection of the folder")
        parser.add_argument(
            "--rankers", default=",".join(sorted(RANKERS)), help=f"of {','.join(sorted(RANKERS))} (default: all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rankers = [name.strip() for name in options["rankers"].split(",") if name.strip()]
        unknown = sorted(set(rankers) - set(RANKERS))
        if unknown or not rankers:
            raise CommandError(f"Unknown ranker {', '.join(unknown)}; there are {', '.join(sorted(RANKERS))}.")
        run_at = timezone.now()
        try:
            for folder in find_collections(options["sets"], options["only"]):
                self.stderr.write(f"{folder.name}:")
                collection = read_collection(folder)
                rows = as_rows(collection, measure(collection, rankers, self._say), run_at=run_at)
                store_evaluation(rows)
                self.stdout.write(_table(rows))
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except CvmatchError as error:
            raise CommandError(error.message) from error
        except DatabaseError as error:
            raise CommandError(f"The scratch database cannot be made or used: {error}") from error

    def _say(self, line: str) -> None:
        self.stderr.write(f"  {line}")


def _table(rows: Sequence[EvaluationRun]) -> str:
    """One line a ranker; after the figures of another than ours, how likely its difference to ours in AP is by chance."""
    first = rows[0]
    head = f"\n{first.collection} ({first.kind}, {first.queries} queries, {first.documents} documents)"
    columns = "  ".join(f"{name:>8}" for name in MEASURES)
    lines = [head, f"{'ranker':<10}{columns}   by chance (AP)"]
    for row in rows:
        figures = "  ".join(f"{row.measures_json[name]:8.4f}" for name in MEASURES)
        by_chance = f"   {row.against_json['AP']:.4f}" if row.against_json else "   –" if row.ranker == OURS else ""
        lines.append(f"{row.ranker:<10}{figures}{by_chance}")
    return "\n".join(lines)
