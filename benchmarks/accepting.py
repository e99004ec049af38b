"""Measures how soon a running system accepts uploads and match requests of 20 clients at once, and has them done.

    .venv/bin/python benchmarks/accepting.py [--base URL --key KEY] [--clients 20] [--requests 400]

Without --base it starts the system as bin/up does, on a folder of its own; a system of yours must be started with
CVMATCH_THROTTLE=default=off,bulk=off,address=off, else its limits are measured. Prints one line per figure. "Paced" clients
ask once in a second each, as many people do; "in a row" each asks again as soon as it is answered, which measures how much
the machine can take.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.spine import answers, free_port, idle, report, say_machine, variant, wait_for  # noqa: E402

NO_LIMITS = "default=off,bulk=off,address=off"
WAYS = 10  # uploads and texts that are followed to their explained matches

Send = Callable[[httpx.Client, int], httpx.Response]


def main() -> None:
    options = arguments()
    say_machine()
    with system(options) as (base, key):
        with httpx.Client(base_url=base, headers=_bearer(key), timeout=60) as client:
            wait_for(lambda: idle(client), 600)
            cv_ids = [row["id"] for row in client.get("/api/v1/cvs").json()["items"] if row["status"] == "completed"]
            ways(client)
        for name, send in senders(cv_ids).items():
            for paced in (True, False):
                seconds = measure(base, key, send, clients=options.clients, requests=options.requests, paced=paced)
                report(f"{name}, {options.clients} clients {'paced' if paced else 'in a row'}", seconds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base", help="address of a running system")
    parser.add_argument("--key", help="a recruiter's key of that system")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--requests", type=int, default=400, help="of all clients together, for each figure")
    return parser.parse_args()


@contextmanager
def system(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Address and key: of the system that was named, or of one that is started and ended here."""
    if options.base:
        yield options.base, options.key
        return
    folder, port = Path(tempfile.mkdtemp(prefix="cvmatch-bench-")), free_port()
    environment = {**os.environ, "CVMATCH_VAR_DIR": str(folder), "PORT": str(port), "CVMATCH_THROTTLE": NO_LIMITS}
    running = subprocess.Popen(
        [sys.executable, "-m", "cvmatch.up"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{base}/health/ready"), 900)
        manage = [sys.executable, str(PROJECT / "manage.py"), "create_key", "recruiter"]
        key = subprocess.run(manage, env=environment, capture_output=True, text=True, check=True, cwd=PROJECT)
        yield base, key.stdout.strip().splitlines()[-1]
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def senders(cv_ids: list[int]) -> dict[str, Send]:
    """What is asked, by name; every upload and text is one that no cache has seen."""
    from cvmatch.demo import cv_files
    from ingestion.extract import read_document

    files = cv_files()
    texts = [read_document(path.read_bytes(), filename=path.name, max_bytes=10_000_000).text for path in files]
    documents = [path.read_bytes() for path in files if path.suffix == ".pdf"]

    def upload(client: httpx.Client, number: int) -> httpx.Response:
        # A comment behind its end makes a PDF another file and the same document.
        content = documents[number % len(documents)] + f"\n%{number} {time.time_ns()}\n".encode()
        return client.post("/api/v1/candidate/upload_and_parse", files={"file": ("cv.pdf", content)})

    def match_text(client: httpx.Client, number: int) -> httpx.Response:
        text = f"{texts[number % len(texts)]}\nProject {number} {time.time_ns()}"
        return client.post("/api/v1/match", json={"text": text})

    def match_cv(client: httpx.Client, number: int) -> httpx.Response:
        return client.post("/api/v1/match", json={"cv_id": cv_ids[number % len(cv_ids)]})

    return {"match of a CV accepted": match_cv, "match of a text accepted": match_text, "upload accepted": upload}


def measure(base: str, key: str, send: Send, *, clients: int, requests: int, paced: bool) -> list[float]:
    """Seconds to the answer of each request. Ends with an error where one is not accepted."""
    together = Barrier(clients)

    def client_of(nth: int) -> list[float]:
        seconds: list[float] = []
        with httpx.Client(base_url=base, headers=_bearer(key), timeout=60) as client:
            client.get("/health/live")  # the connection is there before the first request that counts
            together.wait()
            if paced:
                time.sleep(nth / clients)
            for number in range(nth, requests, clients):
                begun = time.perf_counter()
                answer = send(client, number)
                seconds.append(time.perf_counter() - begun)
                if answer.status_code != 202:
                    raise SystemExit(f"{answer.status_code}: {answer.text[:300]}")
                if paced:
                    time.sleep(max(0.0, 1 - seconds[-1]))
        return seconds

    with ThreadPoolExecutor(clients) as pool:
        return [value for found in pool.map(client_of, range(clients)) for value in found]


def ways(client: httpx.Client) -> None:
    """One after the other with warm workers, from the upload or the text to explained matches."""
    from cvmatch.demo import cv_files

    files = cv_files()
    uploads, texts = [], []
    for number in range(WAYS):
        content = variant(files[number % len(files)], number)
        begun = time.perf_counter()
        where = client.post("/api/v1/candidate/upload_and_parse", files={"file": ("cv.docx", content)}).headers[
            "Location"
        ]
        wait_for(lambda w=where: client.get(w).json()["status"] == "completed", 120)  # type: ignore[misc]
        uploads.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        where = client.post("/api/v1/match/file", files={"file": ("cv.docx", content)}).headers["Location"]
        wait_for(lambda w=where: _is_done(client.get(w)), 120)  # type: ignore[misc]
        texts.append(time.perf_counter() - begun)
    report("upload to explained matches", uploads, unit="s")
    report("match of a file to explained matches", texts, unit="s")


def _is_done(answer: httpx.Response) -> bool:
    body: dict[str, Any] = answer.json()
    return answer.status_code == 200 and body["progress"] == 1


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


if __name__ == "__main__":
    main()
