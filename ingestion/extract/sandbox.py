"""Reads a file in a process of its own with limits, so that no file can harm the caller."""

from __future__ import annotations

import compileall
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cvmatch.core.errors import CvmatchError, UnreadableDocument
from ingestion.extract.scans import RecognitionNeeded
from ingestion.values import Document

_ROOT = Path(__file__).resolve().parents[2]
_CORES = 2  # that recognition uses at once
_MAX_ANSWER = 32_000_000  # bytes; the longest text that is accepted needs less than half of it
_JPEG = b"\xff\xd8\xff"
_MAX_REASON = 300  # characters; a process that was taken over can say anything, and reasons are shown and logged
_ANEW = "Please save it anew as a simple PDF or DOCX and upload that."
_DAMAGED = f"The file could not be read: it may be damaged, or need far more memory than a CV should. {_ANEW}"
_TOO_LARGE = f"The file needs far more memory than a CV should. {_ANEW}"


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory_mb`` is what the process may allocate; the code that it loads, some 50 MB, comes on top."""

    timeout_s: float
    memory_mb: int


def read_document_sandboxed(
    content: bytes,
    *,
    filename: str,
    max_bytes: int,
    timeout_s: float = 20,
    memory_mb: int = 320,
    recognition: Limits = Limits(timeout_s=80, memory_mb=1400),
) -> Document:
    """As ``read_document``; every failure, also a crash, is an UnreadableDocument within the time limit.

    A file that turns out to hold pictures of text is read again from the start, with the limits for ``recognition``.
    """
    if len(content) > max_bytes:  # said here too, so that an oversized file is not handed over first
        raise UnreadableDocument(f"The file has {len(content) / 1e6:.1f} MB; the limit is {max_bytes / 1e6:.1f} MB.")
    _compile_readers()
    name = Path(filename.replace("\x00", "")).name[:200]
    try:
        return _read(content, name, max_bytes, Limits(timeout_s, memory_mb), recognise=False)
    except RecognitionNeeded:
        return _read(content, name, max_bytes, recognition, recognise=True)


def draw_page_sandboxed(
    content: bytes, *, page: int, max_bytes: int, timeout_s: float = 15, memory_mb: int = 400
) -> bytes:
    """A page as a JPEG. Raises UnreadableDocument where there is no such page or it cannot be drawn in time."""
    _compile_readers()
    numbers = (max_bytes, int(timeout_s) + 1, memory_mb, page)
    command = [sys.executable, "-S", "-m", "ingestion.extract.drawing", *map(str, numbers)]
    try:
        answer, code = _run(command, content, time.monotonic() + timeout_s)
    except (TimeoutError, OSError) as error:
        raise UnreadableDocument("The page could not be drawn in time.") from error
    if not answer.startswith(_JPEG) or len(answer) > _MAX_ANSWER:
        raise UnreadableDocument("The page could not be drawn.", details={"exit_code": code})
    return answer


def _read(content: bytes, name: str, max_bytes: int, limits: Limits, *, recognise: bool) -> Document:
    cpu_s = (int(limits.timeout_s) + 1) * (_CORES if recognise else 1)
    numbers = (max_bytes, cpu_s, limits.memory_mb, int(recognise))
    command = [sys.executable, "-S", "-m", "ingestion.extract.worker", *map(str, numbers), name]
    try:
        answer, code = _run(command, content, time.monotonic() + limits.timeout_s)
    except TimeoutError as error:
        raise UnreadableDocument(f"Reading the file took longer than {limits.timeout_s:g} seconds. {_ANEW}") from error
    except OSError as error:  # no memory or no processes left: says nothing about the file
        raise CvmatchError("The file could not be read just now; it will be tried again.") from error
    return _document(answer, code)


@cache
def _compile_readers() -> None:
    """The process may write nothing, so without this it would compile the readers anew for every file."""
    compileall.compile_dir(Path(__file__).parent, quiet=2)


def _run(command: list[str], content: bytes, deadline: float) -> tuple[bytes, int]:
    """What the process answers, and its exit code; nothing that it started outlives the call.

    The file goes in as a file and not through a pipe, so that a process that does not read cannot hold the caller up.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        process = subprocess.Popen(  # noqa: S603  the command is ours, the file goes through stdin
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT, env=_environment(),
            start_new_session=True,
        )  # fmt: skip
    try:
        answer = _receive(process, deadline)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # not waited for yet, so the number is still its own
        code = process.wait()
    return answer, code


def _receive(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """All of its output, up to a cap; TimeoutError where the end of it does not come in time."""
    assert process.stdout is not None
    parts: list[bytes] = []
    size = 0
    poll = select.poll()
    with process.stdout as pipe:
        poll.register(pipe, select.POLLIN)
        while size <= _MAX_ANSWER:
            if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
                raise TimeoutError
            part = os.read(pipe.fileno(), 1 << 20)
            if not part:
                break
            parts.append(part)
            size += len(part)
    return b"".join(parts)


def _environment() -> dict[str, str]:
    """Only what Python needs: the worker has no business with settings or keys."""
    paths = [str(_ROOT), *(p for p in sys.path if p.endswith("site-packages"))]
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}  # of numpy, which sets memory aside for each
    return {"PYTHONPATH": os.pathsep.join(paths), "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", **one_thread}


def _document(answer: bytes, code: int) -> Document:
    """The exit code says why there is no answer; it does not matter beside a whole one."""
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        raise UnreadableDocument(f"Reading the file takes too long. {_ANEW}")
    try:
        parsed: dict[str, Any] = json.loads(answer) if len(answer) <= _MAX_ANSWER else {"error": "memory"}
        if parsed.get("error") == "recognition":
            raise RecognitionNeeded
        if "error" in parsed:
            raise UnreadableDocument(_TOO_LARGE if parsed["error"] == "memory" else str(parsed["error"])[:_MAX_REASON])
        return Document.from_json(parsed["document"])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UnreadableDocument(_DAMAGED, details={"exit_code": code}) from error
