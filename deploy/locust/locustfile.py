"""Load scenarios for locust: Browse, Upload, Match, Bulk, Mixed, and Burst, in which each user uploads once and at once.

    locust -f deploy/locust/locustfile.py Mixed --host http://127.0.0.1:8000 --key KEY --users 100 --spawn-rate 20

The key is a recruiter's or service's; the system's limits have to be off (CVMATCH_THROTTLE=default=off,bulk=off,address=off).
There have to be jobs, and CVs with lists: manage.py generate_dummy, then workers. What was accepted is written to --accepted
line by line, so that it can be looked for afterwards (benchmarks/load.py does all of it).
"""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, events
from locust.env import Environment
from locust.exception import StopUser

API = "/api/v1"
DEMO_CVS = Path(__file__).resolve().parents[2] / "cvmatch" / "demo" / "cvs"
WORDS = ("engineer", "nurse", "python", "warehouse", "accountant", "kubernetes terraform", "sales manager", "teacher")
FILTERS = ("country=DE", "country=GB&level=senior", "remote=true", "employment_type=full_time&posted_within_days=30")
PAGES = ("/", "/jobs/", "/jobs/?q=engineer", "/cvs/", "/jobs/?country=DE&level=senior")
# Somebody who waits looks this often, and after this long goes away; the accepted work goes on.
POLL_S, PATIENCE_S = 1.0, 120.0
BULK_CVS, BULK_JOBS = 20, 50

_numbers = itertools.count(1)


@events.init_command_line_parser.add_listener
def add_options(parser: Any) -> None:
    parser.add_argument("--key", env_var="CVMATCH_LOAD_KEY", default="", is_secret=True, help="an API key")
    parser.add_argument(
        "--session", env_var="CVMATCH_LOAD_SESSION", default="", is_secret=True, help="its cookie; pages too"
    )
    parser.add_argument("--think", type=float, default=0.75, help="mean seconds between two requests of a user")
    parser.add_argument("--uploads-per-hour", type=float, default=1000, help="of all users of Upload together")
    parser.add_argument("--cv-folder", default=str(DEMO_CVS), help="files to upload, each time made unique")
    parser.add_argument("--accepted", default="", help="write here which uploads and matches were accepted")


