"""Imports a file of jobs, or shows what would be imported."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.backends import build
from cvmatch.core.errors import CvmatchError
from ingestion.sources import JobSource, Rejected, read
from ingestion.sources.schema_org import as_json_ld
from ingestion.syncing import import_items
from jobs.values import JobPosting


class Command(BaseCommand):
    help = (
        "Import jobs from a file: schema.org JobPosting as JSON Lines or a document, CSV, or an answer of a service that "
        "was recorded to a file; also as .gz."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file")
        parser.add_argument(
            "--source",
            default="",
            help="the name the jobs are kept under; also picks the format when it is one of: "
            f"{', '.join(settings.JOB_SOURCES)} (default: by the file's ending)",
        )
        parser.add_argument("--dry-run", action="store_true", help="store nothing, only say what is in the file")
        parser.add_argument(
            "--json",
            action="store_true",
            help="with --dry-run: print each posting as a line of schema.org JobPosting, with identifier, url and x-repairs",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        # A dry run stores nothing, so it does without what the checks ask for: a database, secrets.
        return super().execute(
            *args, **{**options, "skip_checks": options.get("skip_checks") or options.get("dry_run")}
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        name, source = _source(options["source"], path)
        if options["json"] and not options["dry_run"]:
            raise CommandError("--json goes with --dry-run.")
        try:
            with _opened(path) as payload:
                if options["dry_run"]:
                    self._show(path, read(source, payload), as_json=options["json"])
                else:
                    self._import(path, name, source, payload)
        except (OSError, EOFError, zlib.error) as error:  # the last two: a damaged archive
            raise CommandError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
        except CvmatchError as error:
            raise CommandError(f"{path}: {error.message}") from error

    def _import(self, path: Path, name: str, source: JobSource, payload: BinaryIO) -> None:
        counts = import_items(
            source_name=name, source=source, payload=payload, report=lambda rejected: self._report(path, rejected)
        )
        self.stdout.write(
            f"created {counts.created}, updated {counts.updated}, unchanged {counts.unchanged}, failed {counts.failed}"
        )

    def _show(self, path: Path, rows: Iterable[JobPosting | Rejected], *, as_json: bool) -> None:
        postings = repaired = failed = 0
        for row in rows:
            if isinstance(row, Rejected):
                failed += 1
                self._report(path, row)
                continue
            postings, repaired = postings + 1, repaired + bool(row.repairs)
            if as_json:
                self.stdout.write(json.dumps(as_json_ld(row)))
        if not as_json:
            self.stdout.write(f"postings {postings}, repaired {repaired}, failed {failed}")

    def _report(self, path: Path, rejected: Rejected) -> None:
        self.stderr.write(f"{path}:{rejected.position}: {rejected.reason}")


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb"))


def _source(name: str, path: Path) -> tuple[str, JobSource]:
    """The name to store under and the reader: named outright, or found by the file's ending."""
    if not re.fullmatch(r"[\w.-]{0,40}", name):
        raise CommandError("--source takes letters, digits, dots and dashes, at most 40 of them.")
    if name in settings.JOB_SOURCES:
        return name, build(settings.JOB_SOURCES[name])
    for kind, spec in settings.JOB_SOURCES.items():
        source: JobSource = build(spec)
        if Path(path.name.removesuffix(".gz")).suffix.lower() in source.suffixes:
            return name or kind, source
    raise CommandError(f"{path}: the ending is not known; say --source with one of {', '.join(settings.JOB_SOURCES)}.")
