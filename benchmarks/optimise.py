"""Measures CVs fitted to jobs on a running system: how soon one is accepted, answered again, and how many are made in an hour.

    .venv/bin/python benchmarks/optimise.py [--base URL --key KEY] [--requests 40] [--clients 4] [--tasks 60]

Without --base it starts the system as bin/up does, on a folder of its own with the demo data; a system of yours must be
started with CVMATCH_THROTTLE=default=off,bulk=off,address=off, else its limits are measured. By the rules alone: no language
model is asked. Prints one line per figure.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, product
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from benchmarks.accepting import system  # noqa: E402
from benchmarks.spine import idle, report, say_machine, wait_for  # noqa: E402

Pair = tuple[int, int]
LONGEST_S = 1200


def main() -> None:
    options = arguments()
    say_machine()
    with system(options) as (base, key):
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
            wait_for(lambda: idle(client), 600)
            pairs = list(islice(pairs_of(client), options.requests + 1))
            optimise(client, pairs.pop())  # the worker has loaded what it needs
            addresses = one_by_one(client, pairs)
            together(base, headers, addresses, options.clients)
            at_once(client, options.tasks)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base", help="address of a running system")
    parser.add_argument("--key", help="a recruiter's key of that system")
    parser.add_argument("--requests", type=int, default=40, help="pairs that are asked for one by one")
    parser.add_argument("--clients", type=int, default=4, help="so many read what is made at the same time")
    parser.add_argument("--tasks", type=int, default=60, help="pairs that are asked for at once")
    return parser.parse_args()


def ids_of(client: httpx.Client, address: str) -> list[int]:
    rows: list[dict[str, Any]] = client.get(address).json()["items"]
    return [row["id"] for row in rows]


def pairs_of(client: httpx.Client) -> Any:
    """Pairs of the first CVs with jobs from the end of the list, which ``at_once`` does not come to."""
    cvs, jobs = ids_of(client, "/api/v1/cvs?limit=20"), ids_of(client, "/api/v1/jobs?limit=200")
    return product(cvs, jobs[-10:])


def optimise(client: httpx.Client, pair: Pair) -> httpx.Response:
    """The answer once it is there."""
    where = client.post("/api/v1/optimise", json={"cv_id": pair[0], "job_id": pair[1]}).headers["Location"]
    wait_for(lambda: client.get(where).status_code == 200, LONGEST_S)
    return client.get(where)


def one_by_one(client: httpx.Client, pairs: list[Pair]) -> list[str]:
    """Accepted while the workers are at those before, then answered from the row; returns their addresses."""
    accepted, addresses = [], []
    for cv, job in pairs:
        begun = time.perf_counter()
        answer = client.post("/api/v1/optimise", json={"cv_id": cv, "job_id": job})
        accepted.append(time.perf_counter() - begun)
        if answer.status_code != 202:
            raise SystemExit(f"{answer.status_code}: {answer.text[:300]}")
        addresses.append(answer.headers["Location"])
    report("accepted", accepted)
    wait_for(lambda: all(client.get(where).status_code == 200 for where in addresses), LONGEST_S)
    again, read = [], []
    for (cv, job), where in zip(pairs, addresses, strict=True):
        begun = time.perf_counter()
        client.post("/api/v1/optimise", json={"cv_id": cv, "job_id": job}).raise_for_status()
        again.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        client.get(where).raise_for_status()
        read.append(time.perf_counter() - begun)
    report("asked again, answered from the row", again)
    report("read by its address", read)
    return addresses


def together(base: str, headers: dict[str, str], addresses: list[str], clients: int) -> None:
    """Several clients at once, each of whom reads all of them."""

    def read(_: int) -> list[float]:
        taken = []
        with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
            for where in addresses:
                begun = time.perf_counter()
                client.get(where).raise_for_status()
                taken.append(time.perf_counter() - begun)
        return taken

    with ThreadPoolExecutor(clients) as pool:
        report(
            f"read by its address, {clients} clients",
            [one for taken in pool.map(read, range(clients)) for one in taken],
        )


def at_once(client: httpx.Client, tasks: int) -> None:
    """One CV for each of many jobs, until all are done."""
    cvs, jobs = ids_of(client, "/api/v1/cvs?limit=20"), ids_of(client, "/api/v1/jobs?limit=200")[:-10]
    begun = time.perf_counter()
    places, asked = [], 0
    for cv in cvs:
        if asked >= tasks:
            break
        chosen = jobs[: tasks - asked]
        answer = client.post("/api/v1/optimise/bulk", json={"cv_ids": [cv], "job_ids": chosen})
        answer.raise_for_status()
        asked += answer.json()["total"]
        places.append(answer.headers["Location"])
    print(f"{f'{asked} accepted at once':<42} {1000 * (time.perf_counter() - begun):8.1f} ms")
    wait_for(lambda: all(client.get(where).status_code == 200 for where in places), LONGEST_S)
    seconds = time.perf_counter() - begun
    failed = sum(client.get(where).json()["failed"] for where in places)
    print(f"{f'{asked} made, {failed} failed':<42} {seconds:8.1f} s  {3600 * asked / seconds:8.0f} an hour")


if __name__ == "__main__":
    main()
