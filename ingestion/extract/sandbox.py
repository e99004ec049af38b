"""Reads a file in a process of its own with limits, so that no file can harm the caller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from cvmatch.core.errors import CvmatchError, UnreadableDocument
from ingestion.values import Document

_ROOT = Path(__file__).resolve().parents[2]
_DAMAGED = "The file could not be read; it may be damaged."


def read_document_sandboxed(
    content: bytes, *, filename: str, max_bytes: int, timeout_s: float = 20, memory_mb: int = 1024
) -> Document:
    """As ``read_document``; every failure, also a crash, is an UnreadableDocument within the time limit.

    ``memory_mb`` caps the address space of the process, which is some 200 MB more than the memory it uses.
    """
    if len(content) > max_bytes:  # said here too, so that an oversized file is not piped first
        raise UnreadableDocument(f"The file has {len(content) / 1e6:.1f} MB; the limit is {max_bytes / 1e6:.1f} MB.")
    command = [
        sys.executable, "-S", "-m", "ingestion.extract.worker", str(max_bytes), str(int(timeout_s) + 1), str(memory_mb),
        Path(filename).name[:200],
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  the command is ours, the file goes through stdin
            command, input=content, capture_output=True, timeout=timeout_s, check=False, cwd=_ROOT, env=_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument(f"Reading the file took longer than {timeout_s:g} seconds.") from error
    except OSError as error:  # no memory or no processes left: says nothing about the file
        raise CvmatchError("The file could not be read just now; it will be tried again.") from error
    except ValueError as error:
        raise UnreadableDocument(_DAMAGED) from error
    return _answer(done)


def _environment() -> dict[str, str]:
    """Only what Python needs: the worker has no business with settings or keys."""
    paths = [str(_ROOT), *(p for p in sys.path if p.endswith("site-packages"))]
    return {"PYTHONPATH": os.pathsep.join(paths), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"}


def _answer(done: subprocess.CompletedProcess[bytes]) -> Document:
    try:
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
        if "error" in answer:
            raise UnreadableDocument(str(answer["error"]))
        return Document.from_json(answer["document"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise UnreadableDocument(_DAMAGED, details={"exit_code": done.returncode}) from error
