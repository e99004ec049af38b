"""Reads all files of a folder in the sandbox, one JSON line a file: how it went, how long it took, how much memory it used.

A program of its own, since the peak of a child counts what its parent held when it started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import sandbox
from ingestion.extract.sandbox import Limits, read_document_sandboxed

LIMITS = {"max_bytes": 10_485_760, "timeout_s": 3, "recognition": Limits(timeout_s=20, memory_mb=1400)}
peaks_mb: list[int] = []


class Measured(subprocess.Popen):
    """Keeps what the process used at most, in MB."""

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            _, status, used = os.wait4(self.pid, 0)
            self.returncode = os.waitstatus_to_exitcode(status)
            peaks_mb.append(used.ru_maxrss // 1024)
        return self.returncode


def measure(path: Path) -> dict[str, object]:
    peaks_mb.clear()
    started = time.monotonic()
    try:
        document, error = read_document_sandboxed(path.read_bytes(), filename=path.name, **LIMITS), ""
    except UnreadableDocument as refused:
        document, error = None, refused.message
    return {
        "name": path.name,
        "characters": len(document.text) if document else 0,
        "text": document.text[:200] if document else "",
        "error": error,
        "seconds": round(time.monotonic() - started, 2),
        "peaks_mb": list(peaks_mb),
        "children": Path(f"/proc/self/task/{os.getpid()}/children").read_text(),
    }


if __name__ == "__main__":
    sandbox.subprocess.Popen = Measured
    for file in sorted(Path(sys.argv[1]).iterdir()):
        sys.stdout.write(json.dumps(measure(file)) + "\n")
