"""The process behind the sandbox: a file on stdin, JSON on stdout, and nothing else in reach."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document
from ingestion.extract.confine import confine, limit
from ingestion.extract.scans import RecognitionNeeded

_ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> None:
    max_bytes, cpu_s, memory_mb, recognise = (int(a) for a in arguments[:4])
    filename = arguments[4] if len(arguments) > 4 else ""
    limit(cpu_s=cpu_s, memory_mb=memory_mb)
    confine(readable_paths())
    content = sys.stdin.buffer.read(max_bytes + 1)
    try:
        document = read_document(content, filename=filename, max_bytes=max_bytes, recognise=bool(recognise))
        answer = json.dumps({"document": document.to_json()})
    except UnreadableDocument as error:
        answer = json.dumps({"error": error.message})
    except RecognitionNeeded:
        answer = json.dumps({"error": "recognition"})
    except (MemoryError, RecursionError):
        answer = json.dumps({"error": "memory"})
    sys.stdout.buffer.write(answer.encode())


def readable_paths() -> list[Path]:
    """Where code is: Python and the libraries, and of this project the packages only, neither its settings nor its data."""
    code = [_ROOT / "cvmatch" / "core", _ROOT / "jobs", _ROOT / "ingestion"]
    return code + [Path(path) for path in sys.path if path and Path(path).resolve() != _ROOT]


if __name__ == "__main__":
    main(sys.argv[1:])