class World:
    """What all users share: which jobs and CVs there are, files to upload, and a record of what was accepted."""

    def __init__(self, environment: Environment) -> None:
        options = environment.parsed_options
        self.host, self.key = environment.host, options.key
        self.jobs = [row["id"] for row in self._pages("/jobs", 400)]
        # What was uploaded in a run before is looked for afterwards, and nobody else may ask for lists of it.
        known = (row for row in self._pages("/cvs", 1000) if not row["filename"].startswith("load-"))
        self.cvs = [row["id"] for row in known if row["status"] == "completed"]
        self.files = [(path.name, path.read_bytes()) for path in sorted(Path(options.cv_folder).iterdir())]
        self.files = [file for file in self.files if file[0].endswith((".pdf", ".txt"))]
        self.accepted = open(options.accepted, "a", encoding="utf-8") if options.accepted else None  # noqa: SIM115

    def _pages(self, path: str, most: int) -> Iterator[dict[str, Any]]:
        from urllib.request import Request, urlopen

        where = f"{API}{path}?limit=200"
        for _ in range(most // 200):
            asked = Request(self.host + where, headers={"Authorization": f"Bearer {self.key}"})
            with urlopen(asked, timeout=60) as answer:
                page = json.load(answer)
            yield from page["items"]
            if not page["next"]:
                return
            where = page["next"].removeprefix(self.host)

    def note(self, kind: str, pk: Any) -> None:
        if self.accepted:
            self.accepted.write(json.dumps({"kind": kind, "id": pk, "at": time.time()}) + "\n")
            self.accepted.flush()


@events.test_start.add_listener
def look_around(environment: Environment, **_: Any) -> None:
    environment.world = World(environment)


class Cvmatch(FastHttpUser):
    """A caller with the key; between two requests it waits as long as people do."""

    abstract = True
    network_timeout = connection_timeout = 60.0

    def wait_time(self) -> float:
        return random.uniform(0.5, 1.5) * self.environment.parsed_options.think

    def on_start(self) -> None:
        options = self.environment.parsed_options
        self.world: World = self.environment.world
        self.headers = {"Authorization": f"Bearer {options.key}"}
        # All people of a scenario sign in once together: checking five hundred passwords would be the whole load.
        self.cookies = {"Cookie": f"sessionid={options.session}"} if options.session else {}

    def read(self, path: str, name: str) -> Any:
        return self.client.get(API + path, headers=self.headers, name=f"{API}{name}")


# Browsing


def list_jobs(user: Cvmatch) -> None:
    user.read("/jobs?limit=20", "/jobs")


def search_jobs(user: Cvmatch) -> None:
    user.read(f"/jobs?limit=20&q={random.choice(WORDS).replace(' ', '+')}", "/jobs?q=")


def filter_jobs(user: Cvmatch) -> None:
    user.read(f"/jobs?limit=20&{random.choice(FILTERS)}", "/jobs?filters")


def facets(user: Cvmatch) -> None:
    user.read(f"/jobs/facets?{random.choice(FILTERS)}", "/jobs/facets")


def open_job(user: Cvmatch) -> None:
    user.read(f"/jobs/{popular(user.world.jobs)}", "/jobs/{id}")


def similar_jobs(user: Cvmatch) -> None:
    user.read(f"/jobs/{popular(user.world.jobs)}/similar", "/jobs/{id}/similar")


def recommendations(user: Cvmatch) -> None:
    user.read(f"/cvs/{popular(user.world.cvs)}/recommendations?limit=10", "/cvs/{id}/recommendations")


def matches_under_filters(user: Cvmatch) -> None:
    where = f"/cvs/{popular(user.world.cvs)}/matches?limit=10&{random.choice(FILTERS)}"
    user.read(where, "/cvs/{id}/matches?filters")


def open_page(user: Cvmatch) -> None:
    """A page as the browser of a recruiter asks for it."""
    if not user.cookies:
        return list_jobs(user)
    path = random.choice((*PAGES, f"/jobs/{popular(user.world.jobs)}/", f"/cvs/{popular(user.world.cvs)}/matches/"))
    name = "/".join("{id}" if part.isdecimal() else part for part in path.split("/"))
    user.client.get(path, headers=user.cookies, name=f"page {name}", allow_redirects=False)
    return None


def popular(ids: list[int]) -> int:
    """Few are looked at often, many seldom."""
    return ids[min(int(random.paretovariate(1.0)) - 1, len(ids) - 1)] if random.random() < 0.8 else random.choice(ids)


# Asking for work


def upload(user: Cvmatch) -> None:
    """One file that nobody has seen, followed to its explained matches."""
    name, content = random.choice(user.world.files)
    begun = time.perf_counter()
    files = {"file": (f"load-{name}", unlike_any(name, content))}
    path = f"{API}/candidate/upload_and_parse"
    with user.client.post(path, files=files, headers=user.headers, catch_response=True) as answer:
        body = accepted(answer)
    if body:
        user.world.note("cv", body["id"])
        follow(user, f"{API}/cvs/{body['id']}/status", "/cvs/{id}/status", "upload to explained matches", begun)


def match(user: Cvmatch) -> None:
    begun = time.perf_counter()
    body = {"cv_id": random.choice(user.world.cvs)}
    with user.client.post(f"{API}/match", json=body, headers=user.headers, catch_response=True) as answer:
        task = accepted(answer)
    if task:
        user.world.note("match", task["task_id"])
        follow(user, f"{API}/match/{task['task_id']}", "/match/{id}", "match to explained list", begun)


def match_many(user: Cvmatch) -> None:
    cvs = random.sample(user.world.cvs, min(BULK_CVS, len(user.world.cvs)))
    path = f"{API}/bulk/match"
    with user.client.post(path, json={"cv_ids": cvs}, headers=user.headers, catch_response=True) as answer:
        for line in ndjson(answer):
            if "task_id" in line:
                user.world.note("match", line["task_id"])


def push_jobs(user: Cvmatch) -> None:
    rows = [
        {
            "external_id": f"load-{number}",
            "title": f"Load tester {number % 40}",
            "description": "Looks how much it can bear.",
        }
        for number in itertools.islice(_numbers, BULK_JOBS)
    ]
    headers = user.headers | {"Content-Type": "application/x-ndjson"}
    body = "".join(json.dumps(row) + "\n" for row in rows)
    with user.client.post(
        f"{API}/bulk/jobs?source=load", data=body, headers=headers, name=f"{API}/bulk/jobs", catch_response=True
    ) as answer:
        rejected = [line for line in ndjson(answer) if line.get("status") == "rejected"]
        if rejected:
            answer.failure(f"{len(rejected)} postings rejected")


def unlike_any(name: str, content: bytes) -> bytes:
    """The same document as other bytes: a comment behind the end of a PDF, a line of its own in a text."""
    mark = f"{next(_numbers)} {time.time_ns()}"
    return content + (f"\n%{mark}\n" if name.endswith(".pdf") else f"\nReference {mark}\n").encode()


def accepted(answer: Any) -> dict[str, Any]:
    if answer.status_code != 202:
        answer.failure(f"{answer.status_code} instead of 202")
        return {}
    return dict(answer.json())


def ndjson(answer: Any) -> list[dict[str, Any]]:
    if answer.status_code != 200:
        answer.failure(f"{answer.status_code} instead of 200")
        return []
    return [json.loads(line) for line in (answer.text or "").splitlines() if line]


def follow(user: Cvmatch, path: str, name: str, way: str, begun: float) -> None:
    """Ask how far it is until it is done; the whole way is a line of its own in the statistics."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        gevent.sleep(POLL_S)
        answer = user.client.get(path, headers=user.headers, name=API + name)
        state = answer.json() if answer.status_code in (200, 202) else {}
        if state.get("status") == "completed" and state.get("progress", 1) == 1:
            _tell(user, way, begun, None)
            return
        if state.get("status") == "failed":
            _tell(user, way, begun, RuntimeError("failed"))
            return
    _tell(user, way, begun, TimeoutError(f"not done after {PATIENCE_S:g} s"))


def _tell(user: Cvmatch, way: str, begun: float, error: Exception | None) -> None:
    took_ms = 1000 * (time.perf_counter() - begun)
    user.environment.events.request.fire(
        request_type="WAY", name=way, response_time=took_ms, response_length=0, exception=error, context={}
    )


READING = {
    list_jobs: 150, search_jobs: 150, filter_jobs: 100, facets: 40, open_job: 200, similar_jobs: 30,
    recommendations: 220, matches_under_filters: 10, open_page: 100,
}  # fmt: skip


class Browse(Cvmatch):
    """People and programs that only read."""

    tasks: ClassVar[Any] = READING


class Upload(Cvmatch):
    """A steady stream of uploads, so many an hour from all users together."""

    tasks: ClassVar[Any] = {upload: 1}

    def on_start(self) -> None:
        super().on_start()
        gevent.sleep(random.random() * self._every_s())  # they do not all come at the beginning
        self.next_at = time.monotonic()

    def wait_time(self) -> float:
        self.next_at += self._every_s()
        return max(0.0, self.next_at - time.monotonic())

    def _every_s(self) -> float:
        options = self.environment.parsed_options
        return 3600 * (options.num_users or 1) / options.uploads_per_hour


class Burst(Cvmatch):
    """Everybody uploads at the same moment, and the run is over when all are through."""

    tasks: ClassVar[Any] = {}

    @staticmethod
    def once(user: Burst) -> None:
        upload(user)
        user.environment.through = getattr(user.environment, "through", 0) + 1
        if user.environment.through >= (user.environment.parsed_options.num_users or 1):
            user.environment.runner.quit()
        raise StopUser


Burst.tasks = {Burst.once: 1}


class Match(Cvmatch):
    """Programs that ask for new lists one by one and wait for them."""

    tasks: ClassVar[Any] = {match: 1}


class Bulk(Cvmatch):
    """Programs that push postings and ask for many lists at once."""

    tasks: ClassVar[Any] = {match_many: 1, push_jobs: 1}


class Mixed(Cvmatch):
    """Mostly reading, as it is: of a thousand requests a few ask for work."""

    tasks: ClassVar[Any] = {**READING, upload: 3, match: 4, match_many: 1}
