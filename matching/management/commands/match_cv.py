"""Matches one CV file against the jobs in the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.errors import CvmatchError
from matching.backfills import in_use
from matching.one_off import ExplainedMatch, match_file


class Command(BaseCommand):
    help = "Match a CV file against the jobs in the database and say why. Nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CV (PDF, DOCX, TXT and what else parse_cv reads)")
        parser.add_argument("--top", type=int, default=10, help="how many jobs (default: 10)")
        parser.add_argument("--json", action="store_true", help="one JSON array instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if options["top"] < 1:
            raise CommandError("--top must be at least 1.")
        in_use.refresh()
        try:
            matches = match_file(path.read_bytes(), filename=path.name, top=options["top"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        except CvmatchError as error:
            raise CommandError(f"{path}: {error.message}") from error
        if options["json"]:
            self.stdout.write(json.dumps([match.to_json() for match in matches], ensure_ascii=False, indent=1))
        elif matches:
            self.stdout.write("\n\n".join(_told(match) for match in matches))
        else:
            self.stdout.write(
                "No job matches. Are there jobs, and are they embedded? See: manage.py run_stage embed_jobs"
            )


def _told(match: ExplainedMatch) -> str:
    head = f"{match.rank:>3}  {match.score.score:5.1f} {match.score.band:<8} {match.title} · {match.company} · {match.place}"
    marks = {"stated": "●", "implied": "◐", "missing": "○"}
    found = "  ".join(f"{marks[f.state]} {f.name}" for f in match.account.findings)
    return "\n".join(
        line for line in (head, *(f"     {s}" for s in match.account.sentences), f"     {found}") if line.strip()
    )
