"""Says how well CVs are read: of a folder of files, or of what is stored."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.sandbox import read_document_sandboxed
from ingestion.parse import parse_document
from ingestion.parsing_figures import confirmed, stored_readings
from ingestion.quality import Evaluation, Known, Reading, Truth, assess, lines_of
from ingestion.values import ParsedCV

AT_ONCE = 2


@dataclass(frozen=True)
class Outcome:
    """One file: what it looks like, and the parse itself, empty where it could not be read."""

    reading: Reading
    parsed: ParsedCV


class Command(BaseCommand):
    help = (
        "Read the CV files in DIR and print how complete, valid, ordered, unique and plausible the parses are: by format, "
        "worst documents first, failures with their causes. With --truth also precision, recall and F1 by field, format "
        "and layout, and how well the confidences hold. Without DIR the same for the newest CVs in the database, against "
        "those that people have confirmed. Exit code 1 when there is nothing to evaluate; documents that cannot be read are "
        "counted and named."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", nargs="?", metavar="DIR", help="folder of CV files; without it the database is read")
        parser.add_argument("--truth", metavar="DIR", help="folder with the truth: <file name without extension>.json")
        parser.add_argument("--json", metavar="FILE", help="also write all figures to FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dir"]:
            truths = _truths(Path(options["truth"])) if options["truth"] else {}
            evaluation = self._of_folder(Path(options["dir"]), truths)
        elif options["truth"]:
            raise CommandError("--truth needs DIR: stored CVs are held against what people have confirmed.")
        else:
            evaluation = _of_database()
        self.stdout.write("\n".join(lines_of(evaluation)))
        if options["json"]:
            try:
                Path(options["json"]).write_text(json.dumps(evaluation.to_json(), indent=1), encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{options['json']} cannot be written: {error.strerror}.") from error

    def _of_folder(self, folder: Path, truths: dict[str, Truth]) -> Evaluation:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        if not files:
            raise CommandError(f"{folder} has no files.")
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            outcomes = dict(zip(files, pool.map(_read, files), strict=True))
        known = [Known(p.name, outcome.parsed, truths[p.stem]) for p, outcome in outcomes.items() if p.stem in truths]
        if truths and not known:
            raise CommandError("No file in DIR has its truth: NAME.pdf is held against NAME.json.")
        for name in sorted(truths.keys() - {path.stem for path in files}):
            self.stderr.write(f"{name}: there is truth and no file, counted as empty")
            known.append(Known(name, ParsedCV.from_json({}), truths[name]))
        return Evaluation([outcome.reading for outcome in outcomes.values()], known)


def _read(path: Path) -> Outcome:
    suffix = path.suffix.lower().lstrip(".")
    try:
        document = read_document_sandboxed(
            path.read_bytes(),
            filename=path.name,
            max_bytes=settings.MAX_UPLOAD_BYTES,
            timeout_s=settings.EXTRACT_TIMEOUT_S,
            memory_mb=settings.EXTRACT_MEMORY_MB,
        )
    except UnreadableDocument as error:
        return Outcome(Reading(path.name, suffix, error=error.message), ParsedCV.from_json({}))
    except OSError as error:
        message = error.strerror or "The file cannot be opened."
        return Outcome(Reading(path.name, suffix, error=message), ParsedCV.from_json({}))
    parsed = parse_document(document)
    shown = "scan" if parsed.scanned else parsed.format
    return Outcome(Reading(path.name, shown, assess(parsed)), parsed)


def _truths(folder: Path) -> dict[str, Truth]:
    files = sorted(folder.glob("*.json"))
    if not files:
        raise CommandError(f"No truth files in {folder}.")
    return {path.stem: _truth(path) for path in files}


def _truth(path: Path) -> Truth:
    try:
        return Truth.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError) as error:
        raise CommandError(f"{path}: not a JSON Resume.") from error


def _of_database() -> Evaluation:
    readings = list(stored_readings())
    if not readings:
        raise CommandError("No CV has been read yet. Name a folder of CV files, or upload some.")
    return Evaluation(readings, list(confirmed()))
