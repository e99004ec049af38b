"""The sandbox gives what read_document gives, and turns every way to fail into a sentence."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys

import pytest

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document, sandbox
from ingestion.extract.sandbox import read_document_sandboxed

LIMITS = {"filename": "cv.txt", "max_bytes": 1_000_000}


def test_the_sandbox_reads_as_the_plain_reader_does(make_pdf):
    content = make_pdf([(50, 50, "Ada Example"), (50, 80, "Skills"), (50, 95, "Baking")])
    sandboxed = read_document_sandboxed(content, **LIMITS, timeout_s=20, memory_mb=1024)
    assert sandboxed == read_document(content, **LIMITS)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"%PDF-1.4 x", "damaged"), (b"x" * 1_000_001, "limit")]
)
def test_reasons_come_through(content, reason):
    with pytest.raises(UnreadableDocument, match=reason):
        read_document_sandboxed(content, **LIMITS, timeout_s=20, memory_mb=1024)


def test_a_process_that_takes_too_long_is_ended():
    with pytest.raises(UnreadableDocument, match="longer than"):
        read_document_sandboxed(b"Ada Example", **LIMITS, timeout_s=0.01, memory_mb=1024)


def test_too_little_memory_is_an_error_not_a_crash(make_pdf):
    with pytest.raises(UnreadableDocument):
        read_document_sandboxed(make_pdf([(50, 50, "Ada")]), **LIMITS, timeout_s=20, memory_mb=20)


def test_a_dead_or_babbling_process_is_an_error(monkeypatch):
    for done in (subprocess.CompletedProcess([], -9, b"", b""), subprocess.CompletedProcess([], 0, b"[1]", b"")):
        monkeypatch.setattr(sandbox.subprocess, "run", lambda *a, done=done, **k: done)
        with pytest.raises(UnreadableDocument, match="damaged"):
            read_document_sandboxed(b"Ada Example", **LIMITS, timeout_s=20, memory_mb=1024)


def _lengths(queue, content):
    queue.put(len(read_document_sandboxed(content, **LIMITS, timeout_s=20, memory_mb=1024).text))


def test_a_daemonic_worker_may_call_it():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    worker = context.Process(target=_lengths, args=(queue, b"Ada Example"), daemon=True)
    worker.start()
    assert queue.get(timeout=60) == len("Ada Example")
    worker.join(timeout=60)


def test_the_worker_starts_without_django():
    heavy = "('django', 'pypdfium2', 'lxml')"
    code = f"import sys, ingestion.extract.worker; print(any(m.split('.')[0] in {heavy} for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sandbox._ROOT)
    assert done.stdout.strip() == "False"
