"""Imports a large file of made-up postings, twice: rows a second that are new and that are unchanged, and memory.

    python -m benchmarks.importing [--jobs 50000] [--seed 7] [--keep FOLDER]

The file is made here, the same for a seed: schema.org postings with descriptions of one to two kilobytes, put together from
the sentences of the demo. Nothing is read or embedded; that is the work of stages (see docs/sync.md).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.database import database, machine

LEAST_CHARS, MOST_CHARS = 1000, 2000
DAY = datetime(2026, 1, 5, tzinfo=UTC)
TICK_S = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder whose database is kept and used again")
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder, database(asked.keep):
        path = Path(folder) / "jobs.jsonl"
        size = write_file(path, asked.jobs, asked.seed)
        print(f"{asked.jobs} postings, {size / asked.jobs:.0f} bytes each on average")
        for what in ("new", "the same again"):
            measure(what, path, asked.jobs)


def measure(what: str, path: Path, count: int) -> None:
    """One import of the whole file, in the process that it runs in."""
    from ingestion.sources.jsonld import JsonLdSource
    from ingestion.syncing import import_items

    rejected: list[Any] = []
    with Memory() as memory, path.open("rb") as payload:
        began, used = time.perf_counter(), processor_s()
        counts = import_items(source_name="bench", source=JsonLdSource(), payload=payload, report=rejected.append)
        seconds, used = time.perf_counter() - began, processor_s() - used
    print(
        f"{what}: {count / seconds:,.0f} rows/s ({seconds:.1f} s; {used:.1f} s of processor time besides the database's); "
        f"created {counts.created}, updated {counts.updated}, unchanged {counts.unchanged}, failed {counts.failed}; "
        f"at most {memory.peak_mb:.0f} MB, with its own processes {memory.peak_all_mb:.0f} MB"
    )


def write_file(path: Path, count: int, seed: int) -> int:
    with path.open("w", encoding="utf-8") as file:
        for row in postings(count, seed):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path.stat().st_size


def postings(count: int, seed: int) -> Iterator[dict[str, Any]]:
    from cvmatch.demo.postings import make_postings

    chance = random.Random(seed)
    models = list(make_postings(seed))
    sentences = sorted(
        {part for row in models for part in row["description"].replace("<p>", "</p>").split("</p>") if part}
    )
    for number in range(count):
        row = {name: value for name, value in models[number % len(models)].items() if name != "experienceRequirements"}
        posted = DAY - timedelta(minutes=chance.randrange(60 * 24 * 40))
        yield row | {
            "identifier": {"@type": "PropertyValue", "value": f"bench-{number:07d}"},
            "description": _description(chance, sentences),
            "datePosted": posted.isoformat(),
            "validThrough": (datetime.now(UTC) + timedelta(days=90)).date().isoformat(),
            "url": f"https://jobs.example.com/{number}",
        }


def _description(chance: random.Random, sentences: list[str]) -> str:
    wanted, parts, size = chance.randrange(LEAST_CHARS, MOST_CHARS), list[str](), 0
    while size < wanted:
        parts.append(f"<p>{chance.choice(sentences)}</p>")
        size += len(parts[-1])
    return "".join(parts)


def processor_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Memory:
    """Watches the resident memory of this process, and of it with its own; what they share is counted once."""

    def __enter__(self) -> Memory:
        self.peak_mb = self.peak_all_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(TICK_S):
            # Cheap to ask for; the sum over processes is not, and is therefore only looked at where the other rises.
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            own = pages * resource.getpagesize() / 2**20
            if own > self.peak_mb + 1:
                self.peak_mb = own
                shares = sum(_proportional_mb(pid) for pid in (os.getpid(), *_children()))
                self.peak_all_mb = max(self.peak_all_mb, shares)


def _children() -> list[int]:
    own = os.getpid()
    return [int(pid) for pid in Path(f"/proc/{own}/task/{own}/children").read_text().split()]


def _proportional_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    sys.exit(main())
