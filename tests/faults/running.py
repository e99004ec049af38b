"""A whole system on a folder of its own, uploads that go on while something breaks, and what must be true of them afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import psycopg

from cvmatch import embedded, postgresql_programs
from tests.support import CV_TEXT

PROJECT = Path(__file__).resolve().parent.parent.parent
START_S, FINISH_S = 240, 150
EVERY_S = 0.7
PAGES = (
    *("/", "/cvs/", "/cvs/upload/", "/jobs/", "/operations/pipeline/", "/operations/queue/", "/operations/system/"),
    *("/operations/parsing/", "/operations/sources/", "/operations/ranking/", "/account/keys/", "/health/ready"),
)
# Of each accepted CV: read, one vector row, one list, and nothing left to explain.
_DONE = """
SELECT cv.id, cv.status = 'completed'
          AND (SELECT count(*) FROM matching_cvembedding e WHERE e.cv_id = cv.id AND e.status = 'completed') = 1
          AND (SELECT count(*) FROM matching_prediction p WHERE p.cv_id = cv.id AND p.status = 'completed') = 1
          AND NOT EXISTS (SELECT FROM matching_explanation x JOIN matching_match m ON m.id = x.match_id
                           WHERE m.cv_id = cv.id AND x.status <> 'completed')
  FROM ingestion_cv cv WHERE cv.id = ANY(%s)
