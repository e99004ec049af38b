"""The sandbox gives what read_document gives, turns every way to fail into a sentence, and leaves nothing behind."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document, sandbox
from ingestion.extract.sandbox import read_document_sandboxed

LIMITS = {"filename": "cv.txt", "max_bytes": 1_000_000}


def run(code: str, *, content: bytes = b"", seconds: float = 20) -> tuple[bytes, int]:
    """What the sandbox makes of a process that does as ``code`` says."""
    return sandbox._run([sys.executable, "-c", code], content, time.monotonic() + seconds)


def test_the_sandbox_reads_as_the_plain_reader_does(make_pdf):
    content = make_pdf([(50, 50, "Ada Example"), (50, 80, "Skills"), (50, 95, "Baking")])
    sandboxed = read_document_sandboxed(content, **LIMITS)
    assert sandboxed == read_document(content, **LIMITS)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"%PDF-1.4 x", "damaged"), (b"x" * 1_000_001, "limit")]
)
def test_reasons_come_through(content, reason):
    with pytest.raises(UnreadableDocument, match=reason):
        read_document_sandboxed(content, **LIMITS)


def test_a_process_that_takes_too_long_is_ended():
    with pytest.raises(UnreadableDocument, match="longer than"):
        read_document_sandboxed(b"Ada Example", **LIMITS, timeout_s=0.01)


def test_too_little_memory_is_an_error_not_a_crash(make_pdf):
    with pytest.raises(UnreadableDocument):
        read_document_sandboxed(make_pdf([(50, 50, "Ada")]), **LIMITS, memory_mb=5)


def test_a_process_that_hangs_is_ended_with_all_that_it_started():
    started = time.monotonic()
    code = "import os,time,sys; sys.stdout.write(str(os.fork() or os.getpid())); sys.stdout.flush(); time.sleep(60)"
    processes = []
    real = sandbox.subprocess.Popen

    class Kept(real):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            processes.append(self)

    sandbox.subprocess.Popen = Kept
    try:
        with pytest.raises(TimeoutError):
            run(code, seconds=0.6)
    finally:
        sandbox.subprocess.Popen = real
    assert time.monotonic() - started < 5
    assert processes[0].returncode == -9
    with pytest.raises(ProcessLookupError):  # nor is anything left of its group
        wait_for_group(processes[0].pid)


def wait_for_group(number: int) -> None:
    for _ in range(100):
        os.killpg(number, 0)
        time.sleep(0.02)


def test_a_process_that_leaves_a_child_behind_with_its_pipe_is_ended_in_time():
    code = "import os,time; os.fork() and os._exit(0); time.sleep(60)"
    with pytest.raises(TimeoutError):
        run(code, seconds=0.6)


def test_a_process_that_never_stops_talking_is_cut_off():
    answer, _ = run("import sys\nwhile True: sys.stdout.buffer.write(b'[' * 1_000_000)")
    assert sandbox._MAX_ANSWER < len(answer) < sandbox._MAX_ANSWER + 2_000_000
    with pytest.raises(UnreadableDocument, match="memory"):
        sandbox._document(answer, 0)


def test_a_process_that_does_not_read_its_input_holds_nobody_up():
    assert run("print('done')", content=b"x" * 9_000_000) == (b"done\n", 0)


def test_a_process_that_is_killed_is_an_error():
    answer, code = run("import os,signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(UnreadableDocument, match="damaged"):
        sandbox._document(answer, code)


def test_what_uses_its_time_up_says_so():
    answer, code = run(
        "from ingestion.extract.confine import limit\nlimit(cpu_s=1, memory_mb=200)\nwhile True: pass", seconds=8
    )
    with pytest.raises(UnreadableDocument, match="too long"):
        sandbox._document(answer, code)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[1]",
        b"{}",
        b"null",
        b'"error"',
        b'{"document": 1}',
        b'{"document": {"text": "a"}}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error(answer):
    with pytest.raises(UnreadableDocument, match="damaged"):
        sandbox._document(answer, 0)


def test_an_orphan_ends_by_itself():
    """Its parent may be killed with no time to end it."""
    code = "from ingestion.extract.confine import limit; import time; limit(cpu_s=1, memory_mb=200); time.sleep(60)"
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], cwd=sandbox._ROOT, check=False, timeout=20)
    assert done.returncode == -14
    assert time.monotonic() - started < 6


def _lengths(queue, content):
    queue.put(len(read_document_sandboxed(content, **LIMITS).text))


def test_a_daemonic_worker_may_call_it():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    worker = context.Process(target=_lengths, args=(queue, b"Ada Example"), daemon=True)
    worker.start()
    assert queue.get(timeout=60) == len("Ada Example")
    worker.join(timeout=60)


def test_the_worker_starts_without_django():
    heavy = "('django', 'pypdfium2', 'lxml', 'numpy')"
    code = f"import sys, ingestion.extract.worker; print(any(m.split('.')[0] in {heavy} for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sandbox._ROOT)
    assert done.stdout.strip() == "False"


CONFINED = """
import ctypes, os, signal, socket, subprocess, sys, threading
from ingestion.extract.confine import confine
from ingestion.extract.worker import readable_paths
applied = confine(readable_paths())
def refused(action):
    try:
        action()
    except OSError as error:
        return error.errno in (1, 13)
    return False
def tgkill(process, thread):
    number = {"x86_64": 234, "aarch64": 131}[os.uname().machine]
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.syscall(number, process, thread, 0):
        raise OSError(ctypes.get_errno(), "tgkill")
parent = os.pidfd_open(os.getppid()) if hasattr(os, "pidfd_open") else -1
inside = sys.argv[1]
print(*applied)
if "files" in applied:
    print(refused(lambda: open("/etc/passwd")), refused(lambda: open(inside)), refused(lambda: open(inside + "2", "w")))
    print(refused(lambda: open(f"/proc/{os.getppid()}/environ")), refused(lambda: os.unlink(inside)))
    print(refused(lambda: open("cvmatch/settings/base.py")), refused(lambda: os.listdir(".")))
if "calls" in applied:
    print(refused(socket.socket), refused(socket.socketpair), refused(os.fork), refused(lambda: os.kill(os.getppid(), 0)))
    print(refused(lambda: tgkill(os.getppid(), os.getppid())), not refused(lambda: tgkill(os.getpid(), os.getpid())))
    print(parent < 0 or refused(lambda: signal.pidfd_send_signal(parent, 0)))
    print(refused(lambda: subprocess.run(["/bin/true"])), refused(lambda: os.execv("/bin/true", ["true"])))
thread = threading.Thread(target=print, args=("thread",))
thread.start()
thread.join()
import lxml.etree, pypdfium2
print("libraries")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's ways to confine a process are those of Linux")
def test_the_process_reaches_no_file_no_network_and_no_other_process(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    command = [sys.executable, "-c", CONFINED, str(secret)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=sandbox._ROOT)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[-2:] == ["thread", "libraries"]
    assert {word for line in lines[1:-2] for word in line.split()} <= {"True"}
    assert secret.read_text() == "secret"
    assert not Path(f"{secret}2").exists()
    if os.uname().machine in ("x86_64", "aarch64"):
        assert "calls" in lines[0]


def test_where_the_kernel_has_no_such_thing_the_file_is_read_all_the_same():
    code = (
        "import sys; sys.platform = 'darwin'\nfrom ingestion.extract.confine import confine\n"
        "print(confine([]), open('/etc/passwd').read(0) == '')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sandbox._ROOT)
    assert done.stdout.strip() == "() True"
