"""What a file of advertisements has twice: exact copies, and what is put together, without any truth to measure by."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.duplicates.bases import Row
from benchmarks.duplicates.score import group, prints
from ingestion.sources.jsonld import read_posting
from jobs.values import JobPosting


def run(path: Path, examples: int) -> None:
    rows = list(_rows(path))
    known = prints(rows)
    exact = Counter(mine.exact for mine in known.values())
    vacancy_of = group(known)
    vacancies = Counter(vacancy_of.values())
    print(f"rows            {len(rows)}")
    print(f"exact copies    {sum(number - 1 for number in exact.values())} rows more than {len(exact)} different ones")
    print(
        f"put together    {sum(number - 1 for number in vacancies.values())} rows more than {len(vacancies)} vacancies"
    )
    members: dict[int, list[int]] = {}
    for job, vacancy in vacancy_of.items():
        members.setdefault(vacancy, []).append(job)
    for jobs in [jobs for jobs in members.values() if len({known[job].exact for job in jobs}) > 1][:examples]:
        print("   ", " || ".join(f"{rows[job - 1].posting.title} ({rows[job - 1].posting.place.city})" for job in jobs))


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines):
            for posting in read_posting(place, json.loads(line)):
                if isinstance(posting, JobPosting):
                    yield Row("file", posting, place, "row")
