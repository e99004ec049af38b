"""Reads CV files and writes one JSON Resume each; needs neither database nor server."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.sandbox import read_document_sandboxed
from ingestion.parse import parse_document


class Command(BaseCommand):
    help = (
        "Parse CV files (PDF, DOCX, ODT, RTF, HTML, plain text, Markdown, pictures and scans) into DIR/<file name without "
        "extension>.json, as JSON Resume plus meta. A file that cannot be read gets one line 'FILE: reason' on stderr and no "
        "output; exit code 1 if any failed."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="CV files to read")
        parser.add_argument("--out", required=True, metavar="DIR", help="folder for the JSON files; made if missing")
        parser.add_argument(
            "--max-bytes", type=int, default=10 * 1024 * 1024, help="size limit per file (default 10 MiB)"
        )
        parser.add_argument(
            "--timeout",
            type=float,
            default=30,
            help="seconds allowed for reading one file (default 30); 80 more where its pages are pictures",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        out = Path(options["out"])
        out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(max_workers=2) as pool:
            readings = [pool.submit(self._parse, Path(name), out, options) for name in options["files"]]
        reasons = [_reason(reading) for reading in readings]
        failed = [(name, reason) for name, reason in zip(options["files"], reasons, strict=True) if reason]
        for name, reason in failed:
            self.stderr.write(f"{name}: {reason}", ending="\n")
        if failed:
            raise SystemExit(1)

    @staticmethod
    def _parse(path: Path, out: Path, options: dict[str, Any]) -> str:
        """Writes the file's JSON; returns the reason if that is not possible."""
        try:
            content = path.read_bytes()
            document = read_document_sandboxed(
                content, filename=path.name, max_bytes=options["max_bytes"], timeout_s=options["timeout"]
            )
        except UnreadableDocument as error:
            return error.message
        except OSError as error:
            return error.strerror or "The file cannot be opened."
        resume = json.dumps(parse_document(document).to_json(), ensure_ascii=False, indent=1)
        (out / f"{path.stem}.json").write_text(resume, encoding="utf-8")
        return ""


def _reason(reading: Future[str]) -> str:
    """Why a file has no output, or nothing; a fault of ours in one file must not cost the others."""
    fault = reading.exception()
    return f"The file led to a fault in the parser: {fault!r}"[:300] if fault else reading.result()
