"""Imports a file of jobs."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.backends import build
from cvmatch.core.errors import CvmatchError
from ingestion.services import import_postings
from ingestion.sources import JobSource, Rejected, read


class Command(BaseCommand):
    help = "Import jobs from a file: JSON Lines of schema.org JobPosting (.jsonl) or CSV with a header (.csv), also as .gz."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file")
        parser.add_argument(
            "--source",
            default="",
            help="the name the jobs are kept under; also picks the format when it is one of: "
            f"{', '.join(settings.JOB_SOURCES)} (default: by the file's ending)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        name, source = _source(options["source"], path)
        try:
            with _opened(path) as payload:
                counts = import_postings(source=name, rows=read(source, payload), report=self._report(path))
        except (OSError, EOFError, zlib.error) as error:  # the last two: a damaged archive
            raise CommandError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
        except CvmatchError as error:
            raise CommandError(f"{path}: {error.message}") from error
        self.stdout.write(
            f"created {counts.created}, updated {counts.updated}, unchanged {counts.unchanged}, failed {counts.failed}"
        )

    def _report(self, path: Path) -> Any:
        return lambda rejected: self.stderr.write(f"{path}:{_where(rejected)}")


def _where(rejected: Rejected) -> str:
    return f"{rejected.position}: {rejected.reason}"


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