"""
_DOUBLED = """
SELECT count(*) FROM (
  SELECT 1 FROM ingestion_cv WHERE filename LIKE 'load-%%' GROUP BY filename HAVING count(*) > 1
  UNION ALL SELECT 1 FROM matching_prediction WHERE cv_id = ANY(%s) GROUP BY cv_id HAVING count(*) > 1
  UNION ALL SELECT 1 FROM matching_match WHERE cv_id = ANY(%s) GROUP BY prediction_id, job_id HAVING count(*) > 1
  UNION ALL SELECT 1 FROM matching_cvvector WHERE cv_id = ANY(%s) GROUP BY cv_id, kind, model HAVING count(*) > 1
) doubled
"""


@dataclass
class System:
    """What ``bin/up`` runs, on ``folder`` and ``port``."""

    folder: Path
    port: int
    extra: dict[str, str] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        return embedded.database_url(self.folder / "postgres")

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "CVMATCH_VAR_DIR": str(self.folder),
            "PORT": str(self.port),
            "CVMATCH_THROTTLE": "default=off,bulk=off,address=off",
            "CVMATCH_EMBEDDING_PROVIDER": "hashing",
            "CVMATCH_FETCH_PRIVATE": "1",
            "OMP_NUM_THREADS": "1",
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {**kept, **ours, **self.extra}

    def __enter__(self) -> System:
        self.output = (self.folder.parent / f"{self.folder.name}.log").open("wb")
        self.up = subprocess.Popen(
            [sys.executable, "-m", "cvmatch.up"],
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(self.answers, START_S, "the system is ready")
            self.key = self.manage("create_key", "admin").splitlines()[-1]
            self.client = httpx.Client(base_url=self.base, headers=self.bearer, timeout=10)
            self.visitor = self._signed_in()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()
        self.visitor.close()
        self.close()

    def close(self) -> None:
        self.up.send_signal(signal.SIGTERM)
        try:
            self.up.wait(60)
        finally:
            self.output.close()

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.base}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def _signed_in(self) -> httpx.Client:
        visitor = httpx.Client(base_url=self.base, timeout=20, follow_redirects=True)
        visitor.get("/sign-in/")
        form = {"login": "admin", "password": "demo", "csrfmiddlewaretoken": visitor.cookies["csrftoken"]}
        visitor.post("/sign-in/", data=form, headers={"Referer": self.base}).raise_for_status()
        return visitor

    # Its processes

    def leader(self, name: str) -> int:
        """Of ``web`` or a queue."""
        for pid in children(self.up.pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            is_queue = f"Q_CLUSTER_NAME={name}\0".encode() in environment and b"qcluster" in command
            if is_queue or (name == "web" and b"gunicorn" in command):
                return pid
        raise AssertionError(f"{name} does not run")

    def worker(self, queue: str) -> int:
        """The process of this queue that does the work."""
        (guard,) = children(self.leader(queue))
        return children(guard)[0]

    def stop_database(self) -> None:
        """As ``pg_ctl stop -m immediate``: without a word to anybody, and without writing anything down."""
        place = (self.folder / "postgres").resolve()
        owner = postgresql_programs.database_user(place)
        postgresql_programs.run("pg_ctl", "stop", "-D", str(place), "-m", "immediate", "-s", "-W", owner=owner)

    # What it has done

    def ask(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def unfinished(self, ids: Sequence[int]) -> set[int]:
        """Those of these CVs that are gone, or not yet read, embedded, matched and explained."""
        try:
            done = {pk for pk, is_done in self.ask(_DONE, list(ids)) if is_done}
        except psycopg.Error:
            return set(ids)
        return set(ids) - done

    def doubled(self, ids: Sequence[int]) -> int:
        """How many files, lists, lines and vectors are there twice."""
        return int(self.ask(_DOUBLED, *[list(ids)] * 3)[0][0])

    def upload(self, number: int) -> int | None:
        """The id of the CV where it was accepted; None where the answer was another one, or none."""
        text = CV_TEXT.replace("Mara Lindqvist", f"Mara {in_letters(number)} Lindqvist")
        try:
            files = {"file": (f"load-{number}.txt", text.encode())}
            answer = self.client.post("/api/v1/candidate/upload_and_parse", files=files)
        except httpx.HTTPError as error:
            self.refusals[type(error).__name__] += 1
            return None
        if answer.status_code != 202:
            self.refusals[str(answer.status_code)] += 1
            return None
        return int(answer.json()["id"])

    def broken_pages(self) -> list[tuple[str, int]]:
        """Pages that do not answer as they should; the one of a CV is among them."""
        newest = self.ask("SELECT max(id) FROM ingestion_cv")[0][0]
        found = [(path, self.visitor.get(path)) for path in (*PAGES, f"/cvs/{newest}/", f"/cvs/{newest}/matches/")]
        return [(path, answer.status_code) for path, answer in found if answer.status_code != 200 or answer.history]

    def wait_until_idle(self) -> None:
        open_rows = "SELECT count(*) FROM ingestion_cv WHERE status IN ('pending', 'processing')"
        lists = "SELECT count(*) FROM matching_prediction WHERE status IN ('pending', 'processing')"
        wait_for(lambda: not self.ask(open_rows)[0][0] and not self.ask(lists)[0][0], START_S, "the demo is through")


@dataclass
class Load:
    """Uploads that go on in a thread, and the ids of what was accepted."""

    system: System
    accepted: list[int] = field(default_factory=list)
    number: int = 0

    @contextmanager
    def going(self) -> Iterator[None]:
        stop = threading.Event()

        def send() -> None:
            while not stop.wait(EVERY_S):
                self.send()

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(30)

    def send(self) -> None:
        self.number += 1
        found = self.system.upload(self.number)
        if found is not None:
            self.accepted.append(found)


@dataclass(frozen=True)
class Outcome:
    """How a fault went: ``recovery_s`` from its end until everything accepted before and after it was finished."""

    name: str
    accepted: int
    refused: dict[str, int]
    lost: int
    doubled: int
    broken_pages: tuple[tuple[str, int], ...]
    recovery_s: float

    def __str__(self) -> str:
        return (
            f"{self.name:<34} {self.recovery_s:5.1f} s   accepted {self.accepted:2}  lost {self.lost}  doubled {self.doubled}"
            f"  pages broken {len(self.broken_pages)}   refused {self.refused or 'none'}"
        )


def suffer(system: System, name: str, fault: Callable[[], object], *, before_s: float = 3) -> Outcome:
    """Break something while CVs come in, and see that all that were accepted are finished once, and how soon.

    They come in until one is accepted that was sent after the fault: how long it takes is then no question of how many there are.
    """
    system.refusals.clear()
    load = Load(system, number=int(time.time() * 10) % 10_000_000)
    with load.going():
        time.sleep(before_s)
        fault()
        before, over_at = len(load.accepted), time.monotonic()
        wait_for(lambda: _is_accepted(load, before), FINISH_S, f"an upload is accepted again after: {name}")
    wait_for(lambda: not system.unfinished(load.accepted), FINISH_S, f"all is finished after: {name}", fails=False)
    recovery_s = time.monotonic() - over_at
    return Outcome(
        name=name,
        accepted=len(load.accepted),
        refused=dict(system.refusals),
        lost=len(system.unfinished(load.accepted)),
        doubled=system.doubled(load.accepted),
        broken_pages=tuple(system.broken_pages()),
        recovery_s=recovery_s,
    )


def _is_accepted(load: Load, before: int) -> bool:
    # One may have been on its way when it broke; the one after that was sent to what had broken.
    return len(load.accepted) > before + 1


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def wait_for(condition: Callable[[], bool], patience_s: float, what: str, *, fails: bool = True) -> None:
    give_up_at = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > give_up_at:
            if fails:
                raise AssertionError(f"after {patience_s:g} s it is not so that {what}")
            return
        time.sleep(0.1)


def in_letters(number: int) -> str:
    """Digits as letters, since a name has none."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).capitalize()
