"""Ranks a labelled collection, for evaluation with any TREC tool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from cvmatch.core.errors import CvmatchError
from matching.rankers import RANKERS
from matching.scratch import scratch_database
from matching.trec import KINDS, load, read_entries


class Command(BaseCommand):
    help = "Rank a collection through the production code, in a scratch database that is made and dropped."

    def add_arguments(self, parser: CommandParser) -> None:
        rows = 'JSON Lines with "id" and "text", also .gz'
        parser.add_argument("--queries", type=Path, required=True, help=rows)
        parser.add_argument("--corpus", type=Path, required=True, help=rows)
        parser.add_argument("--kind", choices=KINDS, required=True, help="what the queries and the documents are")
        parser.add_argument("--out", type=Path, required=True, help="the TREC run: qid Q0 docid rank score tag")
        parser.add_argument("--top", type=int, default=1000, help="documents per query (default: 1000)")
        parser.add_argument("--ranker", choices=sorted(RANKERS), default="default", help="default: default")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["ranker"]
        if options["top"] < 1:
            raise CommandError("--top must be at least 1.")
        try:
            queries, corpus = read_entries(options["queries"]), read_entries(options["corpus"])
            with scratch_database(), options["out"].open("w", encoding="utf-8") as out:
                loaded = load(options["kind"], queries=queries, corpus=corpus, say=self.stderr.write)
                for entry in queries:
                    lines = loaded.ranked(entry.id, RANKERS[name], options["top"])
                    for place, (document, score) in enumerate(lines, start=1):
                        out.write(f"{entry.id} Q0 {document} {place} {score:.6f} cvmatch-{name}\n")
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except CvmatchError as error:
            raise CommandError(error.message) from error
        except DatabaseError as error:
            raise CommandError(f"The scratch database cannot be made or used: {error}") from error
        self.stdout.write(f"{len(queries)} queries written to {options['out']}")
