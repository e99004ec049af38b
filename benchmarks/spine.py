"""Measures the whole way once: parse, embed, and upload to explained matches over HTTP.

    .venv/bin/python benchmarks/spine.py [--skip-end-to-end]

Runs on databases of its own (an embedded server in a temporary folder) and needs nothing but the installed project. Prints
one line per figure, with the machine and the commit.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
SHARED_CVS = PROJECT.parent / "shared" / "data" / "cv-real" / "files"
UPLOADS = 10


def main() -> None:
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-bench-"))
    os.environ.update(CVMATCH_VAR_DIR=str(folder / "bench"), CVMATCH_LOG_LEVEL="WARNING")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    os.environ.pop("DATABASE_URL", None)
    try:
        say_machine()
        with django_on_embedded_database():
            bench_parse()
            bench_embedding()
        if not options.skip_end_to_end:
            bench_end_to_end(folder / "up")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skip-end-to-end", action="store_true", help="leave out starting the whole system")
    return parser.parse_args()


def say_machine() -> None:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=PROJECT).stdout
    print(
        f"machine   {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, commit {commit.strip()}"
    )


@contextmanager
def django_on_embedded_database() -> Iterator[None]:
    import django
    from django.conf import settings

    from cvmatch import embedded

    server = embedded.start(settings.VAR_DIR / "postgres")
    try:
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, interactive=False)
        yield
        connections.close_all()
    finally:
        server.stop()


def report(name: str, seconds: list[float], unit: str = "ms") -> None:
    factor = 1000 if unit == "ms" else 1
    ordered = sorted(value * factor for value in seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{name:<42} p50 {statistics.median(ordered):8.1f} {unit}  p95 {p95:8.1f} {unit}  n {len(ordered)}")


def timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def bench_parse() -> None:
    """Reading and understanding, in this process and in the sandbox that production uses."""
    from cvmatch.demo import cv_files
    from ingestion.extract import read_document
    from ingestion.extract.sandbox import read_document_sandboxed
    from ingestion.parse import parse_document

    files = cv_files() + (sorted(SHARED_CVS.glob("*.pdf")) if SHARED_CVS.is_dir() else [])
    limit = 10 * 1024 * 1024

    def in_process(path: Path) -> None:
        parse_document(read_document(path.read_bytes(), filename=path.name, max_bytes=limit))

    def in_sandbox(path: Path) -> None:
        content = path.read_bytes()
        parse_document(read_document_sandboxed(content, filename=path.name, max_bytes=limit, timeout_s=30))

    for path in files[:3]:
        in_process(path)  # the first ones load the lexicons
    report("parse one CV, in process", [timed(lambda p=path: in_process(p)) for path in files])
    report("parse one CV, in the sandbox", [timed(lambda p=path: in_sandbox(p)) for path in files])


def bench_embedding() -> None:
    """Whole advertisements and single titles through the production model, without the cache."""
    from django.utils import timezone

    from cvmatch import demo
    from ingestion.sources.jsonld import read_posting
    from jobs.values import JobPosting
    from matching.embedding import get_provider

    rows = (posting for row in demo.load_jobs(timezone.now()) for posting in read_posting(0, row))
    postings = [posting for posting in rows if isinstance(posting, JobPosting)]
    texts, titles = [posting.description for posting in postings], [posting.title for posting in postings]
    provider = get_provider()
    provider.warm_up()
    for name, batch in (("advertisements", texts), ("titles", titles)):
        seconds = [timed(lambda b=batch: provider.embed(b)) for _ in range(3)]
        rate = len(batch) / statistics.median(seconds)
        print(f"{f'embed {name}':<42} {rate:8.1f} texts/s  (mean {sum(map(len, batch)) // len(batch)} characters)")


def bench_end_to_end(var_dir: Path) -> None:
    """The system as bin/up starts it; CVs go in over HTTP one after the other, until their matches are explained."""
    from cvmatch.demo import cv_files

    port = free_port()
    environment = {**os.environ, "CVMATCH_VAR_DIR": str(var_dir), "PORT": str(port)}
    started = time.perf_counter()
    system = subprocess.Popen(
        [sys.executable, "-m", "cvmatch.up"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{base}/health/ready"), 120)
        print(f"{'start to ready, empty folder, with demo':<42} {time.perf_counter() - started:8.1f} s")
        manage = [sys.executable, str(PROJECT / "manage.py")]
        key = subprocess.run(
            [*manage, "create_key", "recruiter"], env=environment, capture_output=True, text=True, check=True
        )
        upload_all(base, key.stdout.strip(), cv_files())
    finally:
        system.send_signal(signal.SIGTERM)
        system.wait(60)


def upload_all(base: str, key: str, files: list[Path]) -> None:
    import httpx

    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        wait_for(lambda: idle(client), 300)  # the demo itself is worked off first
        accepted, explained = [], []
        for number in range(UPLOADS):
            content = variant(files[number % len(files)], number)
            begun = time.perf_counter()
            files_part = {"file": (f"variant-{number}.docx", content)}
            answer = client.post("/api/v1/candidate/upload_and_parse", files=files_part)
            answer.raise_for_status()
            accepted.append(time.perf_counter() - begun)
            where = answer.headers["Location"]
            wait_for(lambda w=where: is_explained(client, w), 60)
            explained.append(time.perf_counter() - begun)
    report("upload answered", accepted)
    report("upload to explained matches", explained, unit="s")


def variant(path: Path, number: int) -> bytes:
    """A demo CV as a DOCX that no cache has seen: the same lines, each with words of its own."""
    import io

    import docx

    from ingestion.extract import read_document

    lines = read_document(path.read_bytes(), filename=path.name, max_bytes=10_000_000).text.splitlines()
    document = docx.Document()
    for line in lines:
        document.add_paragraph(f"{line} (project {number})" if len(line) > 60 else line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def is_explained(client: Any, where: str) -> bool:
    status = client.get(where).json()
    if status["status"] == "failed":
        raise SystemExit(f"failed: {json.dumps(status)}")
    return status["status"] == "completed"


def idle(client: Any) -> bool:
    cvs = client.get("/api/v1/cvs?limit=200").json()["items"]
    return bool(cvs) and all(
        client.get(f"/api/v1/cvs/{cv['id']}/status").json()["status"] in {"completed", "failed"} for cv in cvs
    )


def answers(url: str) -> bool:
    import httpx

    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(condition: Callable[[], bool], patience_s: float) -> None:
    give_up_at = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > give_up_at:
            raise SystemExit("gave up waiting")
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
