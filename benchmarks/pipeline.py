"""Rates of the pipeline, counted from the database: each stage by itself, the queue, and the whole way through the queue.

    .venv/bin/python -m benchmarks.pipeline [--cvs 200] [--jobs 5000] [--embed real] [--tasks 400] [--processes 2]

CVs are files (PDF, DOCX and text in turn) of people who are made up. First each stage works off all of them in two processes,
with nothing else running. Then both queue workers run as bin/up starts them: tasks that do nothing say how many tasks a
second the queue takes, and as many CVs again go from upload to explained matches. The rate of a stage is the rows that were
finished after the first chunk of each process, so that their start is not in it; of the whole way it is all CVs from the
first upload on. Bars: over 20,000 CVs/h read and over 20,000 CVs/h matched, over 30 tasks/s.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.database import PROJECT, database, machine

# How many rows a process of the stage finishes together.
CHUNKS = {"parse_cvs": 1, "embed_cvs": 16, "match_cvs": 16, "explain_matches": 50}
QUEUES = ("interactive", "bulk")
LAYOUTS = ("classic", "modern", "compact")
PATIENCE_S = 1800


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended then, too
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-pipeline-"))
    os.environ |= {"CVMATCH_EMBEDDING_PROVIDER": "hashing" if options.embed == "hashing" else "minilm"}
    os.environ |= {"CVMATCH_DEMO": "0", "OMP_NUM_THREADS": "1"}
    print(machine(), f"load {os.getloadavg()[0]:.1f}, {options.jobs:,} jobs, vectors {options.embed}", flush=True)
    try:
        with database(folder / "var"):
            from django.core.management import call_command

            call_command("createcachetable", verbosity=0)
            call_command("generate_dummy", cvs=0, jobs=options.jobs, embed=options.embed)
            measure_stages(folder, options.cvs, options.processes)
            with workers(folder):
                measure_queue(options.tasks)
                measure_whole_way(folder, options.cvs)
    finally:
        for place in ((folder / "var" / "postgres").resolve(), folder):
            shutil.rmtree(place, ignore_errors=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cvs", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=5000)
    parser.add_argument("--embed", choices=("real", "hashing"), default="real")
    parser.add_argument("--tasks", type=int, default=400, help="that do nothing (default: 400; the queue keeps 500)")
    parser.add_argument("--processes", type=int, default=2, help="of each stage by itself (default: 2)")
    return parser.parse_args()


def measure_stages(folder: Path, count: int, processes: int) -> None:
    """Stage after stage, each from its own processes, which end when nothing is left."""
    ids = upload(folder, count, seed=1)
    for stage in CHUNKS:
        forget_tasks()
        run = [sys.executable, str(PROJECT / "manage.py"), "run_stage", stage, "--until-empty"]
        running = [subprocess.Popen(run, cwd=PROJECT, stdout=subprocess.DEVNULL) for _ in range(processes)]
        if sum(process.wait() for process in running):
            raise SystemExit(f"{stage} ended with an error")
        say_stage(f"{stage}, {processes} processes", stage, ids, processes)
    forget_tasks()


def upload(folder: Path, count: int, *, seed: int) -> list[int]:
    """So many files of people of their own, half of them as somebody waits for them; the ids of their CVs."""
    from ingestion.services import receive_cv

    files = [write_file(folder, number, seed) for number in range(1, count + 1)]
    return [
        receive_cv(content=path.read_bytes(), filename=path.name, uploaded_by=None, interactive=nth % 2 == 0).pk
        for nth, path in enumerate(files)
    ]


def write_file(folder: Path, number: int, seed: int) -> Path:
    from cvmatch.demo.docx_cvs import write_docx, write_txt
    from cvmatch.demo.pdf_cvs import write_pdf
    from cvmatch.dummy.people import make_person

    person = make_person(number, seed, year=time.localtime().tm_year)
    kind, write = (("pdf", write_pdf), ("docx", write_docx), ("txt", write_txt))[number % 3]
    path = folder / f"{seed}-{number:05}.{kind}"
    write(replace(person, layout="running" if kind == "docx" else LAYOUTS[number % len(LAYOUTS)]), path)
    return path


def forget_tasks() -> None:
    """What the events have put into the queue meanwhile, where stages are run without it."""
    from django_q.models import OrmQ

    OrmQ.objects.all().delete()


def finished(stage: str, ids: list[int]) -> Any:
    """The rows of these CVs that a stage has finished well."""
    from ingestion.models import CV
    from matching.models import CVEmbedding, Explanation, Prediction

    rows = {
        "parse_cvs": CV.objects.filter(pk__in=ids),
        "embed_cvs": CVEmbedding.objects.filter(cv__in=ids),
        "match_cvs": Prediction.objects.filter(side="jobs", cv__in=ids),
        "explain_matches": Explanation.objects.filter(match__prediction__side="jobs", match__cv__in=ids),
    }
    return rows[stage].filter(status="completed")


def say_stage(name: str, stage: str, ids: list[int], processes: int) -> None:
    ends = list(finished(stage, ids).order_by("finished_at").values_list("finished_at", flat=True))
    left_out = min(CHUNKS[stage] * processes, len(ends) - 1)
    unit = "explanations" if stage == "explain_matches" else "CVs"
    say_rate(name, len(ends) - left_out, ends[left_out - 1], ends[-1], unit)


def say_rate(name: str, count: int, begun: datetime, ended: datetime, unit: str) -> None:
    """So many were finished between the two."""
    seconds = max((ended - begun).total_seconds(), 0.001)
    print(f"{name:<44} {3600 * count / seconds:12,.0f} {unit}/h  {count / seconds:8.1f}/s  n {count:,}", flush=True)


@contextmanager
def workers(folder: Path) -> Iterator[None]:
    """Both queue workers, as bin/up starts them."""
    running = []
    for queue in QUEUES:
        with (folder / f"{queue}.log").open("wb") as log:
            command = [sys.executable, str(PROJECT / "manage.py"), "qcluster"]
            environment = {**os.environ, "Q_CLUSTER_NAME": queue}
            running.append(subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log))
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def measure_queue(count: int) -> None:
    """Tasks that only say that they were done, on both queues at once, once a first one has been through each."""
    from django.db.models import Max, Min
    from django_q.models import Task

    from cvmatch.core.queue import send_echo

    send(send_echo, 2)
    Task.objects.all().delete()
    send(send_echo, count)
    done = Task.objects.filter(name="echo", success=True)
    ends = done.aggregate(first=Min("stopped"), last=Max("stopped"))
    say_rate("tasks that do nothing, both queues", done.count() - 1, ends["first"], ends["last"], "tasks")


def send(send_echo: Any, count: int) -> None:
    from django_q.models import OrmQ

    for nth in range(count):
        send_echo(QUEUES[nth % 2], "bench", time.time())
    wait_until(lambda: not OrmQ.objects.exists())


def measure_whole_way(folder: Path, count: int) -> None:
    """From the first upload to the last explanation, by the workers alone."""
    from django.db.models import Count, Max

    from ingestion.models import CV
    from matching.models import Explanation

    ids = upload(folder, count, seed=2)
    begun = CV.objects.filter(pk__in=ids).order_by("uploaded_at").values_list("uploaded_at", flat=True)[0]
    wait_until(lambda: is_through(ids))
    for stage in CHUNKS:
        say_stage(f"{stage}, among the others", stage, ids, len(QUEUES))
    last = Explanation.objects.filter(match__cv__in=ids).aggregate(last=Max("finished_at"))["last"]
    say_rate("upload to explained matches, both workers", count, begun, last, "CVs")
    twice = finished("match_cvs", ids).values("cv").annotate(n=Count("pk")).filter(n__gt=1).count()
    print(f"{len(ids)} accepted, {finished('parse_cvs', ids).count()} read, {twice} matched twice", flush=True)


def is_through(ids: list[int]) -> bool:
    from matching.models import Explanation

    listed = finished("match_cvs", ids).values("cv").distinct().count()
    return listed == len(ids) and not Explanation.objects.filter(match__cv__in=ids).exclude(status="completed").exists()


def wait_until(condition: Any) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > give_up_at:
            raise SystemExit("gave up waiting")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
